//! The SDK's side of the pipeline: what the reader collected becomes a batch.

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use prost::Message;

use super::sender::Sender;
use super::split::{MOST_BYTES, points, split};

/// See the module.
#[derive(Debug)]
pub(super) struct Exporter {
    pub(super) sender: Arc<Sender>,
    pub(super) temporality: Temporality,
    /// How many installed handlers feed the pipeline.
    pub(super) users: Arc<AtomicUsize>,
}

impl Exporter {
    fn take(&self, metrics: &ResourceMetrics) {
        // Of a handler that is cleared, the same values would be exported for ever. Nothing is lost
        // by it: sums catch up. Under other temporalities some are sums too.
        let is_idle = self.users.load(Ordering::Relaxed) == 0;
        if is_idle && self.temporality == Temporality::Cumulative {
            return;
        }
        let mut request = ExportMetricsServiceRequest::from(metrics);
        if is_idle {
            keep_deltas(&mut request);
        }
        for request in split(request, MOST_BYTES) {
            let points = points(&request);
            if points > 0 {
                self.sender.send(request.encode_to_vec().into(), points);
            }
        }
    }
}

impl PushMetricExporter for Exporter {
    fn export(&self, metrics: &ResourceMetrics) -> impl Future<Output = OTelSdkResult> + Send {
        self.take(metrics);
        ready(Ok(()))
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}

/// Takes out all metrics but those that are differences.
fn keep_deltas(request: &mut ExportMetricsServiceRequest) {
    let delta = i32::from(AggregationTemporality::Delta);
    let is_delta = |metric: &Metric| match &metric.data {
        Some(Data::Sum(data)) => data.aggregation_temporality == delta,
        Some(Data::Histogram(data)) => data.aggregation_temporality == delta,
        Some(Data::ExponentialHistogram(data)) => data.aggregation_temporality == delta,
        Some(Data::Gauge(_) | Data::Summary(_)) | None => false,
    };
    let resources = request.resource_metrics.iter_mut();
    resources
        .flat_map(|resource| &mut resource.scope_metrics)
        .for_each(|scope| scope.metrics.retain(is_delta));
}
