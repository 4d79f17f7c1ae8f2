//! A pipeline: an exporter that feeds a sender.

use std::sync::Arc;
use std::time::Duration;

use log::Level;
use opentelemetry::InstrumentationScope;
use typed_metrics_core::{
    ExemplarRequest, HandlerError, exponential_by_default, report, request_exemplars,
};

use super::config::mistakes::OtlpError;
use super::config::protocol::Protocol;
use super::config::settings::{DEFAULT_AGGREGATION, Settings, SpoolSettings};
use super::config::target::Target;
use super::export::exporter::{Exporter, NotInTime};
use super::export::source::Source;
#[cfg(feature = "grpc")]
use super::send::grpc::Grpc;
use super::send::http::Http;
use super::send::sender::{Flush, Sender};
use crate::process::OfProcess;
#[cfg(feature = "trace")]
use crate::span::current_span;

/// An exporter and a sender. The pipeline ends when its last handler is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    exporter: OfProcess<Exporter>,
    sender: Arc<Sender>,
    settings: Settings,
}

impl Pipeline {
    pub(crate) fn start(settings: Settings) -> Result<Arc<Self>, OtlpError> {
        if settings.exponential {
            make_histograms_exponential();
        }
        let sender = Arc::new(sender(&settings.target, &settings.spool)?);
        let exporter = Exporter::start(settings.interval, Arc::clone(&sender))?;
        let exporter = OfProcess::new(exporter);
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

    /// Records exemplars until the result is dropped, if the settings want them.
    pub(crate) fn request_exemplars(&self) -> Option<ExemplarRequest> {
        Some(request_exemplars(self.settings.exemplars?, current_span))
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
        let result = self.exporter.export(flush.deadline).map_err(|NotInTime| {
            format!("metrics could not be collected within {timeout:?}").into()
        });
        Collected { flush, result, is_last }
    }

    /// Sends all batches. After the last collection, the sender tries until the time limit of a
    /// shutdown. Then, if no handler uses the pipeline any more, batches in memory are given up.
    pub(crate) fn send(
        &self,
        Collected { flush, result, is_last }: Collected,
    ) -> Result<(), HandlerError> {
        self.sender.flush(flush).map_err(|undelivered| {
            if is_last && self.exporter.is_unused() {
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
        self.exporter.is_of_parent()
    }
}

/// Makes the histograms of the program exponential, and reports those for which that is too late.
fn make_histograms_exponential() {
    let in_use: Vec<_> = exponential_by_default().iter().map(|metric| metric.name()).collect();
    if !in_use.is_empty() {
        let text = format_args!(
            "`{DEFAULT_AGGREGATION}` makes histograms exponential, but these are in use already \
             and keep the buckets of their definition: {}; set the handler before they are recorded",
            in_use.join(", ")
        );
        report(Level::Warn, "otlp: histograms that are not exponential", text);
    }
}

/// A collection for a flush.
#[derive(Debug)]
pub(crate) struct Collected {
    flush: Flush,
    result: Result<(), HandlerError>,
    is_last: bool,
}

/// Without the feature, exemplars have no span.
#[cfg(not(feature = "trace"))]
fn current_span() -> Option<typed_metrics_core::CurrentSpan> {
    None
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
