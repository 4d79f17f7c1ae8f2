//! The settings of exponential histograms, and the rules for them.

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
    /// The largest number of buckets for positive values, and of those for negative values.
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
}
