//! The settings that were given in code.

use std::path::PathBuf;
use std::time::Duration;

use opentelemetry::KeyValue;
use typed_metrics_core::ExemplarFilter;

use super::protocol::{Compression, Protocol};
use super::temporality::Temporality;
use super::tls::CertificateFiles;
use super::vendor::Vendor;

/// Settings as they were given to the builder, not checked.
#[derive(Clone, Default)]
pub(crate) struct Given {
    pub(crate) endpoint: Option<String>,
    pub(crate) metrics_endpoint: Option<String>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) compression: Option<Compression>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) temporality: Option<Temporality>,
    pub(crate) exemplars: Option<ExemplarFilter>,
    pub(crate) certificates: CertificateFiles,
    pub(crate) resource: Vec<KeyValue>,
    pub(crate) spool_folder: Option<PathBuf>,
    pub(crate) spool_limit: Option<u64>,
    pub(crate) stuck_after: Option<Duration>,
    pub(crate) shutdown_timeout: Option<Duration>,
    pub(crate) vendor: Option<Vendor>,
}
