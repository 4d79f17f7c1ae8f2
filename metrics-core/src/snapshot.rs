//! Snapshots: what all metrics hold at one moment, as plain values.

use serde::Serialize;

use crate::cells::histogram::Totals;
use crate::descriptor::{Descriptor, ValueType};
use crate::dropped::Reason;
use crate::key::Labels;
use crate::number::Number;
use crate::read::Reading;
use crate::series::SeriesId;

/// What all metrics hold at one moment.
///
/// Shown with `Display`, it is a table.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, MetricType, attributes, record_metric, snapshot};
///
/// record_metric("pages", 3, MetricType::Counter, attributes!("format" => "pdf")).unwrap();
///
/// let snapshot = snapshot();
/// let pages = snapshot.get("pages").unwrap();
/// assert_eq!(pages.series[0].value.as_f64(), 3.0);
/// assert_eq!(pages.series[0].labels.to_string(), "format=pdf");
/// ```
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// Every metric, typed ones first, recorded or not.
    pub metrics: Vec<MetricSnapshot>,
}

/// What one metric holds.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MetricSnapshot {
    /// What is known of it.
    pub descriptor: &'static Descriptor,
    /// Its series in the order of their creation; those in which nothing was recorded are left out.
    ///
    /// Of a metric that several crates define alike, those with the same labels are one: sums and
    /// histograms added up, of gauges the one whose definition the linker put last, whichever was
    /// set last.
    pub series: Vec<SeriesSnapshot>,
    /// Measurements that were not recorded as they were meant, by reason, since the program began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<(Reason, u64)>,
}

/// What one series holds.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SeriesSnapshot {
    /// Tells the series from all others of the process.
    #[serde(skip)]
    pub id: SeriesId,
    /// Its labels.
    pub labels: Labels,
    /// Its value.
    pub value: Value,
}

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

impl Snapshot {
    /// The metric with this full name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&MetricSnapshot> {
        self.metrics.iter().find(|metric| metric.descriptor.name() == name)
    }
}

impl MetricSnapshot {
    /// The series with exactly these labels, in any order.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{MetricType, attributes, record_metric, snapshot};
    ///
    /// record_metric("clicks", 1, MetricType::Counter, attributes!("button" => "buy")).unwrap();
    /// let snapshot = snapshot();
    /// let clicks = snapshot.get("clicks").unwrap();
    /// assert!(clicks.series_with(&[("button", "buy")]).is_some());
    /// assert!(clicks.series_with(&[("button", "sell")]).is_none());
    /// ```
    #[must_use]
    pub fn series_with(&self, labels: &[(&str, &str)]) -> Option<&SeriesSnapshot> {
        self.series.iter().find(|series| {
            series.labels.len() == labels.len()
                && labels.iter().all(|(name, value)| {
                    series.labels.get(name).is_some_and(|found| found.to_string() == *value)
                })
        })
    }
}

impl Value {
    pub(crate) fn new(descriptor: &'static Descriptor, reading: Reading) -> Self {
        match (reading, descriptor.value_type()) {
            (Reading::Number(bits), ValueType::U64) => Self::U64(u64::from_bits(bits)),
            (Reading::Number(bits), ValueType::I64) => Self::I64(i64::from_bits(bits)),
            (Reading::Number(bits), ValueType::F64) => Self::F64(f64::from_bits(bits)),
            (Reading::Histogram(totals), _) => {
                Self::Histogram(HistogramSnapshot::new(descriptor.boundaries(), totals))
            }
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
    pub(crate) fn join(&mut self, other: Self, is_gauge: bool) {
        match (self, other) {
            (value, other) if is_gauge => *value = other,
            (Self::U64(a), Self::U64(b)) => *a = a.wrapping_add(b),
            (Self::I64(a), Self::I64(b)) => *a = a.wrapping_add(b),
            (Self::F64(a), Self::F64(b)) => *a += b,
            (Self::Histogram(a), Self::Histogram(b)) => a.join(b),
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

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.buckets.iter_mut().zip(other.buckets).for_each(|(a, b)| *a += b);
        self.interval = match (self.interval.take(), other.interval) {
            (Some(mut a), Some(b)) => {
                a.join(*b);
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
