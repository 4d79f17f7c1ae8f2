//! The in-memory handler, read back from its last snapshot.

use typed_metrics::{
    ExponentialRange, HistogramSnapshot, InMemoryHandler, LabelRef, MetricHandler,
};
use typed_metrics_receiver::{Exponential, indexed};

use crate::back_end::{BackEnd, Removed, Shows, WithBuckets};
use crate::stored::{Buckets, Histogram, Stored, Value};

pub(crate) struct Memory(InMemoryHandler);

impl BackEnd for Memory {
    const SHOWS: Shows = Shows {
        buckets: WithBuckets::All,
        extremes: true,
        whole_labels: true,
        removed: Removed::Gone,
    };

    fn start() -> Self {
        Self(InMemoryHandler::new())
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(self.0.clone())
    }

    fn stored(&self) -> Stored {
        let mut stored = Stored::default();
        for metric in self.0.last().into_iter().flat_map(|snapshot| snapshot.metrics) {
            let descriptor = metric.descriptor;
            let kind = descriptor.metric_type().as_str();
            for series in metric.series {
                let labels = series.labels.iter();
                let labels: Vec<_> = labels
                    .map(|(name, value)| match value.as_ref() {
                        // `Display` would escape the text.
                        LabelRef::Str(text) => format!("{name}={text}"),
                        _ => format!("{name}={value}"),
                    })
                    .collect();
                let value = match series.value.as_histogram() {
                    Some(histogram) => Value::Histogram(Histogram {
                        count: histogram.count,
                        sum: histogram.sum,
                        min: histogram.min,
                        max: histogram.max,
                        buckets: Some(buckets(histogram)),
                    }),
                    None => Value::Number(series.value.as_f64()),
                };
                let unit = descriptor.unit();
                stored.add(descriptor.name(), kind, unit, labels.join(" "), value);
            }
        }
        stored
    }

    fn exemplars(&self, metric: &str) -> Option<Vec<(f64, Vec<u8>)>> {
        let snapshot = self.0.last()?;
        let series = &snapshot.get(metric)?.series;
        let exemplars = series.iter().flat_map(|series| &series.exemplars);
        let id = |id: Option<[u8; 16]>| id.unwrap_or_default().to_vec();
        Some(exemplars.map(|e| (e.value.as_f64(), id(e.trace_id))).collect())
    }

    fn exports(&self) -> Option<usize> {
        Some(self.0.snapshots().len())
    }
}

fn buckets(histogram: &HistogramSnapshot) -> Buckets {
    let Some(buckets) = &histogram.exponential else {
        return Buckets::Explicit(histogram.buckets.clone());
    };
    let side = |range: &ExponentialRange| indexed(range.offset, range.counts.iter().copied());
    Buckets::Exponential(Exponential {
        scale: buckets.scale,
        zeros: buckets.zeros,
        zero_threshold: buckets.zero_threshold,
        positive: side(&buckets.positive),
        negative: side(&buckets.negative),
    })
}
