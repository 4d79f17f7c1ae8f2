//! An SDK provider whose reader feeds a sender.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use typed_metrics_core::HandlerError;

use super::config::mistakes::OtlpError;
use super::config::protocol::Protocol;
use super::config::settings::{Settings, SpoolSettings};
use super::config::target::Target;
use super::export::exporter::Exporter;
use super::export::scopes::Scopes;
#[cfg(feature = "grpc")]
use super::send::grpc::Grpc;
use super::send::http::Http;
use super::send::sender::{Flush, Sender};
use crate::process::OfProcess;
use crate::provider::limit;

/// An SDK provider with a reader, an exporter and a sender. The pipeline ends when its last handler
/// is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) provider: OfProcess<SdkMeterProvider>,
    sender: Arc<Sender>,
    pub(crate) scopes: Arc<Scopes>,
    settings: Settings,
}

impl Pipeline {
    pub(crate) fn start(settings: Settings) -> Result<Arc<Self>, OtlpError> {
        let sender = Arc::new(sender(&settings.target, &settings.spool)?);
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
        let provider = OfProcess::new(provider);
        Ok(Arc::new(Self { provider, sender, scopes, settings }))
    }

    /// Collects, and sends all batches.
    pub(crate) fn flush(&self) -> Result<(), HandlerError> {
        let collected = self.collect(self.settings.target.timeout, false);
        self.send(collected)
    }

    /// Collects for the last time.
    pub(crate) fn collect_at_end(&self) -> Collected {
        self.collect(self.settings.shutdown_timeout, true)
    }

    fn collect(&self, timeout: Duration, is_last: bool) -> Collected {
        let flush = self.sender.begin_flush(timeout, is_last);
        let provider = SdkMeterProvider::clone(&self.provider);
        Collected { flush, result: within(timeout, move || provider.force_flush()), is_last }
    }

    /// Sends all batches. After the last collection, the sender tries until the time limit of a
    /// shutdown. Then, if no handler uses the pipeline any more, batches in memory are given up.
    pub(crate) fn send(
        &self,
        Collected { flush, result, is_last }: Collected,
    ) -> Result<(), HandlerError> {
        self.sender.flush(flush).map_err(|undelivered| {
            if is_last && self.scopes.are_unused() {
                self.sender.give_up(undelivered)
            } else {
                undelivered
            }
        })?;
        result
    }

    /// Whether the pipeline was built from these settings, and in this process.
    pub(crate) fn is_of(&self, settings: &Settings) -> bool {
        self.settings == *settings && !self.is_of_parent()
    }

    /// Whether this process was forked from the one in which the pipeline was built. There, the
    /// pipeline has no threads, and its locks may be held for ever.
    pub(crate) fn is_of_parent(&self) -> bool {
        self.provider.is_of_parent()
    }
}

/// A collection for a flush.
#[derive(Debug)]
pub(crate) struct Collected {
    flush: Flush,
    result: Result<(), HandlerError>,
    is_last: bool,
}

fn sender(target: &Target, spool: &SpoolSettings) -> Result<Sender, OtlpError> {
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
