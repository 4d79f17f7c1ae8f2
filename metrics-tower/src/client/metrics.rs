//! The metrics of HTTP clients.

use typed_metrics_derive::{LabelGroup, Metrics};

use crate::method::Method;
use crate::protocol::HttpVersion;
use crate::status_class::StatusClass;

/// The labels of a request that a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelGroup)]
#[label(crate = typed_metrics_core)]
pub struct HttpClientRequest<'a> {
    /// The method.
    #[label(name = "http.request.method")]
    pub method: Method,
    /// The server's name, or its address without brackets; absent if the request tells none.
    #[label(name = "server.address")]
    pub address: Option<&'a str>,
    /// The server's port; absent if the request tells none and its scheme is unknown.
    #[label(name = "server.port")]
    pub port: Option<u16>,
    /// The status of the response; absent if the request ended before the head of its response.
    #[label(name = "http.response.status_code")]
    pub status: Option<u16>,
    /// The class of the status, such as `4xx`; absent without the setting `status_class` of the
    /// layer, and where the status is.
    #[label(name = "status_class")]
    pub status_class: Option<StatusClass>,
    /// See [`error_type`](crate::error_type); absent if the request ended well.
    #[label(name = "error.type")]
    pub error_type: Option<&'a str>,
    /// The version of HTTP; absent if the request ended before the head of its response.
    #[label(name = "network.protocol.version")]
    pub version: Option<HttpVersion>,
}

impl<'a> HttpClientRequest<'a> {
    /// The labels of a request with this method to this server; all others are absent.
    ///
    /// ```
    /// use typed_metrics_tower::{HttpClientRequest, Method};
    ///
    /// // A program that takes the rest from `of` compiles with labels that later versions add.
    /// let refused = HttpClientRequest {
    ///     error_type: Some("connection_refused"),
    ///     ..HttpClientRequest::of(Method::Get, "api.example.com", 443)
    /// };
    /// assert_eq!((refused.address, refused.port), (Some("api.example.com"), Some(443)));
    /// assert_eq!((refused.status, refused.version), (None, None));
    /// ```
    #[must_use]
    pub const fn of(method: Method, address: &'a str, port: u16) -> Self {
        Self {
            method,
            address: Some(address),
            port: Some(port),
            status: None,
            status_class: None,
            error_type: None,
            version: None,
        }
    }
}

/// The metrics of HTTP clients by [OpenTelemetry's conventions][conventions], which a
/// [`HttpClientLayer`](crate::HttpClientLayer) records.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-client
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "http.client", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum HttpClientMetrics<'a> {
    /// Duration of HTTP client requests.
    #[histogram(
        name = "request.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    )]
    RequestDuration(HttpClientRequest<'a>),

    /// Number of active HTTP requests.
    #[up_down_counter(name = "active_requests", unit = "{request}")]
    ActiveRequests {
        /// The method.
        #[label(name = "http.request.method")]
        method: Method,
        /// The server's name, or its address without brackets; absent if the request tells none.
        #[label(name = "server.address")]
        address: Option<&'a str>,
        /// The server's port; absent if the request tells none and its scheme is unknown.
        #[label(name = "server.port")]
        port: Option<u16>,
    },

    /// Size of HTTP client request bodies.
    #[histogram(
        name = "request.body.size",
        unit = "By",
        buckets = exponential(16, 4, 14)
    )]
    RequestBodySize(HttpClientRequest<'a>),

    /// Size of HTTP client response bodies.
    #[histogram(
        name = "response.body.size",
        unit = "By",
        buckets = exponential(16, 4, 14)
    )]
    ResponseBodySize(HttpClientRequest<'a>),
}
