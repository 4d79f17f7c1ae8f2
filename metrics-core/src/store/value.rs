//! The value of a series, as plain numbers.

use serde::Serialize;

use crate::cells::change::Reading;
use crate::cells::totals::Totals;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::ValueType;
use crate::number::Number;

/// The value of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Value {
    /// Of a counter or a gauge of `u64`.
    U64(u64),
    /// Of an up-down counter or a gauge of `i64`.
    I64(i64),
    /// Of a counter, an up-down counter or a gauge of `f64`.
    F64(f64),
    /// Of a histogram.
    Histogram(HistogramSnapshot),
}

/// What a histogram holds. Count, sum, extremes and buckets belong to the same measurements.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HistogramSnapshot {
    /// How many values were recorded.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Inclusive upper limits of all buckets but the last, which has none.
    pub boundaries: &'static [f64],
    /// How many values fell into each bucket: one more than there are boundaries.
    pub buckets: Vec<u64>,
    /// What came since this reader collected last. Only from a [`Reader`](crate::Reader), and not if
    /// nothing came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Box<HistogramSnapshot>>,
}

impl Value {
    pub(crate) fn new(descriptor: &'static Descriptor, reading: Reading) -> Self {
        match reading {
            Reading::Number(bits) => Self::from_bits(bits, descriptor.value_type()),
            Reading::Histogram(totals) => {
                Self::Histogram(HistogramSnapshot::new(descriptor.boundaries(), totals))
            }
        }
    }

    /// The number that a cell of `value_type` holds.
    pub(crate) fn from_bits(bits: u64, value_type: ValueType) -> Self {
        match value_type {
            ValueType::U64 => Self::U64(u64::from_bits(bits)),
            ValueType::I64 => Self::I64(i64::from_bits(bits)),
            ValueType::F64 => Self::F64(f64::from_bits(bits)),
        }
    }

    /// As a float; a histogram's sum.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::U64(value) => *value as f64,
            Self::I64(value) => *value as f64,
            Self::F64(value) => *value,
            Self::Histogram(histogram) => histogram.sum,
        }
    }

    /// The histogram, if it is one.
    #[must_use]
    pub fn as_histogram(&self) -> Option<&HistogramSnapshot> {
        match self {
            Self::Histogram(histogram) => Some(histogram),
            Self::U64(_) | Self::I64(_) | Self::F64(_) => None,
        }
    }

    /// Adds the value of the same series of another definition of the metric; of gauges, it counts.
    pub(crate) fn merge(&mut self, other: Self, is_gauge: bool) {
        match (self, other) {
            (value, other) if is_gauge => *value = other,
            (Self::U64(a), Self::U64(b)) => *a = a.wrapping_add(b),
            (Self::I64(a), Self::I64(b)) => *a = a.wrapping_add(b),
            (Self::F64(a), Self::F64(b)) => *a += b,
            (Self::Histogram(a), Self::Histogram(b)) => a.merge(b),
            // Definitions that agree have one value type.
            _ => {}
        }
    }
}

impl HistogramSnapshot {
    pub(crate) fn new(boundaries: &'static [f64], totals: Totals) -> Self {
        Self {
            count: totals.count(),
            sum: totals.sum,
            min: totals.extremes.min,
            max: totals.extremes.max,
            boundaries,
            buckets: totals.buckets,
            interval: None,
        }
    }

    /// Nothing recorded.
    pub(crate) fn empty(boundaries: &'static [f64]) -> Self {
        Self {
            min: f64::NAN,
            max: f64::NAN,
            ..Self::new(boundaries, Totals::new(boundaries.len()))
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.buckets.iter_mut().zip(other.buckets).for_each(|(a, b)| *a += b);
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

    /// The value below which the share `q` (0 to 1) of all values lies, estimated: the bucket is
    /// exact, and inside it values are taken to lie evenly, as Prometheus' [`histogram_quantile`]
    /// does. Knowing the extremes, the outermost buckets end there.
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
        for (i, &inside) in self.buckets.iter().enumerate().filter(|(_, inside)| **inside > 0) {
            let inside = inside as f64;
            if below + inside >= rank {
                let lower = if i == 0 { self.min } else { self.boundaries[i - 1].max(self.min) };
                let upper = self.boundaries.get(i).map_or(self.max, |b| b.min(self.max));
                return lower + (upper - lower) * ((rank - below) / inside).clamp(0.0, 1.0);
            }
            below += inside;
        }
        self.max
    }
}
