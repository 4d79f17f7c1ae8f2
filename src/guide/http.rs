//! Measure HTTP and gRPC: requests, their durations and sizes, in servers and clients.
//!
//! The feature `tower` adds the module [`tower`](crate::tower) with a layer for each job. You
//! declare nothing: the metrics are those of OpenTelemetry's conventions for [HTTP] and for [RPC].
//!
//! | layer | metrics | unit |
//! |---|---|---|
//! | [`HttpServerLayer`] | `http.server.request.duration` | `s` |
//! | | `http.server.active_requests` | `{request}` |
//! | | `http.server.request.body.size`, `http.server.response.body.size` | `By` |
//! | [`HttpClientLayer`] | the same four for `http.client` | |
//! | [`GrpcServerLayer`] | `rpc.server.call.duration` | `s` |
//! | [`GrpcClientLayer`] | `rpc.client.call.duration` | `s` |
//!
//! # A service
//!
//! With the feature `tower-axum`, one line measures a router of axum. The feature `prometheus`
//! serves the metrics at <http://127.0.0.1:9464/metrics>.
//!
#![cfg_attr(feature = "tower", doc = "```ignore")]
#![cfg_attr(not(feature = "tower"), doc = "```no_run")]
//! use axum::{Router, routing::get};
//! use typed_metrics::tower::HttpServerLayer;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers("prometheus")?;
//!     let app = Router::new()
//!         .route("/users/{id}", get(async || "Hello"))
//!         .layer(HttpServerLayer::axum());
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//!     Ok(axum::serve(listener, app).await?)
//! }
//! ```
//!
//! Add the layer after the last route: `Router::layer` measures the routes and the fallback that
//! the router has at that moment. **A route that is added after the layer is not measured, and
//! nothing tells so**: axum calls the handler without the layer.
//!
//! | order | measured |
//! |---|---|
//! | `.route(…).route(…).layer(…)` | all routes, and requests that match none |
//! | `.route(…).layer(…).route(…)` | the first route, and requests that match none |
//! | `.layer(…).route(…).route(…)` | only requests that match no route |
//! | `layer.layer(router)`, around the router | all requests, without `http.route`: the router has not matched the request yet |
//!
//! In the last two cases, no request has an `http.route`. If this holds for the first 100 requests
//! of a layer, a warning says where the layer belongs. A test that asks each route once and
//! asserts its duration finds every case. `Router::route_layer` also covers only the routes before
//! it, and panics if there are none; it does not measure requests that match no route.
//!
//! A request that passes two layers counts twice. A service that is mounted with `nest_service` has
//! no `http.route`: axum matched only the prefix of its path.
//!
//! The label `http.route` is the route and not the path, so the number of paths does not matter. A
//! request that matches no route has no `http.route`:
//!
#![cfg_attr(feature = "tower", doc = "```ignore")]
#![cfg_attr(not(feature = "tower"), doc = "```")]
//! use axum::http::Request;
//! use axum::{Router, body::Body, routing::get};
//! use tower::ServiceExt;
//! use typed_metrics::testing::capture_thread;
//! use typed_metrics::tower::{
//!     HttpServerLayer, HttpServerMetrics, HttpServerRequest, HttpVersion, Method, Scheme,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let app = Router::new()
//!     .route("/users/{id}", get(async || "Hello"))
//!     .layer(HttpServerLayer::axum());
//!
//! let capture = capture_thread();
//! for path in ["/users/1", "/users/2", "/wp-login.php"] {
//!     let request = Request::get(path).body(Body::empty()).unwrap();
//!     let response = app.clone().oneshot(request).await.unwrap();
//!     axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
//! }
//! let seen = capture.finish();
//! let found = HttpServerRequest {
//!     status: Some(200),
//!     route: Some("/users/{id}"),
//!     version: Some(HttpVersion::V1_1),
//!     ..HttpServerRequest::of(Method::Get, Scheme::Http)
//! };
//! seen.assert_histogram_count(HttpServerMetrics::RequestDuration(found), 2);
//! let missing = HttpServerRequest { status: Some(404), route: None, ..found };
//! seen.assert_histogram_count(HttpServerMetrics::RequestDuration(missing), 1);
//! # }
//! ```
//!
//! For other servers, `HttpServerLayer::with_routes(|uri, extensions| …)` takes a function. The
//! function returns an `Option<&'static str>`, so it cannot return a path.
//!
//! The label `http.request.method` is one of the ten methods of the conventions, or `_OTHER`. The
//! variable `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS=GET,PROPFIND`, or `known_methods` of a layer,
//! replaces the list. The label `error.type` is there if a request failed; [`error_type`] lists its
//! values.
//!
//! With [`status_class`], a layer also records the label `status_class`: `1xx` to `5xx`. Most
//! databases can do without, as `http_response_status_code=~"5.."` finds the same. The label makes
//! no further series if all layers have it.
//!
//! # When a request ends
//!
//! A request ends when the last frame of its response is handed to the server. Its duration
//! contains the body, and the request is active until then. It also ends if the client leaves or
//! resets the stream (`error.type=cancelled`), if the body fails, and if the service panics
//! (`error.type=panicked`). So `http.server.active_requests` is exact, also with long polls.
//! [`until_head`] ends requests with the head of the response.
//!
//! A request that upgrades its connection, such as that of a WebSocket, ends with the response 101:
//! a socket that lives is no active request, and its life is no duration.
//!
//! # Clients
//!
//! [`HttpClientLayer`] measures any tower service that sends requests, such as the client of
//! `hyper-util`. With the feature `hyper-util` of the crate `typed-metrics-tower`, the layer names
//! the errors of that client by itself; a function names those of any client:
//!
#![cfg_attr(feature = "tower", doc = "```ignore")]
#![cfg_attr(not(feature = "tower"), doc = "```")]
//! use http_body_util::Empty;
//! use hyper_util::client::legacy::{Client, Error};
//! use hyper_util::rt::TokioExecutor;
//! use tower::{Layer, ServiceExt};
//! use typed_metrics::testing::capture_thread;
//! use typed_metrics::tower::error_type::error_kind;
//! use typed_metrics::tower::{HttpClientLayer, HttpClientMetrics, HttpClientRequest, Method};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let client = Client::builder(TokioExecutor::new()).build_http::<Empty<&[u8]>>();
//! let layer = HttpClientLayer::new().error_type(|error: &Error| error_kind(error));
//! let client = layer.layer(client);
//!
//! let capture = capture_thread();
//! let request = http::Request::get("http://127.0.0.1:1/").body(Empty::new()).unwrap();
//! assert!(client.oneshot(request).await.is_err());
//! let refused = HttpClientRequest {
//!     error_type: Some("connection_refused"),
//!     ..HttpClientRequest::of(Method::Get, "127.0.0.1", 1)
//! };
//! let seen = capture.finish();
//! seen.assert_histogram_count(HttpClientMetrics::RequestDuration(refused), 1);
//! # }
//! ```
//!
//! `reqwest` takes requests of a type of its own, which a function converts:
//!
#![cfg_attr(feature = "tower", doc = "```ignore")]
#![cfg_attr(not(feature = "tower"), doc = "```no_run")]
//! use reqwest::{Body, Error};
//! use tower::{ServiceBuilder, ServiceExt};
//! use typed_metrics::tower::HttpClientLayer;
//! use typed_metrics::tower::error_type::error_kind;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let client = reqwest::Client::new();
//! let client = ServiceBuilder::new()
//!     .layer(HttpClientLayer::new().error_type(|error: &Error| error_kind(error)))
//!     .service_fn(move |request: http::Request<Body>| {
//!         let client = client.clone();
//!         async move { client.execute(request.try_into()?).await.map(http::Response::from) }
//!     });
//!
//! let request = http::Request::get("https://docs.rs/").body(Body::default()).unwrap();
//! let response = client.oneshot(request).await?;
//! # let _ = response;
//! # Ok(())
//! # }
//! ```
//!
//! With `reqwest-middleware`, the layer is a part of the chain: behind the retries, each attempt is
//! a request; before them, all attempts are one.
//!
#![cfg_attr(feature = "tower", doc = "```ignore")]
#![cfg_attr(not(feature = "tower"), doc = "```no_run")]
//! use async_trait::async_trait;
//! use futures_util::FutureExt;
//! use http::Extensions;
//! use reqwest::{Body, Request, Response, ResponseBuilderExt};
//! use reqwest_middleware::{Error, Middleware, Next, Result};
//! use tower::{Layer, ServiceExt, service_fn};
//! use typed_metrics::tower::error_type::error_kind;
//! use typed_metrics::tower::{Declared, HttpClientLayer};
//!
//! type Name = fn(&Error) -> &'static str;
//!
//! /// Measures what the rest of the chain does.
//! struct Measured(HttpClientLayer<Declared, Name>);
//!
//! impl Measured {
//!     fn new() -> Self {
//!         Self(HttpClientLayer::new().error_type(name as Name))
//!     }
//! }
//!
//! /// A time limit of reqwest is no I/O error.
//! fn name(error: &Error) -> &'static str {
//!     if error.is_timeout() { "timeout" } else { error_kind(error) }
//! }
//!
//! #[async_trait]
//! impl Middleware for Measured {
//!     async fn handle(
//!         &self,
//!         request: Request,
//!         extensions: &mut Extensions,
//!         next: Next<'_>,
//!     ) -> Result<Response> {
//!         let mut rest = Some((next, extensions));
//!         let send = service_fn(|request: http::Request<Body>| {
//!             let rest = rest.take();
//!             async move {
//!                 let (next, extensions) = rest.expect("the service is called once");
//!                 let response = next.run(request.try_into()?, extensions).await?;
//!                 // A URL is an extension of the response, which the conversion drops.
//!                 let url = http::Response::builder().url(response.url().clone());
//!                 let url = url.body(()).expect("a response with a URL and nothing else");
//!                 let mut response = http::Response::<Body>::from(response);
//!                 response.extensions_mut().extend(url.into_parts().0.extensions);
//!                 Ok::<_, Error>(response)
//!             }
//!         });
//!         // Boxed, because the compiler cannot tell otherwise that the future is `Send`.
//!         let response = self.0.layer(send).oneshot(request.try_into()?).boxed().await?;
//!         Ok(response.map(Body::wrap).into())
//!     }
//! }
//!
//! # fn main() {
//! let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new());
//! let client = client.with(Measured::new()).build();
//! # let _ = client;
//! # }
//! ```
//!
//! # gRPC
//!
//! `Server::builder().layer(GrpcServerLayer::new())` measures the calls of a server of `tonic`. The
//! label `rpc.response.status_code` is the status in the trailers, or in the head of a response
//! that consists of trailers only. A client may ask for any method, so `rpc.method` is `_OTHER`
//! until one call of the method has ended with `OK`; [`methods`] lists methods beforehand.
//!
//! For a client, wrap its channel: `BasketClient::new(GrpcClientLayer::new().server("basket",
//! 50051).layer(channel))`.
//!
//! # Cost
//!
//! A request costs two readings of the clock and some records; no record allocates once the series
//! exist. axum boxes the body of each response that a layer wraps. A request without a body has no
//! size, and so makes no series of sizes. `BENCHMARKS.md` in the repository compares the layer with
//! those of other crates.
//!
//! [HTTP]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
//! [RPC]: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/
//! [`GrpcClientLayer`]: crate::tower::GrpcClientLayer
//! [`GrpcServerLayer`]: crate::tower::GrpcServerLayer
//! [`HttpClientLayer`]: crate::tower::HttpClientLayer
//! [`HttpServerLayer`]: crate::tower::HttpServerLayer
//! [`error_type`]: crate::tower::error_type
//! [`methods`]: crate::tower::GrpcServerLayer::methods
//! [`status_class`]: crate::tower::HttpServerLayer::status_class
//! [`until_head`]: crate::tower::HttpServerLayer::until_head
