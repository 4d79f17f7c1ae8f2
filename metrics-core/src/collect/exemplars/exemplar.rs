//! An exemplar, as readers get it.

use std::time::SystemTime;

use serde::Serialize;

use crate::cells::histogram::run;
use crate::clock;
use crate::labels::set::Labels;
use crate::rules::kind::MetricType;
use crate::store::exemplars::slots::Candidate;
use crate::store::series::Series;
use crate::store::value::Value;

/// One measurement of a series, with the span in which it was made: the way from a metric to a
/// trace. [`set_exemplars`](crate::set_exemplars) switches exemplars on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Exemplar {
    /// The increment of the counter, or the value that was recorded in the histogram (as `F64`).
    pub value: Value,
    /// When the measurement was made.
    #[serde(skip)]
    pub time: SystemTime,
    /// The id of the trace; `None` outside of any span.
    pub trace_id: Option<[u8; 16]>,
    /// The id of the span; `None` outside of any span.
    pub span_id: Option<[u8; 8]>,
    /// The labels of the measurement that are no labels of the series: those that the function of
    /// the current span has added. OpenTelemetry calls them filtered attributes.
    pub labels: Labels,
    /// The bucket of a histogram; 0 in a counter.
    #[serde(skip)]
    pub(super) bucket: u32,
    /// Of several exemplars, the one with the least key is kept.
    #[serde(skip)]
    pub(super) key: f32,
}

impl Exemplar {
    /// `cell` is the position of the measurement's cell in the run of the series.
    pub(super) fn new(series: Series, cell: u32, key: f32, candidate: &Candidate) -> Self {
        let Candidate { bits, time, span, ref labels, .. } = *candidate;
        let (bucket, value) = match series.descriptor().metric_type() {
            MetricType::Histogram => (run::bucket_at(cell), Value::F64(f64::from_bits(bits))),
            _ => (0, Value::from_bits(bits, series.value_type())),
        };
        Self {
            value,
            time: clock::time(time),
            trace_id: span.map(|(trace, _)| trace),
            span_id: span.map(|(_, span)| span),
            labels: Labels::new(labels.iter().cloned()),
            bucket,
            key,
        }
    }

    /// An exemplar that nobody recorded, outside of any span, for the targets in `fuzz/`.
    #[cfg(fuzzing)]
    #[doc(hidden)]
    pub fn given(value: Value, time: SystemTime, labels: Labels, bucket: u32) -> Self {
        Self { value, time, trace_id: None, span_id: None, labels, bucket, key: 0.0 }
    }

    /// The bucket of the histogram; 0 in a counter.
    #[doc(hidden)]
    #[must_use]
    pub fn bucket(&self) -> u32 {
        self.bucket
    }

    /// Adds the exemplars of a series to those of another one with the same buckets. One exemplar
    /// of each bucket stays, as if both series were one.
    pub(in crate::collect) fn merge(exemplars: &mut Vec<Self>, others: Vec<Self>) {
        for other in others {
            match exemplars.iter_mut().find(|own| own.bucket == other.bucket) {
                Some(own) if own.key <= other.key => {}
                Some(own) => *own = other,
                None => exemplars.push(other),
            }
        }
    }
}
