//! The handler: a pipeline for each token.

use std::fmt;
use std::sync::Arc;

use typed_metrics_core::{Descriptor, HandlerError, MetricHandler};
use typed_metrics_otel::{OtelHandler, OtlpBuilder};
use typed_metrics_system::Set;

use crate::builder::LogfireBuilder;
use crate::error::LogfireError;
use crate::named;
use crate::settings::Settings;

/// Exports to Pydantic Logfire.
///
/// It belongs to its pipelines as an [`OtelHandler`] does to its own: a handler that is cleared stops
/// handing on; installed again, by itself or by a clone, it goes on where it stopped.
///
/// ```
/// use typed_metrics_core::{clear_metric_handlers, set_metric_handlers};
/// use typed_metrics_logfire::{LogfireHandler, Send};
///
/// // Sends as soon as somebody sets `LOGFIRE_TOKEN`.
/// let handler = LogfireHandler::builder().send(Send::IfTokenPresent).build()?;
/// set_metric_handlers(handler)?;
/// # clear_metric_handlers();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LogfireHandler {
    pipelines: Vec<OtelHandler>,
    system: Option<Set>,
    /// Shared by clones, and by nobody else: where it is tells them from other handlers. Not of size
    /// zero, for all of those may be at one place.
    id: Arc<u8>,
}

impl LogfireHandler {
    /// What the [variables](crate#settings) say; the same as the name `"logfire"`. As long as they say
    /// the same, it is the same pipeline, whoever asks for it.
    ///
    /// # Errors
    /// As [`LogfireBuilder::build`].
    pub fn from_env() -> Result<Self, LogfireError> {
        named::from_env()
    }

    /// A builder, for what the variables do not say.
    pub fn builder() -> LogfireBuilder {
        LogfireBuilder::default()
    }

    pub(crate) fn start(settings: Settings, last: Option<&Self>) -> Result<Self, LogfireError> {
        let before = last.map_or(&[][..], |last| &last.pipelines);
        let start = |pipeline: OtlpBuilder| pipeline.build_or(before);
        let pipelines = settings.pipelines.into_iter().map(start).collect::<Result<_, _>>();
        let pipelines = pipelines.map_err(|error| LogfireError::new(error.to_string()))?;
        Ok(Self { pipelines, system: settings.system, id: Arc::new(0) })
    }

    pub(crate) fn has_pipelines(&self) -> bool {
        !self.pipelines.is_empty()
    }

    /// Asks all pipelines at the same time, for each may wait, and tells what all of them say.
    fn each(
        &self,
        ask: impl Fn(&OtelHandler) -> Result<(), HandlerError> + Sync,
    ) -> Result<(), HandlerError> {
        let ask = &ask;
        let mut said: Vec<HandlerError> = match &*self.pipelines {
            [] => Vec::new(),
            [only] => ask(only).err().into_iter().collect(),
            several => std::thread::scope(|scope| {
                let asked: Vec<_> =
                    several.iter().map(|pipeline| scope.spawn(move || ask(pipeline))).collect();
                let said = |asked: std::thread::ScopedJoinHandle<'_, _>| {
                    asked.join().unwrap_or_else(|_| Err("a pipeline panicked".into())).err()
                };
                asked.into_iter().filter_map(said).collect()
            }),
        };
        match said.len() {
            0 => Ok(()),
            1 => Err(said.remove(0)),
            _ => {
                let lines: Vec<_> = said.iter().map(ToString::to_string).collect();
                Err(lines.join("\n").into())
            }
        }
    }
}

impl Clone for LogfireHandler {
    /// The same pipelines, not installed.
    fn clone(&self) -> Self {
        Self { pipelines: self.pipelines.clone(), system: self.system, id: Arc::clone(&self.id) }
    }
}

impl fmt::Debug for LogfireHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogfireHandler")
            .field("pipelines", &self.pipelines)
            .field("system", &self.system)
            .finish_non_exhaustive()
    }
}

impl MetricHandler for LogfireHandler {
    fn name(&self) -> &'static str {
        "logfire"
    }

    fn identity(&self) -> Option<usize> {
        Some(Arc::as_ptr(&self.id).addr())
    }

    fn install(&self) -> Result<(), HandlerError> {
        // Those that were installed before one that cannot be end when the handler is dropped.
        self.pipelines.iter().try_for_each(OtelHandler::install)?;
        if let Some(set) = self.system
            && let Err(unavailable) = typed_metrics_system::install(set)
        {
            // A program that cannot read its load has other metrics to send.
            log::warn!(target: "typed_metrics", "{unavailable}");
        }
        Ok(())
    }

    fn register(&self, metric: &'static Descriptor) {
        self.pipelines.iter().for_each(|pipeline| pipeline.register(metric));
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.each(OtelHandler::flush)
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.each(OtelHandler::shutdown)
    }
}
