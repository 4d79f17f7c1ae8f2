//! The SDK's side of the pipeline: what the reader collected becomes a batch.

use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use prost::Message;

use super::scopes::Scopes;
use super::sender::Sender;
use super::split::{MOST_BYTES, points, split};

/// See the module.
#[derive(Debug)]
pub(super) struct Exporter {
    pub(super) sender: Arc<Sender>,
    pub(super) temporality: Temporality,
    pub(super) scopes: Arc<Scopes>,
}

impl Exporter {
    fn take(&self, metrics: &ResourceMetrics) {
        let mut request = ExportMetricsServiceRequest::from(metrics);
        for resource in &mut request.resource_metrics {
            resource.scope_metrics.retain(|metrics| {
                let scope = metrics.scope.as_ref();
                !scope.is_some_and(|scope| self.scopes.is_resting(&scope.name, &scope.version))
            });
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
