//! A vendor: a back end that takes OTLP at its own address, with its own credentials.

/// A vendor, as its crate describes it. The vendor's pipeline ignores `OTEL_EXPORTER_OTLP_…`: these
/// variables belong to another collector, and neither side may get the other's credentials.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// The name of the setting with the endpoint, for messages.
    pub endpoint: String,
    /// The settings with the credentials, for the message if the credentials are refused.
    pub credentials: String,
    /// The `User-Agent` of requests.
    pub user_agent: &'static str,
}
