//! Snapshots: the values of all metrics at one moment, as plain data.

use serde::Serialize;

use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::series_id::SeriesId;
use crate::store::value::Value;

/// The values of all metrics at one moment.
///
/// `Display` formats it as a table.
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
    /// Every metric, typed metrics first, including metrics without values.
    pub metrics: Vec<MetricSnapshot>,
}

/// The values of one metric.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MetricSnapshot {
    /// The descriptor of the metric.
    pub descriptor: &'static Descriptor,
    /// The series, in the order of their creation. Series in which nothing was recorded are left
    /// out.
    ///
    /// If several crates have the same definition, series with the same labels are merged. Sums and
    /// histograms are added up. For gauges, the definition that the linker put last counts,
    /// whichever was set last.
    pub series: Vec<SeriesSnapshot>,
    /// The number of measurements since the program began that were not recorded as intended, by
    /// reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<(DropReason, u64)>,
}

/// The value of one series.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SeriesSnapshot {
    /// Identifies the series among all series of the process.
    #[serde(skip)]
    pub id: SeriesId,
    /// The labels.
    pub labels: Labels,
    /// The value.
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
