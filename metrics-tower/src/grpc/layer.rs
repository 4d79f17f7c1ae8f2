//! The layers for gRPC.

use std::sync::Arc;

use tower_layer::Layer;

use super::served;
use super::service::{GrpcClient, GrpcServer};
use crate::peer::Peer;

/// Measures the calls of a gRPC server, such as one of `tonic`: records
/// [`GrpcServerMetrics`](crate::GrpcServerMetrics).
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tower as tower_metrics;
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
/// use tower_metrics::{GrpcCode, GrpcServerLayer, GrpcServerMetrics};
/// use typed_metrics::testing::capture_async;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // Stands for a server whose method refuses the call.
/// let server = GrpcServerLayer::new().methods(["shop.Basket/Add"]).layer(service_fn(
///     |_: Request<String>| async {
///         let response = Response::builder().header("grpc-status", "8").body(String::new());
///         Ok::<_, std::convert::Infallible>(response.unwrap())
///     },
/// ));
///
/// let seen = capture_async(async {
///     for path in ["/shop.Basket/Add", "/shop.Basket/Guess"] {
///         let request = Request::post(path).body(String::new()).unwrap();
///         server.clone().oneshot(request).await.unwrap();
///     }
/// })
/// .await;
/// for method in ["shop.Basket/Add", "_OTHER"] {
///     let code = Some(GrpcCode::ResourceExhausted);
///     let calls = GrpcServerMetrics::CallDuration { method, code, error_type: None };
///     seen.assert_histogram_count(calls, 1);
/// }
/// # }
/// ```
///
/// A call ends with its trailers, with the head of a response that consists of trailers only, or
/// when the response's future or body is dropped or fails.
///
/// A client may ask for any method, so the label `rpc.method` is `_OTHER` until the process has
/// answered one call of the method with `OK`, or if [`methods`](Self::methods) lists the method.
#[derive(Debug, Clone, Default)]
#[must_use = "a layer measures nothing until a service is wrapped in it"]
pub struct GrpcServerLayer(());

impl GrpcServerLayer {
    /// Measures calls.
    pub fn new() -> Self {
        Self(())
    }

    /// Names methods that the server has, such as `helloworld.Greeter/SayHello`. They are known in
    /// the whole process, before the first call has ended with `OK`. The process knows at most
    /// 1,000 methods.
    pub fn methods(self, methods: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        methods.into_iter().for_each(|method| {
            served::note(method.as_ref());
        });
        self
    }
}

impl<S> Layer<S> for GrpcServerLayer {
    type Service = GrpcServer<S>;

    fn layer(&self, service: S) -> GrpcServer<S> {
        GrpcServer { service }
    }
}

/// Measures the calls of a gRPC client, such as the channel of `tonic`: records
/// [`GrpcClientMetrics`](crate::GrpcClientMetrics).
///
/// ```
/// use tower::{Layer, service_fn};
/// use typed_metrics_tower::GrpcClientLayer;
/// # let channel = service_fn(|_: http::Request<String>| async {
/// #     Ok::<_, std::convert::Infallible>(http::Response::new(String::new()))
/// # });
///
/// // `channel` is a `tonic::transport::Channel`, for example.
/// let client = GrpcClientLayer::new().server("basket.internal", 50051).layer(channel);
/// // … `BasketClient::new(client)` …
/// # let _ = tower::ServiceExt::<http::Request<String>>::oneshot(client, http::Request::default());
/// ```
///
/// A call that is dropped before its end has the status `CANCELLED`.
#[derive(Debug, Clone, Default)]
#[must_use = "a layer measures nothing until a client is wrapped in it"]
pub struct GrpcClientLayer {
    peer: Option<Peer>,
}

impl GrpcClientLayer {
    /// Measures calls. The server is that of the request's URI. The channel of `tonic` adds the
    /// server below the layer, so name it by [`server`](Self::server).
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the labels `server.address` and `server.port` of all calls.
    pub fn server(mut self, address: impl Into<Arc<str>>, port: u16) -> Self {
        self.peer = Some(Peer::Named(address.into(), port));
        self
    }
}

impl<S> Layer<S> for GrpcClientLayer {
    type Service = GrpcClient<S>;

    fn layer(&self, service: S) -> GrpcClient<S> {
        GrpcClient { service, peer: self.peer.clone() }
    }
}
