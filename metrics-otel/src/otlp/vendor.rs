//! Back ends that speak OTLP, with an address and credentials of their own.

/// What a crate of such a back end says of it. Its pipeline ignores `OTEL_EXPORTER_OTLP_…`, which are
/// for another collector: nothing goes there, and no credentials of one reach the other.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// The setting that is the endpoint, as messages call it.
    pub endpoint: String,
    /// Where to look if the credentials are refused.
    pub credentials: String,
    /// What requests have as `User-Agent`.
    pub user_agent: &'static str,
}
