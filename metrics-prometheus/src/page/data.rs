//! The data of the page: a snapshot as JSON.
//!
//! ```json
//! {
//!   "process": { "name": "shop", "pid": 4711, "id": "9c1e0b2f6a7d4e58", "uptime": 12.345 },
//!   "time": 1764264273000,
//!   "metrics": [{
//!     "name": "requests", "kind": "counter", "unit": "{request}", "description": "Requests.",
//!     "limit": 2000, "source": "src/metrics.rs:12",
//!     "labels": ["route", "status"],
//!     "series": [[["/", 200], 31], [["/cart", null], 7]]
//!   }]
//! }
//! ```
//!
//! A series is its label values, in the order of `labels`, and its value. `null` means that the
//! series lacks the label. The value of a histogram is `[count, sum, min, max, [bucket, …]]`, and
//! the metric has `boundaries` then. `dropped` lists reasons and counts.

use std::time::SystemTime;

use serde::ser::{SerializeSeq, SerializeTuple};
use serde::{Serialize, Serializer};
use typed_metrics_core::{LabelRef, MetricSnapshot, SeriesSnapshot, Snapshot, Value};

use super::number::Number;
use super::process::Process;

/// The snapshot as the page reads it.
pub(crate) fn data(snapshot: &Snapshot) -> Vec<u8> {
    let metrics = snapshot.metrics.iter().map(Metric::new).collect();
    let data = Data { process: Process::now(), time: now(), metrics };
    // Writing to memory has no errors, and neither has the serialization of these types.
    serde_json::to_vec(&data).unwrap_or_default()
}

/// Milliseconds since the Unix epoch.
fn now() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Serialize)]
struct Data<'a> {
    process: Process,
    time: u64,
    metrics: Vec<Metric<'a>>,
}

#[derive(Serialize)]
struct Metric<'a> {
    name: &'a str,
    kind: &'a str,
    unit: &'a str,
    description: &'a str,
    limit: usize,
    source: String,
    labels: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    boundaries: &'a [f64],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dropped: Vec<(String, Number)>,
    series: Vec<Series<'a>>,
}

impl<'a> Metric<'a> {
    fn new(metric: &'a MetricSnapshot) -> Self {
        let descriptor = metric.descriptor;
        let labels = label_names(metric);
        let source = descriptor.source();
        let dropped = metric.dropped.iter();
        let dropped = dropped.map(|(reason, count)| (reason.to_string(), Number::U64(*count)));
        let series = metric.series.iter();
        Self {
            name: descriptor.name(),
            kind: descriptor.metric_type().as_str(),
            unit: descriptor.unit(),
            description: descriptor.description(),
            limit: descriptor.series_limit(),
            source: format!("{}:{}", source.file, source.line),
            boundaries: descriptor.boundaries(),
            dropped: dropped.collect(),
            series: series.map(|series| Series::new(series, &labels)).collect(),
            labels,
        }
    }
}

/// The names of all labels: those of the definition, and then those that only some series have.
fn label_names(metric: &MetricSnapshot) -> Vec<&str> {
    let mut names: Vec<&str> =
        metric.descriptor.labels().iter().map(|label| label.name()).collect();
    for series in &metric.series {
        for (name, _) in series.labels.iter() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

struct Series<'a> {
    series: &'a SeriesSnapshot,
    /// For each label of the metric, its value.
    labels: Vec<LabelRef<'a>>,
}

impl<'a> Series<'a> {
    fn new(series: &'a SeriesSnapshot, names: &[&str]) -> Self {
        let value = |name: &&str| series.labels.get(name).map_or(LabelRef::Absent, |v| v.as_ref());
        Self { series, labels: names.iter().map(value).collect() }
    }
}

impl Serialize for Series<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(&LabelValues(&self.labels))?;
        pair.serialize_element(&SeriesValue(&self.series.value))?;
        pair.end()
    }
}

struct LabelValues<'a>(&'a [LabelRef<'a>]);

impl Serialize for LabelValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = serializer.serialize_seq(Some(self.0.len()))?;
        for value in self.0 {
            match *value {
                LabelRef::Int(value) => values.serialize_element(&Number::I64(value))?,
                LabelRef::Float(value) => values.serialize_element(&Number::F64(value))?,
                // A label that is absent is `null`.
                value => values.serialize_element(&value)?,
            }
        }
        values.end()
    }
}

struct SeriesValue<'a>(&'a Value);

impl Serialize for SeriesValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = match self.0 {
            Value::U64(value) => Number::U64(*value),
            Value::I64(value) => Number::I64(*value),
            Value::Histogram(histogram) => {
                let buckets: Vec<_> = histogram.buckets.iter().copied().map(Number::U64).collect();
                let [sum, min, max] =
                    [histogram.sum, histogram.min, histogram.max].map(Number::F64);
                let count = Number::U64(histogram.count);
                return (count, sum, min, max, buckets).serialize(serializer);
            }
            other => Number::F64(other.as_f64()),
        };
        number.serialize(serializer)
    }
}
