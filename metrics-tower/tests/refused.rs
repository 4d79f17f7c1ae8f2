//! An error of the client of `hyper-util`, from a real socket.

use http::Request;
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};
use typed_metrics_core::testing::capture_async;
use typed_metrics_tower::{HttpClientLayer, HttpClientMetrics, HttpClientRequest, Method};

#[tokio::test]
async fn a_refused_connection_is_named_by_its_source() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<&[u8]>>();
    let client = HttpClientLayer::new().layer(client);
    let seen = capture_async(async {
        let uri = format!("http://127.0.0.1:{port}/");
        assert!(client.oneshot(Request::get(uri).body(Empty::new()).unwrap()).await.is_err());
    })
    .await;
    let labels = HttpClientRequest {
        error_type: Some("connection_refused"),
        ..HttpClientRequest::of(Method::Get, "127.0.0.1", port)
    };
    seen.assert_histogram_count(HttpClientMetrics::RequestDuration(labels), 1);
}
