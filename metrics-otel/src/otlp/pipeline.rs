//! An SDK provider whose reader feeds a sender.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use typed_metrics_core::HandlerError;

use super::config::mistakes::OtlpError;
use super::config::protocol::Protocol;
use super::config::settings::Settings;
use super::config::target::Target;
use super::export::exporter::Exporter;
use super::export::scopes::Scopes;
#[cfg(feature = "grpc")]
use super::send::grpc::Grpc;
use super::send::http::Http;
use super::send::sender::Sender;
use super::spool::queue::Spool;
use crate::provider::limit;

/// An SDK provider with a reader, an exporter and a sender. The pipeline ends when its last handler
/// is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) provider: SdkMeterProvider,
    sender: Arc<Sender>,
    pub(crate) scopes: Arc<Scopes>,
    settings: Settings,
}

impl Pipeline {
    pub(crate) fn start(settings: Settings) -> Result<Arc<Self>, OtlpError> {
        let spool = Spool::open(&settings.spool)?;
        let sender = Arc::new(sender(&settings.target, spool)?);
        let scopes = Arc::new(Scopes::default());
        let exporter = Exporter {
            sender: Arc::clone(&sender),
            temporality: settings.temporality,
            scopes: Arc::clone(&scopes),
        };
        let reader = PeriodicReader::builder(exporter).with_interval(settings.interval).build();
        let provider = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_resource(settings.resource.clone())
            .with_view(limit::pipeline_view(settings.exponential))
            .build();
        Ok(Arc::new(Self { provider, sender, scopes, settings }))
    }

    /// Collects, and sends all batches.
    pub(crate) fn flush(&self) -> Result<(), HandlerError> {
        self.drain(self.settings.target.timeout, false)
    }

    /// Does the same, but tries again until the time limit of a shutdown.
    pub(crate) fn flush_at_end(&self) -> Result<(), HandlerError> {
        self.drain(self.settings.shutdown_timeout, true)
    }

    fn drain(&self, timeout: Duration, is_patient: bool) -> Result<(), HandlerError> {
        let deadline = Instant::now() + timeout;
        let before = self.sender.attempt();
        let provider = self.provider.clone();
        let collected = within(timeout, move || provider.force_flush());
        let sent = self.sender.flush(before, deadline, is_patient);
        sent?;
        collected
    }

    /// Whether the pipeline was built from these settings.
    pub(crate) fn is_of(&self, settings: &Settings) -> bool {
        self.settings == *settings
    }
}

fn sender(target: &Target, spool: Spool) -> Result<Sender, OtlpError> {
    let endpoint = target.endpoint.redacted();
    match target.protocol {
        Protocol::HttpProtobuf => Sender::start(endpoint, spool, Http::new(target.clone())),
        #[cfg(feature = "grpc")]
        Protocol::Grpc => Sender::start(endpoint, spool, Grpc::new(target.clone())?),
        #[cfg(not(feature = "grpc"))]
        Protocol::Grpc => Err(OtlpError::new("`protocol` is `grpc`, which is not compiled in")),
    }
}

/// Runs `flush` with a time limit: the SDK itself waits for callbacks without a limit.
fn within(
    timeout: Duration,
    flush: impl FnOnce() -> OTelSdkResult + Send + 'static,
) -> Result<(), HandlerError> {
    let (done, flushed) = mpsc::channel();
    std::thread::Builder::new()
        .name("typed-metrics-flush".to_owned())
        .spawn(move || done.send(flush()))?;
    match flushed.recv_timeout(timeout) {
        // The shutdown of the provider has collected everything.
        Ok(Ok(()) | Err(OTelSdkError::AlreadyShutdown)) => Ok(()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(format!("metrics could not be collected within {timeout:?}").into()),
    }
}
