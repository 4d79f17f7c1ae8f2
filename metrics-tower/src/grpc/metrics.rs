//! The metrics of gRPC.

use typed_metrics_derive::Metrics;

use super::code::GrpcCode;

/// The metrics of gRPC servers by [OpenTelemetry's conventions][conventions], which a
/// [`GrpcServerLayer`](crate::GrpcServerLayer) records.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/#rpc-server
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "rpc.server", labels("rpc.system.name" = "grpc"), crate = typed_metrics_core)]
#[non_exhaustive]
pub enum GrpcServerMetrics<'a> {
    /// Duration of incoming remote procedure calls.
    #[histogram(
        name = "call.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        positional
    )]
    CallDuration {
        /// The method, such as `helloworld.Greeter/SayHello`; `_OTHER` if the server does not have
        /// the method.
        #[label(name = "rpc.method")]
        method: &'a str,
        /// The status; absent if the call ended before its status was sent.
        #[label(name = "rpc.response.status_code")]
        code: Option<GrpcCode>,
        /// The status if it is an error of the server, or an [error type](crate::error_type).
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
    },
}

/// The metrics of gRPC clients by [OpenTelemetry's conventions][conventions], which a
/// [`GrpcClientLayer`](crate::GrpcClientLayer) records.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/#rpc-client
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "rpc.client", labels("rpc.system.name" = "grpc"), crate = typed_metrics_core)]
#[non_exhaustive]
pub enum GrpcClientMetrics<'a> {
    /// Duration of outgoing remote procedure calls.
    #[histogram(
        name = "call.duration",
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        positional
    )]
    CallDuration {
        /// The method, such as `helloworld.Greeter/SayHello`.
        #[label(name = "rpc.method")]
        method: &'a str,
        /// The status; absent if the call failed before its status arrived.
        #[label(name = "rpc.response.status_code")]
        code: Option<GrpcCode>,
        /// The status if it is not `OK`, or an [error type](crate::error_type).
        #[label(name = "error.type")]
        error_type: Option<&'a str>,
        /// The server's name or address; absent if the request tells none.
        #[label(name = "server.address")]
        address: Option<&'a str>,
        /// The server's port; absent if the request tells none and the scheme has none.
        #[label(name = "server.port")]
        port: Option<u16>,
    },
}
