//! Bucket boundaries of histograms: the rule for them, the generators and the defaults.
//!
//! Boundaries are inclusive upper limits, as in OpenTelemetry and Prometheus. With `[5, 10]`, the
//! buckets are (-∞, 5], (5, 10] and (10, +∞).

use std::fmt;

use super::const_text::Text;
use crate::rules::unit::seconds_in;

/// The most boundaries a histogram may have.
pub const MAX_BOUNDARIES: usize = 256;

/// The reason why boundaries cannot be used.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum BucketError {
    /// There are no boundaries.
    Empty,
    /// There are more than [`MAX_BOUNDARIES`] boundaries.
    TooMany {
        /// The number of boundaries.
        count: usize,
    },
    /// A boundary is NaN or infinite.
    NotFinite {
        /// The index of the boundary, from 0.
        index: usize,
        /// The boundary.
        value: f64,
    },
    /// A boundary is smaller than its predecessor.
    Unsorted {
        /// The index of the boundary, from 0.
        index: usize,
        /// The preceding boundary.
        previous: f64,
        /// The boundary.
        value: f64,
    },
    /// A boundary is given twice.
    Duplicate {
        /// The index of the second one, from 0.
        index: usize,
        /// The boundary.
        value: f64,
    },
    /// An argument of a generator is out of range.
    Generator {
        /// The arguments that the generator takes.
        rule: &'static str,
    },
}

impl BucketError {
    /// The index of the wrong boundary, if a single boundary is wrong.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        match self {
            Self::NotFinite { index, .. }
            | Self::Unsorted { index, .. }
            | Self::Duplicate { index, .. } => Some(*index),
            Self::Empty | Self::TooMany { .. } | Self::Generator { .. } => None,
        }
    }
}

/// The advice for wrong boundaries.
const EMPTY: &str =
    "there are no boundaries; give at least one, or leave `buckets` out to use the default";
const FINITE: &str = "leave it out, the last bucket always extends to infinity";
const INCREASE: &str = "boundaries must increase strictly";

impl fmt::Display for BucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(EMPTY),
            Self::TooMany { count } => {
                write!(f, "there are {count} boundaries; the most allowed is {MAX_BOUNDARIES}")
            }
            Self::NotFinite { value, .. } => {
                write!(f, "boundary {value} is not finite; {FINITE}")
            }
            Self::Unsorted { previous, value, .. } => {
                write!(f, "boundary {value} follows {previous}; {INCREASE}")
            }
            Self::Duplicate { value, .. } => {
                write!(f, "boundary {value} is given twice; {INCREASE}")
            }
            Self::Generator { rule } => f.write_str(rule),
        }
    }
}

impl std::error::Error for BucketError {}

/// Checks that there is at least one boundary and that all are finite and strictly increasing.
///
/// ```
/// use typed_metrics_core::buckets::{BucketError, check_boundaries};
///
/// assert_eq!(check_boundaries(&[5.0, 10.0]), Ok(()));
/// assert_eq!(
///     check_boundaries(&[5.0, 5.0]),
///     Err(BucketError::Duplicate { index: 1, value: 5.0 }),
/// );
/// ```
///
/// # Errors
/// The first broken rule, and the boundary that breaks it.
pub const fn check_boundaries(boundaries: &[f64]) -> Result<(), BucketError> {
    if boundaries.is_empty() {
        return Err(BucketError::Empty);
    }
    if boundaries.len() > MAX_BOUNDARIES {
        return Err(BucketError::TooMany { count: boundaries.len() });
    }
    let mut index = 0;
    while index < boundaries.len() {
        if !boundaries[index].is_finite() {
            return Err(BucketError::NotFinite { index, value: boundaries[index] });
        }
        index += 1;
    }
    let mut index = 1;
    while index < boundaries.len() {
        let (previous, value) = (boundaries[index - 1], boundaries[index]);
        if value < previous {
            return Err(BucketError::Unsorted { index, previous, value });
        }
        if value <= previous {
            return Err(BucketError::Duplicate { index, value });
        }
        index += 1;
    }
    Ok(())
}

/// Checks boundaries that are a constant.
///
/// # Panics
/// While compiling, if they break a rule.
#[doc(hidden)]
#[track_caller]
pub const fn check_constant_boundaries(boundaries: &[f64]) {
    let Err(error) = check_boundaries(boundaries) else { return };
    // The compiler cannot write an `f64`, so the text names the index.
    let mut text = Text::<256>::new();
    match error {
        BucketError::Empty => text.push(EMPTY),
        BucketError::TooMany { count } => {
            text.push("there are ");
            text.push_number(count);
            text.push(" boundaries; the most allowed is ");
            text.push_number(MAX_BOUNDARIES);
        }
        BucketError::NotFinite { index, .. } => {
            text.push("the boundary at index ");
            text.push_number(index);
            text.push(" is not finite; ");
            text.push(FINITE);
        }
        BucketError::Unsorted { index, .. } => {
            text.push("the boundary at index ");
            text.push_number(index);
            text.push(" is smaller than the one before; ");
            text.push(INCREASE);
        }
        BucketError::Duplicate { index, .. } => {
            text.push("the boundary at index ");
            text.push_number(index);
            text.push(" is given twice; ");
            text.push(INCREASE);
        }
        BucketError::Generator { rule } => text.push(rule),
    }
    panic!("{}", text.as_str());
}

/// `count` boundaries: `start`, `start * factor`, `start * factor²` and so on.
///
/// ```
/// use typed_metrics_core::buckets::exponential;
///
/// assert_eq!(exponential(1.0, 4.0, 4).unwrap(), [1.0, 4.0, 16.0, 64.0]);
/// ```
///
/// # Errors
/// If `start` is not above 0, `factor` is not above 1, `count` is 0, or the boundaries break a rule
/// of [`check_boundaries`].
pub fn exponential(start: f64, factor: f64, count: usize) -> Result<Vec<f64>, BucketError> {
    let valid = start.is_finite() && factor.is_finite() && start > 0.0 && factor > 1.0 && count > 0;
    if !valid {
        let rule = "`exponential(start, factor, count)` takes a start above 0, \
                    a factor above 1 and a count of at least 1";
        return Err(BucketError::Generator { rule });
    }
    generate(count, |i| start * factor.powi(i32::try_from(i).unwrap_or(i32::MAX)))
}

/// `count` boundaries: `start`, `start + width`, `start + 2 * width` and so on.
///
/// ```
/// use typed_metrics_core::buckets::linear;
///
/// assert_eq!(linear(0.0, 25.0, 3).unwrap(), [0.0, 25.0, 50.0]);
/// assert_eq!(linear(0.1, 0.1, 3).unwrap(), [0.1, 0.2, 0.3]); // not 0.30000000000000004
/// ```
///
/// # Errors
/// If `width` is not above 0, `count` is 0, or the boundaries break a rule of [`check_boundaries`].
pub fn linear(start: f64, width: f64, count: usize) -> Result<Vec<f64>, BucketError> {
    let valid = start.is_finite() && width.is_finite() && width > 0.0 && count > 0;
    if !valid {
        let rule = "`linear(start, width, count)` takes a finite start, \
                    a width above 0 and a count of at least 1";
        return Err(BucketError::Generator { rule });
    }
    let unrounded = |i: usize| start + width * i as f64;
    generate(count, |i| rounded(unrounded(i), start, width * i as f64)).or_else(|error| match error
    {
        // The boundaries are so close to each other that rounding to decimals makes two of them
        // equal.
        BucketError::Duplicate { .. } => generate(count, unrounded),
        other => Err(other),
    })
}

/// `sum`, the sum of `a` and `b`, without the rounding error of binary fractions: the result that a
/// person would write.
///
/// `f64` preserves decimals of [`f64::DIGITS`] significant digits, here the digits of the larger
/// summand. Three roundings (of `width`, the product and the sum) are off by at most 3.4e-16 of
/// that summand, which is less than half a unit of its last digit.
fn rounded(sum: f64, a: f64, b: f64) -> f64 {
    let largest = a.abs().max(b.abs());
    #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a finite f64 is below 309")]
    let before_the_point = if largest > 0.0 { largest.log10().floor() as i32 + 1 } else { 1 };
    let digits = i32::try_from(f64::DIGITS).unwrap_or(15);
    let decimals = usize::try_from(digits - before_the_point).unwrap_or(0);
    // Adding zero turns a negative zero into a positive one.
    format!("{sum:.decimals$}").parse().map_or(sum, |rounded: f64| rounded + 0.0)
}

fn generate(count: usize, boundary: impl Fn(usize) -> f64) -> Result<Vec<f64>, BucketError> {
    if count > MAX_BOUNDARIES {
        return Err(BucketError::TooMany { count });
    }
    let boundaries: Vec<f64> = (0..count).map(boundary).collect();
    check_boundaries(&boundaries)?;
    Ok(boundaries)
}

/// OpenTelemetry's boundaries for durations of requests, in seconds
/// ([`http.server.request.duration`]).
///
/// [`http.server.request.duration`]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
const DURATION_SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// OpenTelemetry's [default boundaries] for other units.
///
/// [default boundaries]: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation
const DEFAULT: [f64; 15] = [
    0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0,
    10000.0,
];

/// The boundaries of a histogram that is defined without boundaries.
///
/// For a unit of time, OpenTelemetry's boundaries for request durations (5 ms to 10 s), converted
/// to that unit. In minutes, hours and days, all of these would lie below 1, so the numbers for
/// seconds are used unconverted. For any other unit, OpenTelemetry's default boundaries.
///
/// ```
/// use typed_metrics_core::buckets::default_for;
///
/// assert_eq!(default_for("ms")[..3], [5.0, 10.0, 25.0]);
/// assert_eq!(default_for("{item}")[..3], [0.0, 5.0, 10.0]);
/// ```
#[must_use]
pub fn default_for(unit: &str) -> Vec<f64> {
    match seconds_in(unit) {
        // Multiplying whole numbers keeps the boundaries exact: 0.005 s is 5 ms.
        Some(seconds) if seconds < 1.0 => {
            let per_second = (1.0 / seconds).round();
            DURATION_SECONDS.iter().map(|b| (b * 1000.0).round() * (per_second / 1000.0)).collect()
        }
        Some(_) => DURATION_SECONDS.to_vec(),
        None => DEFAULT.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_keeps_the_rule() {
        for unit in ["ns", "us", "ms", "s", "min", "h", "d", "By", "", "{item}"] {
            assert_eq!(check_boundaries(&default_for(unit)), Ok(()), "{unit}");
        }
        assert_eq!(default_for("us")[13].to_bits(), 10_000_000f64.to_bits());
    }

    #[test]
    fn each_broken_rule_is_reported_with_the_index() {
        assert_eq!(check_boundaries(&[]), Err(BucketError::Empty));
        assert_eq!(check_boundaries(&[1.0, f64::INFINITY]).unwrap_err().index(), Some(1));
        assert_eq!(check_boundaries(&[f64::NAN]).unwrap_err().index(), Some(0));
        assert_eq!(
            check_boundaries(&[5.0, 1.0]),
            Err(BucketError::Unsorted { index: 1, previous: 5.0, value: 1.0 })
        );
        assert_eq!(check_boundaries(&[0.0; 257]), Err(BucketError::TooMany { count: 257 }));
    }

    #[test]
    fn linear_boundaries_are_the_decimals_that_a_person_would_write() {
        assert_eq!(linear(0.1, 0.1, 5).unwrap(), [0.1, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!(linear(-0.3, 0.1, 5).unwrap(), [-0.3, -0.2, -0.1, 0.0, 0.1]);
        assert_eq!(linear(1e-9, 1e-9, 3).unwrap(), [1e-9, 2e-9, 3e-9]);
        let large = 123_456_789_012_345.0;
        assert_eq!(linear(large, 0.5, 3).unwrap(), [large, large + 0.5, large + 1.0]);
        assert_eq!(linear(1e18, 1024.0, 2).unwrap(), [1e18, 1e18 + 1024.0]);
        assert_eq!(linear(1.0, f64::EPSILON, 2).unwrap(), [1.0, 1.0 + f64::EPSILON]);
        assert_eq!(linear(1e300, 1e300, 2).unwrap(), [1e300, 2e300]);
    }

    #[test]
    fn generators_refuse_arguments_that_make_no_buckets() {
        assert!(exponential(0.0, 2.0, 3).is_err());
        assert!(exponential(1.0, 1.0, 3).is_err());
        assert!(exponential(1.0, f64::NAN, 3).is_err());
        assert!(exponential(1.0, 1e300, 3).is_err(), "overflows to infinity");
        assert!(linear(0.0, 0.0, 3).is_err());
        assert!(linear(1e300, 1e-300, 2).is_err(), "the second equals the first");
        assert!(linear(0.0, 1.0, 257).is_err());
    }
}
