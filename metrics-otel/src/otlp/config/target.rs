//! Where metrics are sent to, and how.

use std::time::Duration;

use ureq::http::HeaderMap;

use super::endpoint::Endpoint;
use super::protocol::{Compression, Protocol};
use super::proxy::Proxy;
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
    pub(crate) proxy: Option<Proxy>,
    pub(crate) vendor: Option<Vendor>,
}

impl Target {
    pub(crate) fn user_agent(&self) -> &'static str {
        self.vendor.as_ref().map_or(USER_AGENT, |vendor| vendor.user_agent)
    }

    /// The hint for the message if TLS fails with this error, else an empty text.
    pub(crate) fn tls_hint(&self, error: &str) -> String {
        if !self.endpoint.is_https() {
            return String::new();
        }
        // A vendor's pipeline ignores OpenTelemetry's variables.
        let or = |variables| if self.vendor.is_some() { "" } else { variables };
        let is_closed = ["roken pipe", "reset", "closed", "eof", "EOF", "received fatal alert"];
        if error.contains("UnknownIssuer") {
            let or = or(", `OTEL_EXPORTER_OTLP_CERTIFICATE`");
            format!(
                " (no trusted authority issued the server's certificate: set `ca_certificate`{or} \
                 or `SSL_CERT_FILE` to a PEM file with the certificate of its authority, or add \
                 that to the system's store)"
            )
        } else if error.contains("NotValidForName") {
            " (the server's certificate is for another host: write that host in the endpoint)"
                .to_owned()
        } else if self.tls.client.is_none() && is_closed.iter().any(|text| error.contains(text)) {
            let or = or(", or `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE` and `…_CLIENT_KEY`");
            format!(" (does the server require a client certificate? Set `client_certificate`{or})")
        } else {
            String::new()
        }
    }

    /// The hint for the message if the collector refuses the credentials.
    pub(crate) fn credentials_hint(&self) -> String {
        let own = "`header`, or `OTEL_EXPORTER_OTLP_HEADERS`";
        let settings = self.vendor.as_ref().map_or(own, |vendor| &vendor.credentials);
        format!(" (check the credentials: {settings})")
    }
}
