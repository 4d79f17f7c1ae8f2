//! Where metrics are sent to, and how.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::endpoint::Endpoint;
use super::protocol::{Compression, Protocol};
use super::tls::Tls;
use super::vendor::Vendor;

/// The `User-Agent` of requests, unless a vendor has its own.
const USER_AGENT: &str = concat!("typed-metrics-otlp/", env!("CARGO_PKG_VERSION"));

/// Where requests are sent to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) protocol: Protocol,
    pub(crate) endpoint: Endpoint,
    /// All values are marked as sensitive.
    pub(crate) headers: HeaderMap,
    pub(crate) compression: Compression,
    /// The timeout of one attempt.
    pub(crate) timeout: Duration,
    pub(crate) tls: Tls,
    pub(crate) vendor: Option<Vendor>,
}

impl Target {
    pub(crate) fn user_agent(&self) -> &'static str {
        self.vendor.as_ref().map_or(USER_AGENT, |vendor| vendor.user_agent)
    }

    /// The hint for the message if the collector refuses the credentials.
    pub(crate) fn credentials_hint(&self) -> String {
        let own = "`header`, or `OTEL_EXPORTER_OTLP_HEADERS`";
        let settings = self.vendor.as_ref().map_or(own, |vendor| &vendor.credentials);
        format!(" (check the credentials: {settings})")
    }
}
