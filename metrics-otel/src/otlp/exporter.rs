//! The SDK's side of the pipeline: what the reader collected becomes a batch.

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use prost::Message;

use super::sender::Sender;

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
        // by it: sums catch up.
        let is_idle = self.users.load(Ordering::Relaxed) == 0;
        if is_idle && self.temporality == Temporality::Cumulative {
            return;
        }
        let request = ExportMetricsServiceRequest::from(metrics);
        let points = points(&request);
        if points > 0 {
            self.sender.send(request.encode_to_vec().into(), points);
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

/// How many data points a request has.
pub(super) fn points(request: &ExportMetricsServiceRequest) -> u64 {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    scopes.flat_map(|scope| &scope.metrics).map(points_of).sum()
}

fn points_of(metric: &Metric) -> u64 {
    let points = match &metric.data {
        None => 0,
        Some(Data::Gauge(data)) => data.data_points.len(),
        Some(Data::Sum(data)) => data.data_points.len(),
        Some(Data::Histogram(data)) => data.data_points.len(),
        Some(Data::ExponentialHistogram(data)) => data.data_points.len(),
        Some(Data::Summary(data)) => data.data_points.len(),
    };
    points as u64
}
