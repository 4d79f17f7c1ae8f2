//! The value of a series, as plain numbers.

use serde::Serialize;

use crate::cells::change::Reading;
use crate::cells::exponential::buckets::ExponentialBuckets;
use crate::cells::filled::{Filled, filled};
use crate::cells::grid::Grid;
use crate::cells::totals::Totals;
use crate::metric::descriptor::Descriptor;
use crate::number::Number;
use crate::rules::kind::ValueType;

/// The value of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Value {
    /// The value of a counter or a gauge of `u64`.
    U64(u64),
    /// The value of an up-down counter or a gauge of `i64`.
    I64(i64),
    /// The value of a counter, an up-down counter or a gauge of `f64`. It is always finite: if the
    /// sum of a thread's values, or the sum over all threads, leaves the range of `f64`, that sum
    /// counts as [`f64::MAX`] or [`f64::MIN`].
    F64(f64),
    /// The value of a histogram.
    Histogram(HistogramSnapshot),
}

/// Which value results from two values of the same series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Same {
    /// The sum; in histograms, of everything.
    Sum,
    /// The second one.
    Other,
    Greatest,
}

/// The contents of a histogram. Count, sum, extremes and buckets belong to the same measurements.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HistogramSnapshot {
    /// The number of recorded values.
    pub count: u64,
    /// The sum of the values. It is always finite: a sum that leaves the range of `f64` stays at
    /// [`f64::MAX`] or [`f64::MIN`].
    pub sum: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The inclusive upper limits of all buckets but the last, which has no limit.
    pub boundaries: &'static [f64],
    /// The number of values in each bucket. There is one more bucket than boundaries.
    pub buckets: Vec<u64>,
    /// The buckets of an exponential histogram; `None` in a histogram with boundaries. An
    /// exponential histogram has no `boundaries`, and all its values in the only one of `buckets`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponential: Option<Box<ExponentialBuckets>>,
    /// The values since this reader's last collection. Set only in a collection of a
    /// [`Reader`](crate::Reader), and only if there are such values.
    ///
    /// The sum of these values is as precise as if they had been summed up alone, whatever was
    /// recorded before. Only values that a thread records while the last collection is reading the
    /// histogram may be rounded to the precision of the sum before. Even then, the sum is one that
    /// the buckets allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Box<HistogramSnapshot>>,
}

impl Value {
    pub(crate) fn new(descriptor: &'static Descriptor, reading: Reading) -> Self {
        match reading {
            Reading::Number(bits) => Self::from_bits(bits, descriptor.value_type()),
            Reading::Histogram(totals) => {
                Self::Histogram(HistogramSnapshot::new(descriptor.grid(), totals))
            }
        }
    }

    /// The number whose bits a cell of `value_type` holds.
    pub(crate) fn from_bits(bits: u64, value_type: ValueType) -> Self {
        match value_type {
            ValueType::U64 => Self::U64(u64::from_bits(bits)),
            ValueType::I64 => Self::I64(i64::from_bits(bits)),
            ValueType::F64 => Self::F64(f64::from_bits(bits)),
        }
    }

    /// The value as a float; for a histogram, its sum.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::U64(value) => *value as f64,
            Self::I64(value) => *value as f64,
            Self::F64(value) => *value,
            Self::Histogram(histogram) => histogram.sum,
        }
    }

    /// The histogram, if the value is one.
    #[must_use]
    pub fn as_histogram(&self) -> Option<&HistogramSnapshot> {
        match self {
            Self::Histogram(histogram) => Some(histogram),
            Self::U64(_) | Self::I64(_) | Self::F64(_) => None,
        }
    }

    /// Merges another value of the same series.
    pub(crate) fn merge(&mut self, other: Self, same: Same) {
        match (self, other) {
            (value, other) if same == Same::Other => *value = other,
            (Self::I64(a), Self::I64(b)) if same == Same::Greatest => *a = b.max(*a),
            (Self::U64(a), Self::U64(b)) => *a = a.wrapping_add(b),
            (Self::I64(a), Self::I64(b)) => *a = a.wrapping_add(b),
            (Self::F64(a), Self::F64(b)) => *a = a.plus(b),
            (Self::Histogram(a), Self::Histogram(b)) => a.merge(b),
            // Definitions that agree have the same value type.
            _ => {}
        }
    }
}

impl HistogramSnapshot {
    pub(crate) fn new(grid: Grid, totals: Totals) -> Self {
        Self {
            count: totals.count(),
            sum: totals.sum.value(),
            min: totals.extremes.min,
            max: totals.extremes.max,
            boundaries: grid.boundaries(),
            buckets: totals.buckets,
            exponential: totals.exponential,
            interval: None,
        }
    }

    /// A histogram without values.
    pub(crate) fn empty(grid: Grid) -> Self {
        Self { min: f64::NAN, max: f64::NAN, ..Self::new(grid, Totals::new(grid)) }
    }

    fn merge(&mut self, other: Self) {
        self.count = self.count.wrapping_add(other.count);
        self.sum = self.sum.plus(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.buckets.iter_mut().zip(other.buckets).for_each(|(a, b)| *a = a.wrapping_add(b));
        if let Some((a, b)) = self.exponential.as_mut().zip(other.exponential) {
            a.merge(&b);
        }
        self.interval = match (self.interval.take(), other.interval) {
            (Some(mut a), Some(b)) => {
                a.merge(*b);
                Some(a)
            }
            (a, b) => a.or(b),
        };
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// An estimate of the value below which the share `q` (0 to 1) of all values lies. The bucket
    /// is exact. The outermost buckets end at the known extremes.
    ///
    /// In a bucket between boundaries, the values are assumed to be evenly distributed, as in
    /// Prometheus' [`histogram_quantile`]. In a bucket of an exponential histogram, the logarithms
    /// of the values are, as that function assumes for native histograms. So the estimate in an
    /// exponential histogram is less than `base - 1` of the value away from it, where the base is
    /// `2^(2^-scale)`: by at most 4.5 % at the scale 4, and 2.2 % at the scale 5.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, MetricType, attributes, register_metric, snapshot};
    ///
    /// let latency = Metric::histogram("latency").unit("ms").buckets([10.0, 20.0, 40.0]);
    /// let latency = register_metric("latency", latency).unwrap();
    /// for ms in 1..=40 {
    ///     latency.record(ms, attributes!()).unwrap();
    /// }
    /// let snapshot = snapshot();
    /// let latency = snapshot.get("latency").unwrap().series[0].value.as_histogram().unwrap();
    /// assert_eq!(latency.quantile(0.5), 20.0);
    /// assert_eq!(latency.quantile(1.0), 40.0);
    /// ```
    ///
    /// [`histogram_quantile`]: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    #[must_use]
    pub fn quantile(&self, q: f64) -> f64 {
        let rank = q.clamp(0.0, 1.0) * self.count as f64;
        let mut below = 0.0;
        for Filled { lower, upper, count } in
            filled(self.boundaries, &self.buckets, self.exponential.as_deref())
        {
            let inside = count as f64;
            if below + inside >= rank {
                let share = ((rank - below) / inside).clamp(0.0, 1.0);
                let upper = upper.min(self.max);
                return if self.exponential.is_some() {
                    // Zeros are above the float below zero.
                    let lower = lower.next_up().max(self.min);
                    between_on_log_scale(lower, upper, share)
                } else {
                    let lower = lower.max(self.min);
                    lower + (upper - lower) * share
                };
            }
            below += inside;
        }
        self.max
    }
}

/// The value between `lower` and `upper` whose logarithm lies at `share`. Between limits that are
/// zero or on both sides of it, the value that lies there itself. `upper` if it is below `lower`:
/// in a forked process, the maximum may be missing that belongs to the last bucket.
fn between_on_log_scale(lower: f64, upper: f64, share: f64) -> f64 {
    // A power is not exact.
    let value = if share >= 1.0 {
        upper
    } else if lower > 0.0 {
        on_log_scale(lower, upper, share)
    } else if upper < 0.0 {
        -on_log_scale(-lower, -upper, share)
    } else {
        lower + (upper - lower) * share
    };
    value.max(lower).min(upper)
}

/// The positive value whose logarithm lies at `share` between those of two others.
fn on_log_scale(from: f64, to: f64, share: f64) -> f64 {
    let ratio = to / from;
    if ratio.is_normal() {
        from * ratio.powf(share)
    } else {
        // From a subnormal float, the ratio can leave the range of floats.
        from.powf(1.0 - share) * to.powf(share)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::rules::exponential::ExponentialSettings;

    fn histogram(values: &[f64]) -> HistogramSnapshot {
        let grid = Grid::Exponential(ExponentialSettings::DEFAULT.max_size(4));
        let mut totals = Totals::new(grid);
        values.iter().for_each(|value| totals.record(grid, *value, 1));
        HistogramSnapshot::new(grid, totals)
    }

    #[test]
    fn a_quantile_is_in_range_although_the_maximum_is_missing() {
        let mut histogram = histogram(&[1.0, 1000.0]);
        // The extremes of a measurement that a forked process does not finish.
        histogram.max = 1.0;
        assert_eq!(histogram.quantile(0.9), 1.0);
        let mut histogram = self::histogram(&[-1000.0, -1.0]);
        histogram.min = -1.0;
        assert!(histogram.quantile(0.1) <= -1.0);
    }

    #[test]
    fn a_quantile_between_the_smallest_and_large_floats_is_between_them() {
        let smallest = f64::from_bits(1);
        let logarithm = on_log_scale(smallest, 2_f64.powi(1000), 0.5).log2();
        assert!((logarithm - -37.0).abs() < 1e-9, "{logarithm}");
        let logarithm = on_log_scale(2_f64.powi(1000), smallest, 0.5).log2();
        assert!((logarithm - -37.0).abs() < 1e-9, "{logarithm}");
    }

    #[test]
    fn a_quantile_among_zeros_is_zero() {
        let histogram = histogram(&[-1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        for q in [0.2, 0.3, 0.5, 0.8] {
            assert_eq!(histogram.quantile(q), 0.0);
        }
    }
}
