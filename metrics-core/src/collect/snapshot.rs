//! Snapshots: what all metrics hold at one moment, as plain values.

use serde::Serialize;

use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::series_id::SeriesId;
use crate::store::value::Value;

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
    pub dropped: Vec<(DropReason, u64)>,
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
