//! The handler: a pipeline for each token.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use log::Level;
use typed_metrics_core::{Descriptor, HandlerError, MetricHandler, report};
use typed_metrics_otel::{OtelHandler, OtlpBuilder};
use typed_metrics_system::Set;

use crate::config::error::LogfireError;
use crate::config::settings::Settings;

/// Exports to Pydantic Logfire.
///
/// A cleared handler hands nothing on. When the handler or a clone of it is installed again, export
/// continues where it stopped, as for an [`OtelHandler`].
///
/// ```
/// use typed_metrics_core::{clear_metric_handlers, set_metric_handlers};
/// use typed_metrics_logfire::{LogfireHandler, Send};
///
/// // Sends only if `LOGFIRE_TOKEN` is set.
/// let handler = LogfireHandler::builder().send(Send::IfTokenPresent).build()?;
/// set_metric_handlers(handler)?;
/// # clear_metric_handlers();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LogfireHandler {
    pipelines: Vec<OtelHandler>,
    system: Option<Set>,
    /// `None` if the handler has installed no system metrics.
    system_before: Mutex<Option<Before>>,
    /// Its address identifies the handler and its clones, which share it. Not of size zero: values
    /// of size zero may share an address.
    id: Arc<u8>,
}

/// The set of system metrics before a handler installed its own.
#[derive(Debug)]
struct Before(Option<Set>);

impl LogfireHandler {
    pub(crate) fn start(settings: Settings, last: Option<&Self>) -> Result<Self, LogfireError> {
        let before = last.map_or(&[][..], |last| &last.pipelines);
        let start = |pipeline: OtlpBuilder| pipeline.build_or(before);
        let pipelines = settings.pipelines.into_iter().map(start).collect::<Result<_, _>>();
        let pipelines = pipelines.map_err(|error| LogfireError::new(error.to_string()))?;
        let (system, id) = (settings.system, Arc::new(0));
        Ok(Self { pipelines, system, system_before: Mutex::new(None), id })
    }

    pub(crate) fn has_pipelines(&self) -> bool {
        !self.pipelines.is_empty()
    }

    fn system_before(&self) -> MutexGuard<'_, Option<Before>> {
        self.system_before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `ask` for all pipelines at the same time, because each may wait, and joins their
    /// errors.
    fn each(
        &self,
        ask: impl Fn(&OtelHandler) -> Result<(), HandlerError> + Sync,
    ) -> Result<(), HandlerError> {
        let ask = &ask;
        let mut errors: Vec<HandlerError> = match &*self.pipelines {
            [] => Vec::new(),
            [only] => ask(only).err().into_iter().collect(),
            several => std::thread::scope(|scope| {
                let asked: Vec<_> =
                    several.iter().map(|pipeline| scope.spawn(move || ask(pipeline))).collect();
                let error_of = |asked: std::thread::ScopedJoinHandle<'_, _>| {
                    asked.join().unwrap_or_else(|_| Err("a pipeline panicked".into())).err()
                };
                asked.into_iter().filter_map(error_of).collect()
            }),
        };
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => {
                let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
                Err(lines.join("\n").into())
            }
        }
    }
}

impl Clone for LogfireHandler {
    /// A handler with the same pipelines, not installed.
    fn clone(&self) -> Self {
        Self {
            pipelines: self.pipelines.clone(),
            system: self.system,
            system_before: Mutex::new(None),
            id: Arc::clone(&self.id),
        }
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
        for (i, pipeline) in self.pipelines.iter().enumerate() {
            if let Err(error) = pipeline.install() {
                // The error of the installation is the one to return.
                self.pipelines[..i].iter().for_each(|installed| drop(installed.abandon()));
                return Err(error);
            }
        }
        if let Some(set) = self.system {
            *self.system_before() = Some(Before(typed_metrics_system::installed()));
            if let Err(unavailable) = typed_metrics_system::install(set) {
                // Not an error: the program has other metrics to send.
                let text = format_args!("{unavailable}");
                report(Level::Warn, "logfire: system metrics unavailable", text);
            }
        }
        Ok(())
    }

    fn register(&self, metric: &'static Descriptor) {
        self.pipelines.iter().for_each(|pipeline| pipeline.register(metric));
    }

    /// The threads of the pipelines are in the parent.
    fn survives_fork(&self) -> bool {
        false
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.each(OtelHandler::flush)
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.each(OtelHandler::shutdown)
    }

    fn abandon(&self) -> Result<(), HandlerError> {
        let before = self.system_before().take();
        if let Some(Before(before)) = before {
            typed_metrics_system::restore(before);
        }
        self.each(OtelHandler::abandon)
    }
}
