//! Units: the rule for them, and the units of time in which a [`Duration`] can be recorded.
//!
//! A unit is a [UCUM] code of at most 63 ASCII characters ([OpenTelemetry's rule]), such as `s`,
//! `By`, `1` or the annotation `{request}`.
//!
//! [UCUM]: https://ucum.org/ucum
//! [OpenTelemetry's rule]: https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-unit

use std::fmt;
use std::time::Duration;

/// The longest unit, in characters, that OpenTelemetry allows.
pub const MAX_UNIT_LEN: usize = 63;

/// The reason why a unit cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnitError {
    /// The unit has more than [`MAX_UNIT_LEN`] characters.
    TooLong {
        /// The number of characters in the unit.
        len: usize,
    },
    /// The unit contains a blank, a control character or a character that is not ASCII.
    BadCharacter {
        /// The character.
        found: char,
        /// The position of the character, counted in characters from 0.
        position: usize,
    },
    /// The unit has a brace without a partner, or a brace inside an annotation.
    LoneBrace {
        /// The position of the brace, counted in characters from 0.
        position: usize,
    },
    /// The unit is an English word, or an abbreviation, for which UCUM has a code.
    Word {
        /// The UCUM code to write instead.
        code: &'static str,
    },
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { len } => {
                write!(f, "it has {len} characters; the longest allowed is {MAX_UNIT_LEN}")
            }
            Self::BadCharacter { found: 'µ' | 'μ', position } => write!(
                f,
                "the micro sign at position {position} is not ASCII; \
                 UCUM writes it `u`, as in `us`"
            ),
            Self::BadCharacter { found, position } => write!(
                f,
                "character {found:?} at position {position} is not allowed; \
                 allowed are printable ASCII characters without blanks"
            ),
            Self::LoneBrace { position } => write!(
                f,
                "the brace at position {position} has no partner; \
                 an annotation is one pair of braces, as in `{{request}}`"
            ),
            Self::Word { code } => write!(f, "units are UCUM codes; write `{code}`"),
        }
    }
}

impl std::error::Error for UnitError {}

/// Words that people write instead of UCUM codes. A [`Duration`] cannot be converted to a unit that
/// is such a word.
const WORDS: &[(&str, &str)] = &[
    ("ns", "nanosecond nanoseconds nanos nsec"),
    ("us", "microsecond microseconds micros usec"),
    ("ms", "millisecond milliseconds millis msec"),
    ("s", "second seconds sec secs"),
    ("min", "minute minutes mins"),
    ("h", "hour hours hr"),
    ("d", "day days"),
    ("By", "byte bytes"),
    ("kBy", "kilobyte kilobytes"),
    ("MBy", "megabyte megabytes"),
    ("GBy", "gigabyte gigabytes"),
    ("KiBy", "kibibyte kibibytes"),
    ("MiBy", "mebibyte mebibytes"),
    ("GiBy", "gibibyte gibibytes"),
    ("bit", "bits"),
    ("Cel", "celsius"),
    ("%", "percent"),
];

/// Abbreviations that mean something else in UCUM (`B` is the bel, `b` the barn), or that UCUM does
/// not know. Their case matters.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("bit", "b"),
    ("By", "B"),
    ("kBy", "kB KB kb"),
    ("MBy", "MB"),
    ("GBy", "GB"),
    ("KiBy", "KiB"),
    ("MiBy", "MiB"),
    ("GiBy", "GiB"),
];

/// Checks a unit. The empty unit is allowed: it means that no unit is stated.
///
/// ```
/// use typed_metrics_core::unit::{UnitError, check_unit};
///
/// assert_eq!(check_unit("{request}"), Ok(()));
/// assert_eq!(check_unit("seconds"), Err(UnitError::Word { code: "s" }));
/// ```
///
/// # Errors
/// The first rule that `unit` breaks.
pub fn check_unit(unit: &str) -> Result<(), UnitError> {
    if let Some((position, found)) = unit.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) {
        return Err(UnitError::BadCharacter { found, position });
    }
    if unit.len() > MAX_UNIT_LEN {
        return Err(UnitError::TooLong { len: unit.len() });
    }
    if let Some(position) = lone_brace(unit) {
        return Err(UnitError::LoneBrace { position });
    }
    let lower = unit.to_ascii_lowercase();
    match code_for(WORDS, &lower).or_else(|| code_for(ABBREVIATIONS, unit)) {
        Some(code) => Err(UnitError::Word { code }),
        None => Ok(()),
    }
}

fn code_for(table: &[(&'static str, &str)], unit: &str) -> Option<&'static str> {
    let mut rows = table.iter();
    rows.find(|(_, words)| words.split(' ').any(|word| word == unit)).map(|(code, _)| *code)
}

/// The position of the first brace without a partner. Annotations do not nest ([UCUM] §6), so a
/// second opening brace is a mistake too.
fn lone_brace(unit: &str) -> Option<usize> {
    let mut open = None;
    for (position, character) in unit.char_indices() {
        match (character, open) {
            ('{', None) => open = Some(position),
            ('}', Some(_)) => open = None,
            ('{' | '}', _) => return Some(position),
            _ => {}
        }
    }
    open
}

/// Stands for a unit that is not a unit of time: the default unit type of every handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTime;

/// A unit of time. A metric with such a unit takes a [`Duration`], converted to the unit.
///
/// Sealed: only the units of time in this module implement it.
#[diagnostic::on_unimplemented(
    message = "this metric's unit is not a unit of time, so a `Duration` or the time of day has no value in it",
    label = "needs a metric with a unit of time",
    note = "give the metric a unit of time (`unit = \"s\"`; also `ns`, `us`, `ms`, `min`, `h`, `d`), or record a number"
)]
pub trait TimeUnit: sealed::Sealed + 'static {
    /// The number of seconds in one unit.
    const SECONDS: f64;

    /// The number of nanoseconds in one unit.
    #[doc(hidden)]
    const NANOS: u64;

    /// The UCUM code.
    const CODE: &'static str;

    /// Converts `duration` to this unit.
    #[must_use]
    #[inline]
    fn from_duration(duration: Duration) -> f64 {
        units(duration, Self::NANOS)
    }
}

/// The number of units of `nanos` nanoseconds in `duration`.
#[inline]
pub(crate) fn units(duration: Duration, nanos: u64) -> f64 {
    // The number of nanoseconds is exact up to 104 days, and the single division rounds once:
    // 820 ms are 820.0.
    (duration.as_secs() as f64 * 1e9 + f64::from(duration.subsec_nanos())) / nanos as f64
}

/// The number of units of `nanos` nanoseconds in `duration`, rounded to the nearest whole number.
/// A number above the range of `u64` is its limit.
#[doc(hidden)]
#[must_use]
#[inline]
pub fn whole_units(duration: Duration, nanos: u64) -> u64 {
    let all = duration.as_nanos() + u128::from(nanos / 2);
    match u64::try_from(all) {
        Ok(all) => all / nanos,
        // After 584 years.
        Err(_) => u64::try_from(all / u128::from(nanos)).unwrap_or(u64::MAX),
    }
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! time_units {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $seconds:literal, $nanos:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name;

            impl sealed::Sealed for $name {}

            impl TimeUnit for $name {
                const SECONDS: f64 = $seconds;
                const NANOS: u64 = $nanos;
                const CODE: &'static str = $code;
            }
        )*

        /// The number of seconds in one `unit`; `None` if `unit` is not a unit of time.
        ///
        /// ```
        /// use typed_metrics_core::unit::seconds_in;
        ///
        /// assert_eq!(seconds_in("ms"), Some(0.001));
        /// assert_eq!(seconds_in("By"), None);
        /// ```
        #[must_use]
        pub fn seconds_in(unit: &str) -> Option<f64> {
            match unit {
                $($code => Some($seconds),)*
                _ => None,
            }
        }

        /// The number of nanoseconds in one `unit`; `None` if `unit` is not a unit of time.
        #[doc(hidden)]
        #[must_use]
        pub fn nanos_in(unit: &str) -> Option<u64> {
            match unit {
                $($code => Some($nanos),)*
                _ => None,
            }
        }

        /// The name of this module's type for the unit of time `unit`.
        #[doc(hidden)]
        #[must_use]
        pub fn time_unit_type(unit: &str) -> Option<&'static str> {
            match unit {
                $($code => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

time_units! {
    /// Nanoseconds, `ns`.
    Nanoseconds = "ns", 1e-9, 1;
    /// Microseconds, `us`.
    Microseconds = "us", 1e-6, 1_000;
    /// Milliseconds, `ms`.
    Milliseconds = "ms", 1e-3, 1_000_000;
    /// Seconds, `s`.
    Seconds = "s", 1.0, 1_000_000_000;
    /// Minutes, `min`.
    Minutes = "min", 60.0, 60_000_000_000;
    /// Hours, `h`.
    Hours = "h", 3600.0, 3_600_000_000_000;
    /// Days of 24 hours, `d`.
    Days = "d", 86400.0, 86_400_000_000_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_pass_and_words_are_replaced_by_codes() {
        for unit in ["", "s", "ms", "us", "By", "1", "{request}", "tokens/s", "requests", "%"] {
            assert_eq!(check_unit(unit), Ok(()), "{unit}");
        }
        assert_eq!(check_unit("Milliseconds"), Err(UnitError::Word { code: "ms" }));
        assert_eq!(check_unit("µs"), Err(UnitError::BadCharacter { found: 'µ', position: 0 }));
        assert_eq!(check_unit("a b"), Err(UnitError::BadCharacter { found: ' ', position: 1 }));
        assert_eq!(check_unit("{tokens}/s"), Ok(()));
        for (word, code) in
            [("b", "bit"), ("B", "By"), ("KB", "kBy"), ("MiB", "MiBy"), ("Celsius", "Cel")]
        {
            assert_eq!(check_unit(word), Err(UnitError::Word { code }), "{word}");
        }
        for (unit, position) in [("{request", 0), ("request}", 7), ("{{a}}", 1), ("{a}}", 3)] {
            assert_eq!(check_unit(unit), Err(UnitError::LoneBrace { position }), "{unit}");
        }
        assert_eq!(check_unit(&"x".repeat(64)), Err(UnitError::TooLong { len: 64 }));
    }

    #[test]
    fn durations_convert_to_the_unit() {
        let d = Duration::from_millis(150);
        assert!((Seconds::from_duration(d) - 0.15).abs() < 1e-12);
        assert!((Minutes::from_duration(Duration::from_secs(90)) - 1.5).abs() < 1e-12);
    }

    #[test]
    fn durations_are_rounded_to_whole_numbers_of_the_unit() {
        let millis = |duration| whole_units(duration, Milliseconds::NANOS);
        for (micros, rounded) in [(0, 0), (499, 0), (500, 1), (1_499, 1), (1_500, 2), (2_700, 3)] {
            assert_eq!(millis(Duration::from_micros(micros)), rounded, "{micros}");
        }
        assert_eq!(millis(Duration::MAX), u64::MAX);
        assert_eq!(whole_units(Duration::from_secs(1 << 60), Nanoseconds::NANOS), u64::MAX);
        assert_eq!(whole_units(Duration::from_secs(3_600 << 40), Hours::NANOS), 1 << 40);
        for unit in ["ns", "us", "ms", "s", "min", "h", "d"] {
            let nanos = nanos_in(unit).unwrap() as f64;
            assert!((seconds_in(unit).unwrap() * 1e9 - nanos).abs() < 1e-6, "{unit}");
        }
    }

    #[test]
    fn whole_numbers_of_a_unit_convert_exactly() {
        // Whole numbers of a unit are often bucket boundaries.
        for n in 0..10_000u32 {
            let whole = u64::from(n);
            let exact = f64::from(n).to_bits();
            let converts = |value: f64| assert_eq!(value.to_bits(), exact, "{value} is not {n}");
            converts(Nanoseconds::from_duration(Duration::from_nanos(whole)));
            converts(Microseconds::from_duration(Duration::from_micros(whole)));
            converts(Milliseconds::from_duration(Duration::from_millis(whole)));
            converts(Seconds::from_duration(Duration::from_secs(whole)));
            converts(Minutes::from_duration(Duration::from_secs(whole * 60)));
        }
    }
}
