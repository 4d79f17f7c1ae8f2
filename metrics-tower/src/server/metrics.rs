//! The metrics of HTTP servers.

use typed_metrics_derive::{LabelGroup, Metrics};

use crate::method::Method;
use crate::protocol::{HttpVersion, Scheme};
use crate::status_class::StatusClass;

/// The labels of a request that a server received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelGroup)]
#[label(crate = typed_metrics_core)]
pub struct HttpServerRequest<'a> {
    /// The method.
    #[label(name = "http.request.method")]
    pub method: Method,
    /// The status of the response; absent if the request ended before the head of its response.
    #[label(name = "http.response.status_code")]
    pub status: Option<u16>,
    /// The class of the status, such as `4xx`; absent without the setting `status_class` of the
    /// layer, and where the status is.
    #[label(name = "status_class")]
    pub status_class: Option<StatusClass>,
    /// The route that matched, such as `/users/{id}`; absent if none did.
    #[label(name = "http.route")]
    pub route: Option<&'a str>,
    /// See [`error_type`](crate::error_type); absent if the request ended well.
    #[label(name = "error.type")]
    pub error_type: Option<&'a str>,
    /// The version of HTTP.
    #[label(name = "network.protocol.version")]
    pub version: Option<HttpVersion>,
    /// The scheme of the URI.
    #[label(name = "url.scheme")]
    pub scheme: Scheme,
}

impl HttpServerRequest<'_> {
    /// The labels of a request with this method and scheme; all others are absent.
    ///
    /// ```
    /// use typed_metrics_tower::{HttpServerRequest, Method, Scheme};
    ///
    /// // A program that takes the rest from `of` compiles with labels that later versions add.
    /// let found = HttpServerRequest {
    ///     status: Some(200),
    ///     route: Some("/users/{id}"),
    ///     ..HttpServerRequest::of(Method::Get, Scheme::Https)
    /// };
    /// assert_eq!((found.method, found.scheme), (Method::Get, Scheme::Https));
    /// assert_eq!((found.version, found.error_type), (None, None));
    /// ```
    #[must_use]
    pub const fn of(method: Method, scheme: Scheme) -> Self {
        Self {
            method,
            status: None,
            status_class: None,
            route: None,
            error_type: None,
            version: None,
            scheme,
        }
    }
}

/// The metrics of HTTP servers by [OpenTelemetry's conventions][conventions], which a
/// [`HttpServerLayer`](crate::HttpServerLayer) records.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-server
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "http.server", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum HttpServerMetrics<'a> {
    /// Duration of HTTP server requests.
    #[histogram(
        name = "request.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    )]
    RequestDuration(HttpServerRequest<'a>),

    /// Number of active HTTP server requests.
    #[up_down_counter(name = "active_requests", unit = "{request}")]
    ActiveRequests {
        /// The method.
        #[label(name = "http.request.method")]
        method: Method,
        /// The scheme of the URI.
        #[label(name = "url.scheme")]
        scheme: Scheme,
    },

    /// Size of HTTP server request bodies.
    #[histogram(
        name = "request.body.size",
        unit = "By",
        buckets = exponential(16, 4, 14)
    )]
    RequestBodySize(HttpServerRequest<'a>),

    /// Size of HTTP server response bodies.
    #[histogram(
        name = "response.body.size",
        unit = "By",
        buckets = exponential(16, 4, 14)
    )]
    ResponseBodySize(HttpServerRequest<'a>),
}
