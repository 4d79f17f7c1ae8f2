//! The buckets of an exponential histogram, as plain data.

use serde::Serialize;

/// The buckets of an exponential histogram: those of OpenTelemetry's
/// [`ExponentialHistogram`](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
///
/// The limits of the buckets are the powers of a base, `2^(2^-scale)`. A larger scale makes smaller
/// buckets. Each step of the scale halves the buckets, so a bucket of one scale is two buckets of
/// the next.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::ExponentialBuckets;
///
/// let buckets = ExponentialBuckets::default();
/// assert_eq!((buckets.zeros, buckets.positive.counts.len()), (0, 0));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct ExponentialBuckets {
    /// The scale, from -10 to 20.
    pub scale: i32,
    /// Values from `-zero_threshold` to `zero_threshold` count as zero.
    pub zero_threshold: f64,
    /// The number of values that count as zero.
    pub zeros: u64,
    /// The buckets of the positive values.
    pub positive: ExponentialRange,
    /// The buckets of the negative values, by their absolute values.
    pub negative: ExponentialRange,
}

/// Consecutive buckets of an exponential histogram.
///
/// The bucket `i` of `counts` holds the values in `(base^(offset + i), base^(offset + i + 1)]`. The
/// first and the last bucket are not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ExponentialRange {
    /// The index of the first bucket.
    pub offset: i32,
    /// The number of values in each bucket.
    pub counts: Vec<u64>,
}
