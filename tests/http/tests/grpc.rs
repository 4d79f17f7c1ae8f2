//! The layers for gRPC, with a server and a client of tonic.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status, async_trait};
use tower::{Layer, ServiceExt};
use typed_metrics::testing::{Captured, capture_thread};
use typed_metrics::tower::{
    GrpcClientLayer, GrpcClientMetrics, GrpcCode, GrpcServerLayer, GrpcServerMetrics,
};

const EXPORT: &str = "opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

/// Answers calls with this status, or never.
struct Answering(Option<Code>, Mutex<Option<oneshot::Sender<()>>>);

#[async_trait]
impl MetricsService for Answering {
    async fn export(
        &self,
        _: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        match self.0 {
            Some(Code::Ok) => Ok(Response::new(ExportMetricsServiceResponse::default())),
            Some(code) => Err(Status::new(code, "on purpose")),
            None => {
                // Dropped together with the call.
                let _dropped = self.1.lock().unwrap().take();
                std::future::pending().await
            }
        }
    }
}

async fn serve(answer: Answering) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .layer(GrpcServerLayer::new())
        .add_service(MetricsServiceServer::new(answer))
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    address
}

async fn connect(address: SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

fn layer() -> GrpcClientLayer {
    GrpcClientLayer::new().server("collector", 4317)
}

/// The number of calls that the server and the client have seen.
fn server(seen: &Captured, method: &str, code: Option<GrpcCode>, error_type: Option<&str>) -> u64 {
    seen.histogram(GrpcServerMetrics::CallDuration { method, code, error_type }).count
}

fn client(seen: &Captured, method: &str, code: GrpcCode, error_type: Option<&str>) -> u64 {
    let (code, address, port) = (Some(code), Some("collector"), Some(4317));
    let calls = GrpcClientMetrics::CallDuration { method, code, error_type, address, port };
    seen.histogram(calls).count
}

#[tokio::test]
async fn the_status_is_in_the_trailers_or_in_the_head() {
    let capture = capture_thread();
    // The first call shows that the method exists.
    for (code, expected) in [
        (Code::Ok, Ok(())),
        (Code::NotFound, Err(Code::NotFound)),
        (Code::Internal, Err(Code::Internal)),
    ] {
        let address = serve(Answering(Some(code), Mutex::default())).await;
        let mut client = MetricsServiceClient::new(layer().layer(connect(address).await));
        let answer = client.export(ExportMetricsServiceRequest::default()).await;
        assert_eq!(answer.map(drop).map_err(|status| status.code()), expected);
    }
    let seen = capture.finish();
    assert_eq!(server(&seen, EXPORT, Some(GrpcCode::Ok), None), 1);
    assert_eq!(client(&seen, EXPORT, GrpcCode::Ok, None), 1);
    // To a server, not every status is an error of its own.
    assert_eq!(server(&seen, EXPORT, Some(GrpcCode::NotFound), None), 1);
    assert_eq!(client(&seen, EXPORT, GrpcCode::NotFound, Some("NOT_FOUND")), 1);
    assert_eq!(server(&seen, EXPORT, Some(GrpcCode::Internal), Some("INTERNAL")), 1);
    assert_eq!(client(&seen, EXPORT, GrpcCode::Internal, Some("INTERNAL")), 1);
}

#[tokio::test]
async fn a_method_that_the_server_does_not_have_is_other() {
    let capture = capture_thread();
    let address = serve(Answering(Some(Code::Ok), Mutex::default())).await;
    let asked = "opentelemetry.proto.collector.metrics.v1.MetricsService/Guess";
    let request = http::Request::post(format!("http://collector/{asked}"))
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::empty())
        .unwrap();
    let answer = layer().layer(connect(address).await).oneshot(request).await.unwrap();
    assert_eq!(answer.headers()["grpc-status"], "12");
    let seen = capture.finish();
    let (code, error_type) = (GrpcCode::Unimplemented, Some("UNIMPLEMENTED"));
    assert_eq!(server(&seen, "_OTHER", Some(code), error_type), 1);
    assert_eq!(client(&seen, asked, code, error_type), 1);
}

#[tokio::test]
async fn a_call_that_the_client_drops_is_cancelled() {
    let (sender, is_dropped) = oneshot::channel();
    let address = serve(Answering(None, Mutex::new(Some(sender)))).await;
    let _layer = GrpcServerLayer::new().methods([EXPORT]);
    let capture = capture_thread();
    let mut exporter = MetricsServiceClient::new(layer().layer(connect(address).await));
    let call = exporter.export(ExportMetricsServiceRequest::default());
    assert!(tokio::time::timeout(Duration::from_millis(200), call).await.is_err());
    let _ = tokio::time::timeout(Duration::from_secs(30), is_dropped).await.unwrap();
    let seen = capture.finish();
    assert_eq!(client(&seen, EXPORT, GrpcCode::Cancelled, Some("CANCELLED")), 1);
    assert_eq!(server(&seen, EXPORT, None, Some("cancelled")), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_of_the_channel() {
    let capture = capture_thread();
    let channel = Channel::from_static("http://127.0.0.1:1").connect_lazy();
    let mut exporter = MetricsServiceClient::new(layer().layer(channel));
    assert!(exporter.export(ExportMetricsServiceRequest::default()).await.is_err());
    let seen = capture.finish();
    let failed = GrpcClientMetrics::CallDuration {
        method: EXPORT,
        code: None,
        error_type: Some("tonic::transport::error::Error"),
        address: Some("collector"),
        port: Some(4317),
    };
    seen.assert_histogram_count(failed, 1);
}
