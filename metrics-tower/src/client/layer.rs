//! The layer for clients.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tower_layer::Layer;

use super::service::HttpClient;
use super::settings::Settings;
use crate::error_type::ByType;
use crate::method::KnownMethods;
use crate::peer::Peer;
use crate::request_body::{Counted, Declared};
use crate::until::{UntilEnd, UntilHead};

/// Measures the requests of a client: records [`HttpClientMetrics`](crate::HttpClientMetrics).
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tower as tower_metrics;
/// use http::{Request, Response, StatusCode};
/// use http_body_util::Empty;
/// use tower::{Layer, ServiceExt, service_fn};
/// use tower_metrics::{HttpClientLayer, HttpClientMetrics, HttpClientRequest};
/// use tower_metrics::{HttpVersion, Method};
/// use typed_metrics::testing::capture_async;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // Stands for a client that sends the request.
/// let send = service_fn(|_: Request<Empty<&[u8]>>| async {
///     let mut response = Response::new(String::new());
///     *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
///     Ok::<_, std::convert::Infallible>(response)
/// });
/// let client = HttpClientLayer::new().layer(send);
///
/// let seen = capture_async(async {
///     let request = Request::get("https://api.example.com/users").body(Empty::new()).unwrap();
///     client.oneshot(request).await.unwrap();
/// })
/// .await;
/// let request = HttpClientRequest {
///     status: Some(429),
///     error_type: Some("429"),
///     version: Some(HttpVersion::V1_1),
///     ..HttpClientRequest::of(Method::Get, "api.example.com", 443)
/// };
/// seen.assert_histogram_count(HttpClientMetrics::RequestDuration(request), 1);
/// # }
/// ```
///
/// A request ends when the response's body is read to its end, or is dropped. A program that drops
/// the body has seen enough, so the drop is no error; the drop of the response's future is, with
/// the `error.type` `cancelled`.
///
/// Each server makes series of its own. A client that asks servers without number, such as a
/// crawler, names them by [`server`](Self::server). A named server also saves a copy of each
/// request's server, which may allocate.
#[derive(Clone)]
#[must_use = "a layer measures nothing until a client is wrapped in it"]
pub struct HttpClientLayer<Q = Declared, C = ByType, U = UntilEnd> {
    bodies: PhantomData<Q>,
    error_type: C,
    settings: Settings,
    until: PhantomData<U>,
}

impl HttpClientLayer {
    /// Measures requests. The server is that of the request's URI, or of the header `Host`. An IPv6
    /// address has no brackets. A server without a port has the default port of the URI's scheme;
    /// a URI without a scheme is taken for `http`. [`server`](Self::server) replaces both.
    pub fn new() -> Self {
        let known_methods = KnownMethods::of_environment();
        let settings = Settings { known_methods, peer: None, sizes: true, status_class: false };
        Self { bodies: PhantomData, error_type: ByType, settings, until: PhantomData }
    }
}

impl Default for HttpClientLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<Q, C, U> HttpClientLayer<Q, C, U> {
    /// Counts the bytes of request bodies that the client sends, so requests without a length in
    /// the head have a size. The client then gets a [`RequestBody`](crate::RequestBody).
    ///
    /// Without this method, the size of a request is the length that its body tells beforehand.
    pub fn count_request_bodies(self) -> HttpClientLayer<Counted, C, U> {
        let Self { error_type, settings, until, .. } = self;
        HttpClientLayer { bodies: PhantomData, error_type, settings, until }
    }

    /// Names the errors of the client. Without this method, [`ByType`] names them.
    ///
    /// ```
    /// use hyper_util::client::legacy::Error;
    /// use typed_metrics_tower::HttpClientLayer;
    /// use typed_metrics_tower::error_type::error_kind;
    ///
    /// let layer = HttpClientLayer::new().error_type(|error: &Error| error_kind(error));
    /// ```
    pub fn error_type<E, F>(self, name: F) -> HttpClientLayer<Q, F, U>
    where
        F: Fn(&E) -> &'static str + Clone,
    {
        let Self { bodies, settings, until, .. } = self;
        HttpClientLayer { bodies, error_type: name, settings, until }
    }

    /// Sets the labels `server.address` and `server.port` of all requests.
    pub fn server(mut self, address: impl Into<Arc<str>>, port: u16) -> Self {
        self.settings.peer = Some(Peer::Named(address.into(), port));
        self
    }

    /// Ends the duration of a request, and its time as an active request, with the head of the
    /// response. A response has a size then only if the head or the body tells it.
    pub fn until_head(self) -> HttpClientLayer<Q, C, UntilHead> {
        let Self { bodies, error_type, settings, .. } = self;
        HttpClientLayer { bodies, error_type, settings, until: PhantomData }
    }

    /// Also records the label `status_class`, such as `4xx`, for queries and back ends that cannot
    /// group by the first digit of a status. The label adds no series if all layers for clients of
    /// the program have it: see
    /// [`HttpServerLayer::status_class`](crate::HttpServerLayer::status_class), with an example.
    pub fn status_class(mut self) -> Self {
        self.settings.status_class = true;
        self
    }

    /// Records no sizes of bodies.
    pub fn without_body_sizes(mut self) -> Self {
        self.settings.sizes = false;
        self
    }

    /// Replaces the list of [known methods](crate::Method).
    pub fn known_methods(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.settings.known_methods = KnownMethods::of(names);
        self
    }
}

impl<S, Q, C: Clone, U> Layer<S> for HttpClientLayer<Q, C, U> {
    type Service = HttpClient<S, Q, C, U>;

    fn layer(&self, service: S) -> Self::Service {
        let (bodies, error_type) = (self.bodies, self.error_type.clone());
        let settings = self.settings.clone();
        HttpClient { service, bodies, error_type, settings, until: PhantomData }
    }
}

impl<Q, C, U> fmt::Debug for HttpClientLayer<Q, C, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        f.debug_struct("HttpClientLayer").field("settings", settings).finish_non_exhaustive()
    }
}
