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
    #[doc(hidden)]
    #[must_use]
    pub const fn max_size(self, max_size: u16) -> Self {
        Self { max_size, ..self }
    }

    /// These settings with another `zero_threshold`.
    #[doc(hidden)]
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
        max_size: u16,
    },
    /// `zero_threshold` is negative, infinite or NaN.
    ZeroThreshold {
        /// The wrong threshold.
        zero_threshold: f64,
    },
}

const SIZE_RULE: &str = "an exponential histogram has from 4 to 496 buckets; leave `max_size` out \
                         for 160";
const THRESHOLD_RULE: &str = "the threshold must be finite and not negative; leave \
                              `zero_threshold` out to count only 0 as zero";

impl fmt::Display for ExponentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxSize { max_size } => write!(f, "`max_size` is {max_size}; {SIZE_RULE}"),
            Self::ZeroThreshold { zero_threshold } => {
                write!(f, "`zero_threshold` is {zero_threshold}; {THRESHOLD_RULE}")
            }
        }
    }
}

impl std::error::Error for ExponentialError {}

/// Checks the settings of an exponential histogram.
///
/// ```
/// use typed_metrics_core::ExponentialSettings;
/// use typed_metrics_core::exponential::check_exponential;
///
/// let mut settings = ExponentialSettings::DEFAULT;
/// assert_eq!(check_exponential(settings), Ok(()));
/// settings.max_size = 3;
/// assert!(check_exponential(settings).unwrap_err().to_string().starts_with("`max_size` is 3; "));
/// ```
///
/// # Errors
/// The first broken rule.
pub const fn check_exponential(settings: ExponentialSettings) -> Result<(), ExponentialError> {
    let ExponentialSettings { max_size, zero_threshold } = settings;
    if max_size < MIN_SIZE || max_size > MAX_SIZE {
        return Err(ExponentialError::MaxSize { max_size });
    }
    if !zero_threshold.is_finite() || zero_threshold < 0.0 {
        return Err(ExponentialError::ZeroThreshold { zero_threshold });
    }
    Ok(())
}

/// Checks a constant `max_size` and returns it.
///
/// # Panics
/// While compiling, if it is out of range.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn checked_max_size(max_size: u16) -> u16 {
    if max_size < MIN_SIZE || max_size > MAX_SIZE {
        let mut text = Text::<256>::new();
        text.push("`max_size` is ");
        text.push_number(max_size as usize);
        text.push("; ");
        text.push(SIZE_RULE);
        panic!("{}", text.as_str());
    }
    max_size
}

/// Checks a constant `zero_threshold` and returns it.
///
/// # Panics
/// While compiling, if it breaks the rule.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn checked_zero_threshold(zero_threshold: f64) -> f64 {
    // The compiler cannot write an `f64`.
    assert!(zero_threshold.is_finite() && zero_threshold >= 0.0, "{}", THRESHOLD_RULE);
    zero_threshold
}
