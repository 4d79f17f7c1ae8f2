//! A pipeline: an exporter that feeds a sender.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::InstrumentationScope;
use typed_metrics_core::HandlerError;

use super::config::mistakes::OtlpError;
use super::config::protocol::Protocol;
use super::config::settings::Settings;
use super::config::target::Target;
use super::export::exporter::{Exporter, NotInTime};
use super::export::source::Source;
#[cfg(feature = "grpc")]
use super::send::grpc::Grpc;
use super::send::http::Http;
use super::send::sender::Sender;
use super::spool::queue::Spool;

/// An exporter and a sender. The pipeline ends when its last handler is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    exporter: Exporter,
    sender: Arc<Sender>,
    settings: Settings,
}

impl Pipeline {
    pub(crate) fn start(settings: Settings) -> Result<Arc<Self>, OtlpError> {
        let spool = Spool::open(&settings.spool)?;
        let sender = Arc::new(sender(&settings.target, spool)?);
        let exporter = Exporter::start(settings.interval, Arc::clone(&sender))?;
        Ok(Arc::new(Self { exporter, sender, settings }))
    }

    /// The source of this scope and prefix, if a handler was ever installed with them.
    pub(crate) fn find_source(
        &self,
        scope: &InstrumentationScope,
        prefix: Option<&str>,
    ) -> Option<Arc<Source>> {
        self.exporter.find(scope, prefix)
    }

    /// The source of this scope and prefix.
    pub(crate) fn source(&self, scope: &InstrumentationScope, prefix: Option<&str>) -> Arc<Source> {
        self.exporter.source(scope, prefix, &self.settings)
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
        let collected = self.exporter.export(deadline);
        self.sender.flush(before, deadline, is_patient)?;
        collected.map_err(|NotInTime| {
            format!("metrics could not be collected within {timeout:?}").into()
        })
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
