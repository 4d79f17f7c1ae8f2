//! Objectives: targets for timed functions.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::metric::source::Source;

/// A target for a function: the share of its calls that should be fast, or that should succeed.
///
/// `#[timed(…, objective = Objective::latency("250ms", 0.99))]` adds the objective to the catalog
/// ([`Descriptor::objectives`](crate::Descriptor::objectives)), for tools that generate alert
/// rules. Recording does not use it.
///
/// ```
/// use std::time::Duration;
/// use typed_metrics_core::Objective;
///
/// let fast = Objective::latency("250ms", 0.99);
/// assert_eq!(fast, Objective::Latency { within: Duration::from_millis(250), share: 0.99 });
/// assert_eq!(fast.to_string(), "99% within 250ms");
/// assert_eq!(Objective::success(0.999).to_string(), "99.9% succeed");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Objective {
    /// This share of the calls takes at most the time `within`.
    Latency {
        /// The time limit. Serialized in seconds.
        #[serde(rename = "within_seconds", serialize_with = "seconds")]
        within: Duration,
        /// The share of all calls, above 0 and below 1.
        share: f64,
    },
    /// This share of the calls has the outcome `ok`.
    Success {
        /// The share of all calls, above 0 and below 1.
        share: f64,
    },
}

impl Objective {
    /// The share `share` of the calls takes at most the time `within`. `within` is a number with
    /// its unit, such as `"250ms"`, `"1.5s"` or `"2min"`; the units are `ns`, `us`, `ms`, `s`,
    /// `min` and `h`. The histogram needs a bucket boundary of this time, or back ends can only
    /// estimate the share.
    ///
    /// # Panics
    /// At compile time, where `#[timed]` uses it, if `within` is not a time above 0, or if
    /// `share` is not between 0 and 1.
    #[must_use]
    #[track_caller]
    pub const fn latency(within: &str, share: f64) -> Self {
        Self::Latency { within: duration(within), share: checked(share) }
    }

    /// The share `share` of the calls has the outcome `ok`.
    ///
    /// # Panics
    /// At compile time, where `#[timed]` uses it, if `share` is not between 0 and 1.
    #[must_use]
    #[track_caller]
    pub const fn success(share: f64) -> Self {
        Self::Success { share: checked(share) }
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounds, because 100 times a share such as 0.999 has digits that nobody wrote.
        let percent = |share: f64| (share * 1e8).round() / 1e6;
        match self {
            Self::Latency { within, share } => write!(f, "{}% within {within:?}", percent(*share)),
            Self::Success { share } => write!(f, "{}% succeed", percent(*share)),
        }
    }
}

/// An objective and its function.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FunctionObjective {
    /// The objective.
    pub objective: Objective,
    /// The function. Its name is the `item`.
    pub function: Source,
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

#[track_caller]
const fn checked(share: f64) -> f64 {
    assert!(
        share > 0.0 && share < 1.0,
        "the share of an objective must be above 0 and below 1: write `0.99` for 99 of 100 calls"
    );
    share
}

const NOT_A_TIME: &str =
    "the time of an objective must be a number above 0 with its unit: `250ms`, `1.5s`, `2min`";

/// Parses a time such as `"250ms"` at compile time.
#[track_caller]
const fn duration(text: &str) -> Duration {
    let bytes = text.as_bytes();
    let (mut number, mut decimals) = (0_u64, 0_u32);
    let (mut digits, mut point) = (0, false);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            digit @ b'0'..=b'9' => {
                number = match number.checked_mul(10) {
                    Some(tens) => tens + (digit - b'0') as u64,
                    None => panic!("{}", NOT_A_TIME),
                };
                digits += 1;
                decimals += point as u32;
            }
            b'.' if !point => point = true,
            _ => break,
        }
        at += 1;
    }
    let (_, unit) = bytes.split_at(at);
    let nanos: u64 = match unit {
        b"ns" => 1,
        b"us" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"min" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => panic!("{}", NOT_A_TIME),
    };
    // In 128 bits, which hold the product of two u64. A fraction of a nanosecond is cut off.
    assert!(digits > 0 && decimals <= 18, "{}", NOT_A_TIME);
    let nanos = number as u128 * nanos as u128 / 10_u128.pow(decimals);
    assert!(nanos > 0 && nanos <= u64::MAX as u128, "{}", NOT_A_TIME);
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    Duration::from_nanos(nanos as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_in_every_unit() {
        for (text, nanos) in [
            ("1ns", 1),
            ("1.5us", 1_500),
            ("250ms", 250_000_000),
            ("0.25s", 250_000_000),
            ("2min", 120_000_000_000),
            ("1h", 3_600_000_000_000),
        ] {
            assert_eq!(duration(text), Duration::from_nanos(nanos), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_a_time_is_refused() {
        for text in
            ["", "250", "ms", "0ms", "250 ms", "1.2.3s", "-1s", "0.1ns", "99999999999999999h"]
        {
            assert!(std::panic::catch_unwind(|| duration(text)).is_err(), "{text}");
        }
    }
}
