//! The builder of a handler.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use typed_metrics_system::Set;

use crate::config::error::LogfireError;
use crate::config::given::{Given, PipelineSetting};
use crate::config::send::Send;
use crate::config::settings::{ENVIRONMENT, Settings};
use crate::handler::LogfireHandler;

impl LogfireHandler {
    /// Returns a builder, for settings that the variables do not have.
    pub fn builder() -> LogfireBuilder {
        LogfireBuilder::default()
    }
}

/// Builds a [`LogfireHandler`]. A setting that is not given here is read from the
/// [variables](crate#settings).
///
/// ```no_run
/// use typed_metrics_logfire::{LogfireHandler, Set};
///
/// let handler = LogfireHandler::builder()
///     .service_name("shop")
///     .environment("staging")
///     .system_metrics(Set::Full)
///     .build()?;
/// typed_metrics_core::set_metric_handlers(handler)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "call `build` to make a handler"]
pub struct LogfireBuilder {
    given: Given,
}

impl LogfireBuilder {
    /// The write token of a project, or several, separated by commas, to send to each project. No
    /// message shows a token.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.given.tokens = Some(token.into());
        self
    }

    /// The folder with `logfire_credentials.json`, which is read if no token is set.
    pub fn credentials_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.given.credentials_folder = Some(folder.into());
        self
    }

    /// The address of a self-hosted Logfire, or of a proxy. Tokens may have any form then.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.given.base_url = Some(url.into());
        self
    }

    /// Whether metrics are sent.
    pub fn send(mut self, send: Send) -> Self {
        self.given.send = Some(send);
        self
    }

    /// The resource attribute `service.name`.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.given.service_name = Some(name.into());
        self
    }

    /// The resource attribute `service.version`.
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.given.service_version = Some(version.into());
        self
    }

    /// The resource attribute `deployment.environment.name`.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.given.environment = Some(environment.into());
        self
    }

    /// The system metrics that are [installed](typed_metrics_system::install) with the handler, for
    /// the whole program. They stay installed when the handler is cleared.
    pub fn system_metrics(mut self, set: Set) -> Self {
        self.given.system = Some(set);
        self
    }

    /// Installs no system metrics.
    pub fn without_system_metrics(mut self) -> Self {
        self.given.system = None;
        self
    }

    /// An attribute of the resource.
    pub fn resource(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.pipeline(PipelineSetting::Resource(key.into(), value.into()))
    }

    /// The time between two exports.
    pub fn interval(self, interval: Duration) -> Self {
        self.pipeline(PipelineSetting::Interval(interval))
    }

    /// The time limit of one attempt to send. The default is 10 s.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.pipeline(PipelineSetting::Timeout(timeout))
    }

    /// Keeps waiting batches in this folder, where they outlive the program. With several tokens,
    /// each token has a subfolder.
    pub fn spool_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.given.spool_folder = Some(folder.into());
        self
    }

    /// How many bytes of batches may wait for each token. The default is 64 MiB.
    pub fn spool_limit(self, bytes: u64) -> Self {
        self.pipeline(PipelineSetting::SpoolLimit(bytes))
    }

    /// The time limit of a shutdown, which sends the waiting batches. The default is 5 s.
    pub fn shutdown_timeout(self, timeout: Duration) -> Self {
        self.pipeline(PipelineSetting::ShutdownTimeout(timeout))
    }

    /// A PEM file with certificates that are trusted in place of the built-in roots, for a
    /// self-hosted Logfire.
    pub fn ca_certificate(self, pem: impl Into<PathBuf>) -> Self {
        self.pipeline(PipelineSetting::CaCertificate(pem.into()))
    }

    fn pipeline(mut self, setting: PipelineSetting) -> Self {
        self.given.pipeline.push(setting);
        self
    }

    /// Starts a pipeline for each token, and returns the handler. Nothing is sent yet.
    ///
    /// # Errors
    /// All settings that cannot be used, or a missing token, unless [`Send`] allows it.
    pub fn build(self) -> Result<LogfireHandler, LogfireError> {
        self.build_or(None)
    }

    /// Does the same, but reuses the pipelines of `last` that have the same settings.
    pub(crate) fn build_or(
        self,
        last: Option<&LogfireHandler>,
    ) -> Result<LogfireHandler, LogfireError> {
        let settings = Settings::new(self.given, &ENVIRONMENT)?;
        LogfireHandler::start(settings, last)
    }
}

impl fmt::Debug for LogfireBuilder {
    /// Omits the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogfireBuilder")
            .field("token", &self.given.tokens.as_ref().map(|_| "…"))
            .field("credentials_folder", &self.given.credentials_folder)
            .field("send", &self.given.send)
            .field("service_name", &self.given.service_name)
            .field("service_version", &self.given.service_version)
            .field("environment", &self.given.environment)
            .field("system", &self.given.system)
            .field("pipeline", &self.given.pipeline)
            .finish_non_exhaustive()
    }
}
