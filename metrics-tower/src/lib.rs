//! Measure HTTP and gRPC with [typed-metrics]: tower layers for servers and clients, by
//! OpenTelemetry's conventions.
//!
//! | layer | metrics |
//! |---|---|
//! | [`HttpServerLayer`] | `http.server.request.duration`, `http.server.active_requests`, `http.server.request.body.size`, `http.server.response.body.size` |
//! | [`HttpClientLayer`] | `http.client.request.duration`, `http.client.active_requests`, `http.client.request.body.size`, `http.client.response.body.size` |
//! | [`GrpcServerLayer`] | `rpc.server.call.duration` |
//! | [`GrpcClientLayer`] | `rpc.client.call.duration` |
//!
//! Names, units, labels and buckets are those of the [conventions for HTTP][http] and of [those for
//! RPC][rpc], which give no buckets for sizes. [`HttpServerMetrics`], [`HttpClientMetrics`],
//! [`GrpcServerMetrics`] and [`GrpcClientMetrics`] declare the metrics.
//!
//! # When a request ends
//!
//! A request lasts until the last frame of its response: its duration is recorded then, and until
//! then it counts as active. [`until_head`](HttpServerLayer::until_head) makes it end with the head
//! of its response.
//!
//! | | recorded |
//! |---|---|
//! | the whole response was passed on | with its status; `error.type` is the status if it is an error |
//! | the response has no body: `HEAD`, 1xx, 204, 304 | the same, at the head |
//! | the connection is upgraded, as by a WebSocket | the same, with status 101; what follows is no request |
//! | the service fails | without a status; `error.type` names the error |
//! | the service panics | without a status; `error.type=panicked` |
//! | the client leaves before the head | without a status; `error.type=cancelled` |
//! | the response's body fails | with the status; `error.type` names the error |
//! | the client leaves during the body, or resets the stream | with the status; `error.type=cancelled` |
//!
//! A server hands the last frame to the connection before the client has it. A layer of the program
//! that turns panics into responses, within this layer, leaves a response with status 500.
//!
//! A request without a body has no size. Sizes are those of the bodies as the layer sees them: a
//! layer for compression outside of this one changes them afterwards.
//!
//! # The number of series
//!
//! Clients choose paths and methods, so neither is a label as it is:
//!
//! - `http.route` is a text of the program: see [`Routes`]. Whatever matches no route has no route,
//!   so 400,000 different paths make one series.
//! - `http.request.method` is a [`Method`] that the layer knows, or `_OTHER`.
//! - `rpc.method` is a method that the server has, or `_OTHER`.
//! - `error.type` is a status or one of a fixed set: see [`error_type`].
//! - `status_class`, which [`status_class`](HttpServerLayer::status_class) adds, follows from the
//!   status, and makes no series of its own if all layers have it.
//!
//! [http]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
//! [rpc]: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
pub mod error_type;
mod exchange;
mod grpc;
#[cfg(feature = "axum")]
mod interned;
mod method;
mod peer;
mod protocol;
mod request_body;
mod response_body;
mod response_future;
mod routes;
mod server;
mod status_class;
#[cfg(feature = "axum")]
mod unmatched;
mod until;

pub use client::layer::HttpClientLayer;
pub use client::metrics::{HttpClientMetrics, HttpClientRequest};
pub use client::service::HttpClient;
pub use error_type::{ByType, ErrorType};
pub use grpc::code::GrpcCode;
pub use grpc::layer::{GrpcClientLayer, GrpcServerLayer};
pub use grpc::metrics::{GrpcClientMetrics, GrpcServerMetrics};
pub use grpc::service::{GrpcClient, GrpcServer};
pub use method::Method;
pub use protocol::{HttpVersion, Scheme};
pub use request_body::{Counted, Declared, RequestBodies, RequestBody};
pub use response_body::ResponseBody;
pub use response_future::ResponseFuture;
#[cfg(feature = "axum")]
pub use routes::AxumRoutes;
pub use routes::{NoRoutes, Routes};
pub use server::layer::HttpServerLayer;
pub use server::metrics::{HttpServerMetrics, HttpServerRequest};
pub use server::service::HttpServer;
pub use status_class::StatusClass;
pub use until::{Until, UntilEnd, UntilHead};
