//! A meter provider of the OpenTelemetry SDK, read back by a collection of its reader.

use opentelemetry_sdk::metrics::Temporality;
use typed_metrics::otel::series_limits;
use typed_metrics::{MetricHandler, OtelHandler};
use typed_metrics_receiver::provider::{Collector, Point, provider_with};

use crate::back_end::{BackEnd, Removed, Shows, WithBuckets};
use crate::stored::{Buckets, Histogram, Stored, Value};

pub(crate) struct Provider {
    handler: OtelHandler,
    collector: Collector,
}

impl BackEnd for Provider {
    const SHOWS: Shows = Shows {
        buckets: WithBuckets::All,
        extremes: true,
        whole_labels: true,
        removed: Removed::Kept,
    };

    fn start() -> Self {
        let (provider, collector) =
            provider_with(Temporality::Cumulative, |builder| builder.with_view(series_limits()));
        Self { handler: OtelHandler::new(provider), collector }
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(self.handler.clone())
    }

    fn stored(&self) -> Stored {
        let mut stored = Stored::default();
        for (name, metric) in self.collector.export().0 {
            // Drops the temporality.
            let kind = metric.kind.split(' ').next().unwrap().trim_start_matches("exponential_");
            for (labels, point) in metric.points {
                let value = match point {
                    Point::U64(value) => Value::Number(value as f64),
                    Point::I64(value) => Value::Number(value as f64),
                    Point::F64(value) => Value::Number(value),
                    Point::Histogram(histogram) => Value::Histogram(Histogram {
                        count: histogram.count,
                        sum: histogram.sum,
                        min: histogram.min,
                        max: histogram.max,
                        buckets: Some(match histogram.exponential {
                            Some(buckets) => Buckets::Exponential(buckets),
                            None => Buckets::Explicit(histogram.buckets),
                        }),
                    }),
                };
                stored.add(&name, kind, &metric.unit, labels, value);
            }
        }
        stored
    }

    fn exports(&self) -> Option<usize> {
        None
    }
}
