//! The builder of a handler.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use typed_metrics_otel::OtlpBuilder;
use typed_metrics_system::Set;

use crate::error::LogfireError;
use crate::handler::LogfireHandler;
use crate::send::Send;
use crate::settings::{ENVIRONMENT, Settings};

/// Builds a [`LogfireHandler`]. What is not told here is taken from the
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
#[derive(Clone)]
#[must_use = "`build` makes a handler of it"]
pub struct LogfireBuilder {
    pub(crate) tokens: Option<String>,
    pub(crate) credentials_folder: Option<PathBuf>,
    pub(crate) base_url: Option<String>,
    pub(crate) send: Option<Send>,
    pub(crate) service_name: Option<String>,
    pub(crate) service_version: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) system: Option<Set>,
    pub(crate) spool_folder: Option<PathBuf>,
    /// All that a pipeline has anyway.
    pub(crate) otlp: Vec<Otlp>,
}

/// A setting of the pipelines, made once for each.
#[derive(Debug, Clone)]
pub(crate) enum Otlp {
    Resource(String, String),
    Interval(Duration),
    Timeout(Duration),
    SpoolLimit(u64),
    ShutdownTimeout(Duration),
    CaCertificate(PathBuf),
}

impl Otlp {
    pub(crate) fn apply(&self, builder: OtlpBuilder) -> OtlpBuilder {
        match self.clone() {
            Self::Resource(key, value) => builder.resource(key, value),
            Self::Interval(interval) => builder.interval(interval),
            Self::Timeout(timeout) => builder.timeout(timeout),
            Self::SpoolLimit(bytes) => builder.spool_limit(bytes),
            Self::ShutdownTimeout(timeout) => builder.shutdown_timeout(timeout),
            Self::CaCertificate(pem) => builder.ca_certificate(pem),
        }
    }
}

impl Default for LogfireBuilder {
    fn default() -> Self {
        Self {
            tokens: None,
            credentials_folder: None,
            base_url: None,
            send: None,
            service_name: None,
            service_version: None,
            environment: None,
            system: Some(Set::Basic),
            spool_folder: None,
            otlp: Vec::new(),
        }
    }
}

impl LogfireBuilder {
    /// The write token of a project; several, separated by commas, to send to each. It is shown in no
    /// message.
    pub fn token(self, token: impl Into<String>) -> Self {
        Self { tokens: Some(token.into()), ..self }
    }

    /// The folder with `logfire_credentials.json`, which is read if no token is told.
    pub fn credentials_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { credentials_folder: Some(folder.into()), ..self }
    }

    /// The address of a Logfire of your own, or of a proxy. Tokens may look as they like then.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        Self { base_url: Some(url.into()), ..self }
    }

    /// Whether to send.
    pub fn send(self, send: Send) -> Self {
        Self { send: Some(send), ..self }
    }

    /// The resource attribute `service.name`.
    pub fn service_name(self, name: impl Into<String>) -> Self {
        Self { service_name: Some(name.into()), ..self }
    }

    /// The resource attribute `service.version`.
    pub fn service_version(self, version: impl Into<String>) -> Self {
        Self { service_version: Some(version.into()), ..self }
    }

    /// The resource attribute `deployment.environment.name`.
    pub fn environment(self, environment: impl Into<String>) -> Self {
        Self { environment: Some(environment.into()), ..self }
    }

    /// The system metrics that are [installed](typed_metrics_system::install) with the handler; for the
    /// whole program, and they stay when the handler goes.
    pub fn system_metrics(self, set: Set) -> Self {
        Self { system: Some(set), ..self }
    }

    /// Installs no system metrics.
    pub fn without_system_metrics(self) -> Self {
        Self { system: None, ..self }
    }

    /// An attribute of the resource.
    pub fn resource(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.otlp(Otlp::Resource(key.into(), value.into()))
    }

    /// The time between two exports.
    pub fn interval(self, interval: Duration) -> Self {
        self.otlp(Otlp::Interval(interval))
    }

    /// How long one attempt to send may take; 10 s unless said otherwise.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.otlp(Otlp::Timeout(timeout))
    }

    /// Keeps what waits to be sent in this folder, where it survives the program. With several tokens,
    /// each has a folder below it.
    pub fn spool_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { spool_folder: Some(folder.into()), ..self }
    }

    /// How many bytes of batches may wait, for each token; 64 MiB unless said otherwise.
    pub fn spool_limit(self, bytes: u64) -> Self {
        self.otlp(Otlp::SpoolLimit(bytes))
    }

    /// How long a shutdown may take, with sending what waits; 5 s unless said otherwise.
    pub fn shutdown_timeout(self, timeout: Duration) -> Self {
        self.otlp(Otlp::ShutdownTimeout(timeout))
    }

    /// A file with certificates in PEM that are trusted in place of the built-in roots, for a Logfire of
    /// your own.
    pub fn ca_certificate(self, pem: impl Into<PathBuf>) -> Self {
        self.otlp(Otlp::CaCertificate(pem.into()))
    }

    fn otlp(mut self, setting: Otlp) -> Self {
        self.otlp.push(setting);
        self
    }

    /// Starts a pipeline for each token, and makes the handler that feeds them. Nothing is sent yet.
    ///
    /// # Errors
    /// That there is no token, unless [`Send`] says that it may be so; all settings that cannot be used.
    pub fn build(self) -> Result<LogfireHandler, LogfireError> {
        self.build_or(None)
    }

    /// The same, but with the pipelines of `last` that have the same settings.
    pub(crate) fn build_or(
        self,
        last: Option<&LogfireHandler>,
    ) -> Result<LogfireHandler, LogfireError> {
        let settings = Settings::new(self, &ENVIRONMENT)?;
        LogfireHandler::start(settings, last)
    }
}

impl fmt::Debug for LogfireBuilder {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogfireBuilder")
            .field("token", &self.tokens.as_ref().map(|_| "…"))
            .field("credentials_folder", &self.credentials_folder)
            .field("send", &self.send)
            .field("service_name", &self.service_name)
            .field("service_version", &self.service_version)
            .field("environment", &self.environment)
            .field("system", &self.system)
            .field("otlp", &self.otlp)
            .finish_non_exhaustive()
    }
}
