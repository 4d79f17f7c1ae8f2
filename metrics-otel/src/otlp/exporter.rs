//! The SDK's side of the pipeline: what the reader collected becomes a batch.

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
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
        // by it: sums catch up.
        let is_idle = self.users.load(Ordering::Relaxed) == 0;
        if is_idle && self.temporality == Temporality::Cumulative {
            return;
        }
        for request in split(ExportMetricsServiceRequest::from(metrics), MOST_BYTES) {
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
