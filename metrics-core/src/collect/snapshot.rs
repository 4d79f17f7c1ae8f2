//! Snapshots: the values of all metrics at one moment, as plain data.

use std::time::SystemTime;

use serde::Serialize;

use super::exemplars::exemplar::Exemplar;
use crate::labels::set::Labels;
use crate::labels::value::{LabelValue, cut};
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
    /// The counters and histograms that were removed since this reader's last snapshot, with their
    /// last values. If a series was removed several times since, its values are added up. A
    /// [`snapshot`](crate::snapshot) without a reader has only the series that it found expired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<SeriesSnapshot>,
    /// The number of measurements since the program began that were not recorded as intended, by
    /// reason. Empty under the old name of a metric.
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
    /// When the series was created: by the first use of its labels, or by the removal after which
    /// it came back. A series with fixed labels exists from the first use of any metric.
    #[serde(skip)]
    pub created: SystemTime,
    /// The time of the collection that first saw the last measurement; `None` unless the metric
    /// [expires](crate::Descriptor::expiry) or is declared with `last_recorded`. Adding 0 to a
    /// counter is no measurement here.
    #[serde(skip)]
    pub last_recorded: Option<SystemTime>,
    /// Measurements of a counter or a histogram with the spans in which they were made. Empty
    /// unless [`set_exemplars`](crate::set_exemplars) or a handler switched them on.
    ///
    /// A [`Reader`](crate::Reader) gets those since its last collection, at most one for each
    /// bucket. A [`snapshot`](crate::snapshot) has the last ones, and a
    /// [capture](crate::testing::capture) has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exemplars: Vec<Exemplar>,
}

#[cfg(test)]
impl SeriesSnapshot {
    /// A series for tests.
    pub(crate) fn sample(labels: Labels, value: Value) -> Self {
        let created = SystemTime::UNIX_EPOCH;
        let (id, last_recorded, exemplars) = (SeriesId::default(), None, Vec::new());
        Self { id, labels, value, created, last_recorded, exemplars }
    }
}

impl Snapshot {
    /// The metric with this full name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&MetricSnapshot> {
        self.metrics.iter().find(|metric| metric.descriptor.name() == name)
    }
}

impl MetricSnapshot {
    /// A metric without series.
    pub(crate) fn new(descriptor: &'static Descriptor) -> Self {
        Self { descriptor, series: Vec::new(), removed: Vec::new(), dropped: Vec::new() }
    }

    /// The series with exactly these labels, in any order. Text is compared as it was recorded,
    /// control characters included; other values are compared in the form in which Rust writes
    /// them.
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
                && series.labels.iter().all(|(name, value)| {
                    labels.iter().any(|(asked, text)| *asked == name && is_written(value, text))
                })
        })
    }
}

/// Whether `text` is the value of a label. The display of a text is no comparison, because it
/// escapes control characters.
fn is_written(value: &LabelValue, text: &str) -> bool {
    match value {
        LabelValue::Str(value) => **value == *cut(text),
        other => other.to_string() == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::value::LabelRef;
    use crate::rules::limits::MAX_LABEL_LEN;
    use crate::store::family::NO_METRIC;

    fn metric(series: &[&[(&'static str, LabelRef<'_>)]]) -> MetricSnapshot {
        static METRIC: Descriptor = Descriptor::new(NO_METRIC);
        let series = series.iter().enumerate().map(|(number, labels)| {
            let labels =
                labels.iter().filter_map(|(name, value)| Some(((*name).into(), value.to_value()?)));
            SeriesSnapshot::sample(Labels::new(labels), Value::U64(number as u64))
        });
        MetricSnapshot { series: series.collect(), ..MetricSnapshot::new(&METRIC) }
    }

    fn found(metric: &MetricSnapshot, labels: &[(&str, &str)]) -> Option<Value> {
        metric.series_with(labels).map(|series| series.value.clone())
    }

    #[test]
    fn a_series_is_found_by_the_text_that_was_recorded() {
        let long = "é".repeat(MAX_LABEL_LEN);
        let texts = ["a\nb", r"a\nb", "", "1", &long];
        let labels = texts.map(|text| [("k", LabelRef::Str(text))]);
        let metric = metric(&labels.each_ref().map(|labels| &labels[..]));
        for (number, text) in texts.into_iter().enumerate() {
            assert_eq!(found(&metric, &[("k", text)]), Some(Value::U64(number as u64)), "{text:?}");
        }
        assert_eq!(found(&metric, &[("k", r"a\\nb")]), None);
    }

    #[test]
    fn a_series_is_found_by_all_its_labels() {
        let metric = metric(&[
            &[("a", LabelRef::Bool(true)), ("b", LabelRef::Int(-1))],
            &[("a", LabelRef::Float(0.5))],
        ]);
        assert_eq!(found(&metric, &[("b", "-1"), ("a", "true")]), Some(Value::U64(0)));
        assert_eq!(found(&metric, &[("a", "0.5")]), Some(Value::U64(1)));
        for wrong in [&[("a", "true")][..], &[("a", "true"), ("a", "true")], &[("b", "-1")], &[]] {
            assert_eq!(found(&metric, wrong), None, "{wrong:?}");
        }
    }
}
