//! The layer for servers.

use std::fmt;
use std::marker::PhantomData;

use http::{Extensions, Uri};
use tower_layer::Layer;

use super::service::HttpServer;
use super::settings::Settings;
use crate::method::KnownMethods;
use crate::protocol::Scheme;
use crate::request_body::{Counted, Declared};
#[cfg(feature = "axum")]
use crate::routes::AxumRoutes;
use crate::routes::NoRoutes;
use crate::until::{UntilEnd, UntilHead};

/// Measures the requests of a server: records [`HttpServerMetrics`](crate::HttpServerMetrics).
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tower as tower_metrics;
/// use http::{Request, Response};
/// use http_body_util::Empty;
/// use tower::{Layer, ServiceExt, service_fn};
/// use tower_metrics::{HttpServerLayer, HttpServerMetrics, HttpServerRequest};
/// use tower_metrics::{HttpVersion, Method, Scheme};
/// use typed_metrics::testing::capture_async;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let layer = HttpServerLayer::with_routes(|uri, _| match uri.path() {
///     "/" => Some("/"),
///     path if path.starts_with("/users/") => Some("/users/{id}"),
///     _ => None,
/// });
/// let service = layer.layer(service_fn(|_: Request<Empty<&[u8]>>| async {
///     Ok::<_, std::convert::Infallible>(Response::new("Hello".to_owned()))
/// }));
///
/// let seen = capture_async(async {
///     let request = Request::get("/users/12").body(Empty::new()).unwrap();
///     let response = service.oneshot(request).await.unwrap();
///     http_body_util::BodyExt::collect(response).await.unwrap();
/// })
/// .await;
/// let request = HttpServerRequest {
///     status: Some(200),
///     route: Some("/users/{id}"),
///     version: Some(HttpVersion::V1_1),
///     ..HttpServerRequest::of(Method::Get, Scheme::Http)
/// };
/// seen.assert_histogram_count(HttpServerMetrics::RequestDuration(request), 1);
/// assert_eq!(seen.histogram(HttpServerMetrics::ResponseBodySize(request)).sum, 5.0);
/// # }
/// ```
///
/// A request ends when the last frame of its response is handed to the server, when the response's
/// future or body is dropped or fails, or when the service panics. Until then, the request is
/// active. A request that upgrades its connection, as a WebSocket does, ends with the response 101.
#[derive(Clone)]
#[must_use = "a layer measures nothing until a service is wrapped in it"]
pub struct HttpServerLayer<R = NoRoutes, Q = Declared, U = UntilEnd> {
    routes: R,
    bodies: PhantomData<Q>,
    settings: Settings,
    until: PhantomData<U>,
}

impl HttpServerLayer {
    /// Measures requests without the label `http.route`.
    pub fn new() -> Self {
        Self::of(NoRoutes)
    }
}

impl Default for HttpServerLayer {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "axum")]
impl HttpServerLayer<AxumRoutes> {
    /// Measures the requests of a router of axum. The label `http.route` is axum's `MatchedPath`,
    /// which contains the paths of routers that `nest` the route.
    ///
    /// Give the layer to [`Router::layer`](axum::Router::layer) **after the last route**. axum
    /// covers only the routes, and the fallback, that the router has at that moment: a route that
    /// is added later is not measured. A layer around the whole router sees requests before they
    /// are matched, so it sees no route. If none of the first 100 requests of the layer has a
    /// route, a warning says where the layer belongs. Requests that a fallback or a service of
    /// `nest_service` answers have no route either. Clones of a layer count their requests
    /// together.
    ///
    /// ```
    /// use axum::Router;
    /// use axum::routing::get;
    /// use typed_metrics_tower::HttpServerLayer;
    ///
    /// let app: Router = Router::new()
    ///     .route("/users/{id}", get(async || "measured"))
    ///     .layer(HttpServerLayer::axum())
    ///     .route("/health", get(async || "not measured: it comes after the layer"));
    /// ```
    pub fn axum() -> Self {
        Self::of(AxumRoutes::default())
    }
}

impl<R> HttpServerLayer<R> {
    fn of(routes: R) -> Self {
        let known_methods = KnownMethods::of_environment();
        let settings = Settings { known_methods, scheme: None, sizes: true, status_class: false };
        Self { routes, bodies: PhantomData, settings, until: PhantomData }
    }
}

impl<F: Fn(&Uri, &Extensions) -> Option<&'static str>> HttpServerLayer<F> {
    /// Measures requests with the route that `route` returns. A route is a `&'static str`, so the
    /// program has a limited number of routes, whatever paths clients ask for.
    pub fn with_routes(route: F) -> Self {
        Self::of(route)
    }
}

impl<R, Q, U> HttpServerLayer<R, Q, U> {
    /// Counts the bytes of request bodies that the service reads, so requests without a length in
    /// the head have a size, and requests whose body is not read to its end have the right one.
    ///
    /// Without this method, the size of a request is the length that its head announces. With it,
    /// the service gets a [`RequestBody`](crate::RequestBody). A router of axum accepts this body,
    /// and allocates once more for each request.
    pub fn count_request_bodies(self) -> HttpServerLayer<R, Counted, U> {
        let Self { routes, settings, until, .. } = self;
        HttpServerLayer { routes, bodies: PhantomData, settings, until }
    }

    /// Ends the duration of a request, and its time as an active request, with the head of the
    /// response. A response has a size then only if the head or the body tells it.
    pub fn until_head(self) -> HttpServerLayer<R, Q, UntilHead> {
        let Self { routes, bodies, settings, .. } = self;
        HttpServerLayer { routes, bodies, settings, until: PhantomData }
    }

    /// Also records the label `status_class`, such as `4xx`, for queries and back ends that cannot
    /// group by the first digit of a status. The conventions do not define the label, so it is off
    /// without this method; [their rules][naming] keep the namespace `http` for themselves, so its
    /// name is outside of it.
    ///
    /// The status decides the class, so the label adds no series if all layers of the program have
    /// it. Requests that a layer without the label also measures are in series of their own.
    ///
    /// [naming]: https://opentelemetry.io/docs/specs/semconv/general/naming/
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_tower as tower_metrics;
    /// use http::{Request, Response, StatusCode};
    /// use tower::{Layer, ServiceExt, service_fn};
    /// use tower_metrics::{HttpServerLayer, HttpServerMetrics, HttpServerRequest};
    /// use tower_metrics::{HttpVersion, Method, Scheme, StatusClass};
    /// use typed_metrics::testing::capture_async;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let refuse = service_fn(|_: Request<String>| async {
    ///     let response = Response::builder().status(StatusCode::FORBIDDEN).body(String::new());
    ///     Ok::<_, std::convert::Infallible>(response.unwrap())
    /// });
    /// let service = HttpServerLayer::new().status_class().layer(refuse);
    ///
    /// let seen = capture_async(service.oneshot(Request::new(String::new()))).await;
    /// let request = HttpServerRequest {
    ///     status: Some(403),
    ///     status_class: Some(StatusClass::ClientError), // `4xx`
    ///     version: Some(HttpVersion::V1_1),
    ///     ..HttpServerRequest::of(Method::Get, Scheme::Http)
    /// };
    /// seen.assert_histogram_count(HttpServerMetrics::RequestDuration(request), 1);
    /// # }
    /// ```
    pub fn status_class(mut self) -> Self {
        self.settings.status_class = true;
        self
    }

    /// Records no sizes of bodies.
    pub fn without_body_sizes(mut self) -> Self {
        self.settings.sizes = false;
        self
    }

    /// Sets the label `url.scheme` of all requests, for example of a server behind a proxy that
    /// ends TLS. Without this method, the label is the scheme of the request's URI, or `http` if
    /// the URI has none.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.settings.scheme = Some(scheme);
        self
    }

    /// Replaces the list of [known methods](crate::Method).
    pub fn known_methods(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.settings.known_methods = KnownMethods::of(names);
        self
    }
}

impl<S, R: Clone, Q, U> Layer<S> for HttpServerLayer<R, Q, U> {
    type Service = HttpServer<S, R, Q, U>;

    fn layer(&self, service: S) -> Self::Service {
        let (routes, bodies, settings) = (self.routes.clone(), self.bodies, self.settings);
        HttpServer { service, routes, bodies, settings, until: PhantomData }
    }
}

impl<R, Q, U> fmt::Debug for HttpServerLayer<R, Q, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        f.debug_struct("HttpServerLayer").field("settings", settings).finish_non_exhaustive()
    }
}
