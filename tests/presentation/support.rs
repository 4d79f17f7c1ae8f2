//! What readers and handlers are shown, as texts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use typed_metrics::{
    ChangeReader, Descriptor, HandlerError, Measurement, MetricHandler, SeriesId, Snapshot, Value,
};

/// The series of a metric with their numbers, in the order of their labels.
pub(crate) fn shown(snapshot: &Snapshot, metric: &str) -> Vec<(String, f64)> {
    let Some(metric) = snapshot.get(metric) else { return Vec::new() };
    let series = metric.series.iter();
    let mut shown: Vec<_> =
        series.map(|series| (series.labels.to_string(), series.value.as_f64())).collect();
    shown.sort_by(|a, b| a.0.cmp(&b.0));
    shown
}

/// Pairs of labels and numbers, as [`shown`] returns them.
pub(crate) fn expected(series: &[(&str, f64)]) -> Vec<(String, f64)> {
    series.iter().map(|(labels, value)| ((*labels).to_owned(), *value)).collect()
}

/// The series that a receiver of changes has, which adds up the differences.
#[derive(Debug)]
pub(crate) struct Receiver {
    reader: ChangeReader,
    pub(crate) series: BTreeMap<String, Value>,
    ids: Vec<(SeriesId, String)>,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        Self { reader: ChangeReader::new(), series: BTreeMap::new(), ids: Vec::new() }
    }

    /// Takes the changes of a metric. Returns the number of changed series.
    #[track_caller]
    pub(crate) fn take(&mut self, metric: &str) -> usize {
        let changes = self.reader.changes(|descriptor| descriptor.name() == metric);
        let mut count = 0;
        for metric in &changes.metrics {
            for change in &metric.series {
                count += 1;
                let labels = change.labels().to_string();
                if !self.ids.iter().any(|(id, _)| *id == change.id) {
                    assert!(!self.series.contains_key(&labels), "two series are {labels}");
                    self.ids.push((change.id, labels.clone()));
                }
                let total = self.series.get(&labels).map_or(0.0, Value::as_f64);
                self.series.insert(labels, Value::F64(total + change.value.as_f64()));
            }
            for removed in &metric.removed {
                let at = self.ids.iter().position(|(id, _)| id == removed);
                let (_, labels) = self.ids.remove(at.expect("an unknown series was removed"));
                self.series.remove(&labels);
            }
        }
        count
    }

    pub(crate) fn shown(&self) -> Vec<(String, f64)> {
        self.series.iter().map(|(labels, value)| (labels.clone(), value.as_f64())).collect()
    }
}

/// Keeps every measurement of the metrics whose names begin with `prefix`.
#[derive(Debug, Clone)]
pub(crate) struct Subscriber {
    pub(crate) prefix: &'static str,
    pub(crate) seen: Arc<Mutex<Vec<String>>>,
}

impl MetricHandler for Subscriber {
    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        metric.name().starts_with(self.prefix)
    }

    fn measured(&self, measurement: &Measurement) {
        let Measurement { metric, labels, value, .. } = measurement;
        let text = format!("{} {labels} {}", metric.name(), value.as_f64());
        self.seen.lock().unwrap().push(text);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}
