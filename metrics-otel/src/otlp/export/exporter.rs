//! The SDK's exporter: encodes what the reader collected, and hands it to the sender.

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
use super::split::{MOST_BYTES, points, split};
use crate::otlp::send::sender::Sender;

/// Encodes collected metrics as batches for the sender.
#[derive(Debug)]
pub(crate) struct Exporter {
    pub(crate) sender: Arc<Sender>,
    pub(crate) temporality: Temporality,
    pub(crate) scopes: Arc<Scopes>,
}

impl Exporter {
    fn take(&self, metrics: &ResourceMetrics) {
        let mut request = ExportMetricsServiceRequest::from(metrics);
        for resource in &mut request.resource_metrics {
            resource.scope_metrics.retain(|metrics| {
                let scope = metrics.scope.as_ref();
                !scope.is_some_and(|scope| self.scopes.is_inactive(&scope.name, &scope.version))
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
