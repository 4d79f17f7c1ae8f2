//! The rule for an expiry that is written as a text, such as `10m`.
//!
//! At run time an expiry is a `Duration`, so only the derive uses this rule.

use std::fmt;

use crate::rules::unit::{UnitError, check_unit, seconds_in};

/// The reason why an up-down counter has no expiry.
pub const UP_DOWN_COUNTER: &str = "an up-down counter cannot expire: it would lose the level that \
                                   later changes refer to; leave `expire` out or use a gauge";

/// The longest expiry, in milliseconds.
const LONGEST: u64 = u64::MAX - 1;

/// The units of an expiry, in milliseconds, the largest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

const NEVER: &str = "never";

/// How long series live without a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Series are kept.
    Never,
    /// Series are removed after this number of milliseconds.
    After(u64),
}

/// The reason why a text is no expiry. `meant` is the expiry to write instead, if that is clear.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpiryError {
    /// The number has no unit.
    NoUnit {
        /// The number.
        number: String,
    },
    /// The unit is none of an expiry.
    UnknownUnit {
        /// The unit.
        unit: String,
        /// See [`ExpiryError`].
        meant: Option<String>,
    },
    /// The number is not whole.
    Fraction {
        /// See [`ExpiryError`].
        meant: Option<String>,
    },
    /// The number is 0.
    Zero,
    /// The number is negative.
    Negative {
        /// See [`ExpiryError`].
        meant: Option<String>,
    },
    /// The expiry has more milliseconds than a `u64` can count.
    TooLong,
    /// The text is not a number and a unit.
    Malformed {
        /// See [`ExpiryError`].
        meant: Option<String>,
    },
}

impl ExpiryError {
    /// The text to write instead, if that is clear.
    #[must_use]
    pub fn fixes(&self) -> Vec<String> {
        match self {
            Self::NoUnit { number } => ["s", "m"].map(|unit| format!("{number}{unit}")).to_vec(),
            Self::UnknownUnit { meant, .. }
            | Self::Fraction { meant }
            | Self::Negative { meant }
            | Self::Malformed { meant } => meant.iter().cloned().collect(),
            Self::Zero | Self::TooLong => Vec::new(),
        }
    }
}

impl fmt::Display for ExpiryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = "`ms`, `s`, `m`, `h` and `d`";
        match self {
            Self::NoUnit { .. } => write!(f, "it has no unit; the units are {units}")?,
            Self::UnknownUnit { unit, .. } => {
                write!(f, "`{unit}` is none of the units {units}")?;
            }
            Self::Fraction { .. } => f.write_str("the number is not whole")?,
            Self::Zero => {
                return f.write_str(
                    "every series would be removed at once; \
                     give at least \"1ms\", or keep series with \"never\"",
                );
            }
            Self::Negative { .. } => f.write_str("the number is negative")?,
            Self::TooLong => {
                return write!(
                    f,
                    "the longest expiry is \"{LONGEST}ms\"; keep series with \"{NEVER}\""
                );
            }
            Self::Malformed { .. } => {
                write!(f, "an expiry is a whole number directly before one of the units {units}")?;
            }
        }
        match &*self.fixes() {
            [] => f.write_str("; write a duration such as \"10m\""),
            fixes => {
                let fixes: Vec<String> = fixes.iter().map(|fix| format!("{fix:?}")).collect();
                write!(f, "; write {}", fixes.join(" or "))
            }
        }
    }
}

impl std::error::Error for ExpiryError {}

/// Reads an expiry: a whole number and one of the units `ms`, `s`, `m`, `h` and `d`, or `never`.
///
/// ```
/// use typed_metrics_core::expiry::{Expiry, parse_expiry};
///
/// assert_eq!(parse_expiry("10m"), Ok(Expiry::After(600_000)));
/// assert_eq!(parse_expiry("never"), Ok(Expiry::Never));
/// assert_eq!(parse_expiry("10min").unwrap_err().fixes(), ["10m"]);
/// ```
///
/// # Errors
/// The first rule that `text` breaks.
pub fn parse_expiry(text: &str) -> Result<Expiry, ExpiryError> {
    if text == NEVER {
        return Ok(Expiry::Never);
    }
    let (number, unit) = split(text, is_digit);
    let is_zero = !number.is_empty() && number.bytes().all(|digit| digit == b'0');
    if is_zero && unit.trim_start().chars().all(char::is_alphabetic) {
        return Err(ExpiryError::Zero);
    }
    match UNITS.into_iter().find(|(name, _)| *name == unit) {
        Some((_, milliseconds)) if !number.is_empty() => {
            let number = number.parse().ok();
            let expiry = number.and_then(|number: u64| number.checked_mul(milliseconds));
            let expiry = expiry.filter(|expiry| *expiry <= LONGEST);
            expiry.map(Expiry::After).ok_or(ExpiryError::TooLong)
        }
        _ => Err(error(text, number, unit)),
    }
}

/// The rule that `text` breaks, which begins with the digits `number`, followed by `rest`.
fn error(text: &str, number: &str, rest: &str) -> ExpiryError {
    let meant = meant(text);
    let fraction = rest.strip_prefix('.').is_some_and(|digits| digits.starts_with(is_digit));
    if text.starts_with('-') {
        ExpiryError::Negative { meant }
    } else if fraction {
        ExpiryError::Fraction { meant }
    } else if number.is_empty() {
        ExpiryError::Malformed { meant }
    } else if rest.is_empty() {
        ExpiryError::NoUnit { number: number.to_owned() }
    } else if rest.chars().all(char::is_alphabetic) {
        ExpiryError::UnknownUnit { unit: rest.to_owned(), meant }
    } else {
        ExpiryError::Malformed { meant }
    }
}

/// The expiry that a person means by numbers and units of time, such as `1.5 hours` or `1h30m`.
fn meant(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    if ["never", "none", "off"].contains(&&*lower) {
        return Some(NEVER.to_owned());
    }
    let mut rest = lower.trim_start_matches(['-', '+']).trim_start();
    let mut sum = 0u64;
    let mut terms = Vec::new();
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| is_digit(c) || c == '.');
        let (word, after) = split(after.trim_start(), char::is_alphabetic);
        let unit = milliseconds_in(word)?;
        let term: f64 = number.parse::<f64>().ok()? * unit;
        sum = sum.checked_add(whole(term)?)?;
        terms.push((number, unit));
        rest = after.trim_start();
    }
    // The unit of a single whole number is kept: 48 hours are not called two days.
    let meant = match *terms {
        [(number, unit)] if number.bytes().all(|digit| digit != b'.') => {
            let own = UNITS.into_iter().find(|(_, of)| whole(unit) == Some(*of));
            own.map(|(unit, _)| format!("{number}{unit}"))
        }
        _ => None,
    };
    let in_the_largest = || {
        let (unit, of) = UNITS.into_iter().find(|(_, of)| sum.is_multiple_of(*of))?;
        Some(format!("{}{unit}", sum / of))
    };
    meant.or_else(in_the_largest).filter(|meant| parse_expiry(meant).is_ok())
}

fn split(text: &str, belongs: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.len() - text.trim_start_matches(belongs).len())
}

/// The number of milliseconds in one unit of time, given by a word or a code.
fn milliseconds_in(word: &str) -> Option<f64> {
    if let Some((_, milliseconds)) = UNITS.into_iter().find(|(unit, _)| *unit == word) {
        return Some(milliseconds as f64);
    }
    let code = match check_unit(word) {
        Err(UnitError::Word { code }) => code,
        _ => word,
    };
    seconds_in(code).map(|seconds| seconds * 1000.0)
}

/// The number as a whole number, if it is one up to the rounding of a binary fraction.
fn whole(milliseconds: f64) -> Option<u64> {
    let rounded = milliseconds.round();
    let is_whole = (milliseconds - rounded).abs() < 1e-6 && rounded < 9e15;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^53")]
    is_whole.then_some(rounded as u64)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_whole_number_and_a_unit() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("90s", 90_000),
            ("10m", 600_000),
            ("1h", 3_600_000),
            ("007d", 604_800_000),
        ] {
            assert_eq!(parse_expiry(text), Ok(Expiry::After(milliseconds)), "{text}");
        }
        assert_eq!(parse_expiry("never"), Ok(Expiry::Never));
        assert_eq!(parse_expiry(&format!("{LONGEST}ms")), Ok(Expiry::After(LONGEST)));
    }

    #[test]
    fn each_broken_rule_is_named() {
        let error = |text: &str| parse_expiry(text).unwrap_err();
        assert_eq!(error("10"), ExpiryError::NoUnit { number: "10".to_owned() });
        let unit = "parsecs".to_owned();
        assert_eq!(error("10parsecs"), ExpiryError::UnknownUnit { unit, meant: None });
        assert_eq!(error("0.0001s"), ExpiryError::Fraction { meant: None });
        assert_eq!(error("-m"), ExpiryError::Negative { meant: None });
        for text in ["0s", "0", "00", "0min", "0 s"] {
            assert_eq!(error(text), ExpiryError::Zero, "{text}");
        }
        for text in [&format!("{}ms", u64::MAX), "99999999999999999999s", "213503982335d"] {
            assert_eq!(error(text), ExpiryError::TooLong, "{text}");
        }
        for text in ["", " ", "m", "10,5s", "tomorrow", "٣s", "1h tomorrow", "1..5s", "0x10s"] {
            assert_eq!(error(text), ExpiryError::Malformed { meant: None }, "{text}");
        }
    }

    #[test]
    fn the_fix_is_what_was_meant() {
        for (text, meant) in [
            ("10min", "10m"),
            ("10 m", "10m"),
            (" 10m", "10m"),
            ("+10m", "10m"),
            ("-10m", "10m"),
            ("10M", "10m"),
            ("48 hours", "48h"),
            ("1.5h", "90m"),
            ("0.5s", "500ms"),
            ("1.1s", "1100ms"),
            ("1h30m", "90m"),
            ("1 minute 30 seconds", "90s"),
            ("1000us", "1ms"),
            ("Never", "never"),
            ("none", "never"),
        ] {
            assert_eq!(parse_expiry(text).unwrap_err().fixes(), [meant], "{text}");
        }
        assert_eq!(parse_expiry("10").unwrap_err().fixes(), ["10s", "10m"]);
    }
}
