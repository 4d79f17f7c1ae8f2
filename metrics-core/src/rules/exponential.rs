//! The settings of exponential histograms, and the rules for them.

use std::fmt;

use super::const_text::Text;

/// The fewest buckets that an exponential histogram may have: with 4, every float has a bucket.
pub const MIN_SIZE: u16 = 4;

/// The most buckets that an exponential histogram may have: its cells must fit into 4 KiB.
pub const MAX_SIZE: u16 = 496;

/// The settings of an exponential histogram.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::ExponentialSettings;
///
/// let settings = ExponentialSettings::DEFAULT;
/// assert_eq!((settings.max_size, settings.zero_threshold), (160, 0.0));
/// assert_eq!(settings.max_size(80).max_size, 80);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ExponentialSettings {
    /// The largest number of buckets, of positive and negative values together: from 4 to 496, 160
    /// by default. More buckets are smaller, and a series takes more memory.
    pub max_size: u16,
    /// Values from `-zero_threshold` to `zero_threshold` count as zero. 0 by default.
    pub zero_threshold: f64,
}

impl ExponentialSettings {
    /// The settings of an exponential histogram that states none. OpenTelemetry has the same
    /// [defaults].
    ///
    /// [defaults]: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation
    pub const DEFAULT: Self = Self { max_size: 160, zero_threshold: 0.0 };

    /// These settings with another `max_size`.
    #[must_use]
    pub const fn max_size(self, max_size: u16) -> Self {
        Self { max_size, ..self }
    }

    /// These settings with another `zero_threshold`.
    #[must_use]
    pub const fn zero_threshold(self, zero_threshold: f64) -> Self {
        Self { zero_threshold, ..self }
    }
}

/// The reason why the settings of an exponential histogram cannot be used.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ExponentialError {
    /// `max_size` is out of range.
    MaxSize {
        /// The wrong size.
        max_size: u64,
    },
    /// `zero_threshold` is negative, infinite or NaN.
    ZeroThreshold {
        /// The wrong threshold.
        zero_threshold: f64,
    },
}

/// The rule for `max_size`, for messages of the derive.
#[doc(hidden)]
pub const SIZE_RULE: &str = "an exponential histogram has at least 4 and at most 496 buckets; leave \
                         `max_size` out for 160";
const THRESHOLD_RULE: &str = "`zero_threshold` must be finite and not negative; leave it out to \
                              count only 0 as zero";

impl fmt::Display for ExponentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxSize { max_size } => write!(f, "`max_size` is {max_size}; {SIZE_RULE}"),
            Self::ZeroThreshold { zero_threshold } => {
                write!(f, "the threshold is {zero_threshold}; {THRESHOLD_RULE}")
            }
        }
    }
}

impl std::error::Error for ExponentialError {}

/// Checks the largest number of buckets.
///
/// ```
/// use typed_metrics_core::exponential::check_max_size;
///
/// assert_eq!(check_max_size(80), Ok(()));
/// assert!(check_max_size(3).unwrap_err().to_string().starts_with("`max_size` is 3; "));
/// ```
///
/// # Errors
/// If it is not from [`MIN_SIZE`] to [`MAX_SIZE`].
pub const fn check_max_size(max_size: u64) -> Result<(), ExponentialError> {
    if max_size < MIN_SIZE as u64 || max_size > MAX_SIZE as u64 {
        return Err(ExponentialError::MaxSize { max_size });
    }
    Ok(())
}

/// Checks the threshold up to which values count as zero.
///
/// ```
/// use typed_metrics_core::exponential::check_zero_threshold;
///
/// assert_eq!(check_zero_threshold(1e-6), Ok(()));
/// assert!(check_zero_threshold(-1.0).is_err());
/// ```
///
/// # Errors
/// If it is negative, infinite or NaN.
pub const fn check_zero_threshold(zero_threshold: f64) -> Result<(), ExponentialError> {
    if !zero_threshold.is_finite() || zero_threshold < 0.0 {
        return Err(ExponentialError::ZeroThreshold { zero_threshold });
    }
    Ok(())
}

/// Checks both settings.
///
/// # Errors
/// If one breaks its rule.
#[doc(hidden)]
pub fn check_exponential(settings: ExponentialSettings) -> Result<(), ExponentialError> {
    check_max_size(settings.max_size.into())?;
    check_zero_threshold(settings.zero_threshold)
}

/// Checks a `max_size` that is a constant.
///
/// # Panics
/// While compiling, if it breaks the rule.
#[doc(hidden)]
#[track_caller]
pub const fn check_constant_max_size(max_size: usize) {
    if check_max_size(max_size as u64).is_ok() {
        return;
    }
    let mut text = Text::<256>::new();
    text.push("`max_size` is ");
    text.push_number(max_size);
    text.push("; ");
    text.push(SIZE_RULE);
    panic!("{}", text.as_str());
}

/// Checks a `zero_threshold` that is a constant.
///
/// # Panics
/// While compiling, if it breaks the rule.
#[doc(hidden)]
#[track_caller]
pub const fn check_constant_zero_threshold(zero_threshold: f64) {
    if check_zero_threshold(zero_threshold).is_ok() {
        return;
    }
    let mut text = Text::<256>::new();
    text.push("the threshold is ");
    // A `const fn` cannot write other values of `f64`.
    text.push(match zero_threshold {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ if zero_threshold.is_nan() => "NaN",
        _ => "negative",
    });
    text.push("; ");
    text.push(THRESHOLD_RULE);
    panic!("{}", text.as_str());
}
