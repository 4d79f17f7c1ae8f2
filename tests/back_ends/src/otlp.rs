//! OTLP pipelines, read back from a store that accepts every request. HTTP sends cumulative values,
//! gRPC sends deltas.

use std::time::Duration;

use opentelemetry_proto::tonic::metrics::v1::exemplar::Value as ExemplarValue;
use typed_metrics::otel::{OtlpBuilder, Protocol, Temporality};
use typed_metrics::{MetricHandler, OtelHandler};
use typed_metrics_receiver::{Receiver, Total};

use crate::back_end::{BackEnd, Removed, Shows, WithBuckets};
use crate::stored::{Buckets, Histogram, Stored, Value};

pub(crate) struct Http {
    handler: OtelHandler,
    receiver: Receiver,
}

impl BackEnd for Http {
    const SHOWS: Shows = SHOWS;

    fn start() -> Self {
        let receiver = Receiver::start();
        let handler = pipeline(receiver.http_endpoint()).protocol(Protocol::HttpProtobuf);
        Self { handler: handler.build().unwrap(), receiver }
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(self.handler.clone())
    }

    fn stored(&self) -> Stored {
        stored(&self.receiver)
    }

    fn exemplars(&self, metric: &str) -> Option<Vec<(f64, Vec<u8>)>> {
        Some(exemplars(&self.receiver, metric))
    }

    fn exports(&self) -> Option<usize> {
        Some(self.receiver.requests().len())
    }
}

pub(crate) struct Grpc {
    handler: OtelHandler,
    receiver: Receiver,
}

impl BackEnd for Grpc {
    const SHOWS: Shows = SHOWS;

    fn start() -> Self {
        let receiver = Receiver::start();
        let handler = pipeline(receiver.grpc_endpoint()).protocol(Protocol::Grpc);
        let handler = handler.temporality(Temporality::Delta);
        Self { handler: handler.build().unwrap(), receiver }
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(self.handler.clone())
    }

    fn stored(&self) -> Stored {
        stored(&self.receiver)
    }

    fn exemplars(&self, metric: &str) -> Option<Vec<(f64, Vec<u8>)>> {
        Some(exemplars(&self.receiver, metric))
    }

    fn exports(&self) -> Option<usize> {
        Some(self.receiver.requests().len())
    }
}

pub(crate) const SHOWS: Shows =
    Shows { buckets: WithBuckets::All, extremes: true, whole_labels: true, removed: Removed::Kept };

/// A pipeline that collects only when it is flushed or shut down.
fn pipeline(endpoint: String) -> OtlpBuilder {
    OtelHandler::otlp().endpoint(endpoint).interval(Duration::from_secs(3600))
}

/// The exemplars of a metric of integers in the last request of a receiver.
pub(crate) fn exemplars(receiver: &Receiver, metric: &str) -> Vec<(f64, Vec<u8>)> {
    let exemplars = receiver.requests().last().unwrap().exemplars(metric);
    let exemplars = exemplars.into_iter().map(|exemplar| {
        let value = match exemplar.value.unwrap() {
            ExemplarValue::AsInt(value) => value as f64,
            ExemplarValue::AsDouble(value) => value,
        };
        (value, exemplar.trace_id)
    });
    exemplars.collect()
}

/// The totals of a receiver.
pub(crate) fn stored(receiver: &Receiver) -> Stored {
    let mut stored = Stored::default();
    for (name, metric) in receiver.totals().metrics {
        // Drops the temporality.
        let kind = metric.kind.split(' ').next().unwrap().trim_start_matches("exponential_");
        for (labels, total) in metric.series {
            let value = match total {
                Total::Int(value) => Value::Number(value as f64),
                Total::Double(value) => Value::Number(value),
                Total::Histogram { count, sum, min, max, buckets, .. } => {
                    let buckets = Some(Buckets::Explicit(buckets));
                    Value::Histogram(Histogram { count, sum, min, max, buckets })
                }
                Total::Exponential { count, sum, min, max, buckets } => {
                    let buckets = Some(Buckets::Exponential(buckets));
                    Value::Histogram(Histogram { count, sum, min, max, buckets })
                }
            };
            stored.add(&name, kind, &metric.unit, labels, value);
        }
    }
    stored
}
