//! A provider of our own, whose reader feeds a sender.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use typed_metrics_core::HandlerError;

use super::Protocol;
use super::exporter::Exporter;
use super::http::Http;
use super::mistakes::OtlpError;
use super::sender::Sender;
use super::settings::{Settings, Target};
use super::spool::Spool;
use crate::limit;

/// See the module. It ends when its last handler is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) provider: SdkMeterProvider,
    sender: Arc<Sender>,
    users: Arc<AtomicUsize>,
    settings: Settings,
}

impl Pipeline {
    pub(super) fn start(settings: Settings) -> Result<Arc<Self>, OtlpError> {
        let spool = Spool::open(&settings.spool)?;
        let sender = Arc::new(sender(&settings.target, spool)?);
        let users = Arc::new(AtomicUsize::new(0));
        let exporter = Exporter {
            sender: Arc::clone(&sender),
            temporality: settings.temporality,
            users: Arc::clone(&users),
        };
        let reader = PeriodicReader::builder(exporter).with_interval(settings.interval).build();
        let provider = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_resource(settings.resource.clone())
            .with_view(limit::pipeline_view(settings.exponential))
            .build();
        Ok(Arc::new(Self { provider, sender, users, settings }))
    }

    /// Collects, and sends what there is.
    pub(crate) fn flush(&self) -> Result<(), HandlerError> {
        self.drain(self.settings.target.timeout, false)
    }

    /// As `flush`, but tries again until the time for a shutdown is over.
    pub(crate) fn flush_at_end(&self) -> Result<(), HandlerError> {
        self.drain(self.settings.shutdown_timeout, true)
    }

    fn drain(&self, timeout: Duration, is_patient: bool) -> Result<(), HandlerError> {
        let deadline = Instant::now() + timeout;
        let before = self.sender.attempt();
        let provider = self.provider.clone();
        let collected = within(timeout, move || provider.force_flush());
        let sent = self.sender.flush(before, deadline, is_patient);
        collected?;
        Ok(sent?)
    }

    /// Whether it was built of the same settings.
    pub(super) fn is_of(&self, settings: &Settings) -> bool {
        self.settings == *settings
    }
}

/// What an installed handler holds.
#[derive(Debug)]
pub(crate) struct InUse(Arc<AtomicUsize>);

impl InUse {
    pub(crate) fn new(pipeline: &Pipeline) -> Self {
        pipeline.users.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&pipeline.users))
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn sender(target: &Target, spool: Spool) -> Result<Sender, OtlpError> {
    let endpoint = target.endpoint.shown();
    match target.protocol {
        Protocol::HttpProtobuf => Sender::start(endpoint, spool, Http::new(target.clone())),
        #[cfg(feature = "grpc")]
        Protocol::Grpc => Sender::start(endpoint, spool, super::grpc::Grpc::new(target.clone())?),
        #[cfg(not(feature = "grpc"))]
        Protocol::Grpc => Err(OtlpError::new("`protocol` is `grpc`, which is not compiled in")),
    }
}

/// The SDK waits for callbacks, however long they take; whoever flushes does not.
fn within(
    timeout: Duration,
    flush: impl FnOnce() -> OTelSdkResult + Send + 'static,
) -> Result<(), HandlerError> {
    let (done, flushed) = mpsc::channel();
    std::thread::Builder::new()
        .name("typed-metrics-flush".to_owned())
        .spawn(move || done.send(flush()))?;
    match flushed.recv_timeout(timeout) {
        Ok(flushed) => Ok(flushed?),
        Err(_) => Err(format!("metrics could not be collected within {timeout:?}").into()),
    }
}
