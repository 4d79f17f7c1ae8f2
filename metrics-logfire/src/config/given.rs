//! The settings that were given in code.

use std::path::PathBuf;
use std::time::Duration;

use typed_metrics_otel::OtlpBuilder;
use typed_metrics_system::Set;

use super::send::Send;

/// Settings as they were given to the builder, not checked.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) tokens: Option<String>,
    pub(crate) credentials_folder: Option<PathBuf>,
    pub(crate) base_url: Option<String>,
    pub(crate) send: Option<Send>,
    pub(crate) service_name: Option<String>,
    pub(crate) service_version: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) system: Option<Set>,
    pub(crate) spool_folder: Option<PathBuf>,
    pub(crate) pipeline: Vec<PipelineSetting>,
}

impl Default for Given {
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
            pipeline: Vec::new(),
        }
    }
}

/// A setting that is passed on to the pipeline of every token.
#[derive(Debug, Clone)]
pub(crate) enum PipelineSetting {
    Resource(String, String),
    Interval(Duration),
    Timeout(Duration),
    SpoolLimit(u64),
    ShutdownTimeout(Duration),
    CaCertificate(PathBuf),
}

impl PipelineSetting {
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
