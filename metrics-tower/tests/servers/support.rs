//! Servers, clients, and what tests expect.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use typed_metrics_core::testing::Captured;
use typed_metrics_tower::{
    HttpServerLayer, HttpServerMetrics, HttpServerRequest, HttpVersion, Method, Scheme,
};

/// Serves a router at a port of its own.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

/// Serves a router with the layer.
pub(crate) async fn measured(router: Router) -> SocketAddr {
    serve(router.layer(HttpServerLayer::axum())).await
}

/// Opens a connection and sends a text.
pub(crate) async fn connect(address: SocketAddr, text: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(text.as_bytes()).await.unwrap();
    connection
}

/// Reads until the connection is closed.
pub(crate) async fn rest(mut connection: TcpStream) -> String {
    let mut answer = Vec::new();
    in_time(connection.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// Sends a request without a body on a connection of its own, and returns the answer.
pub(crate) async fn ask(address: SocketAddr, method: &str, path: &str) -> String {
    let request = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    rest(connect(address, &request).await).await
}

/// Sends a request with a body in the same way.
pub(crate) async fn post(address: SocketAddr, path: &str, body: &str) -> String {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {}\r\n\r\n\
         {body}",
        body.len()
    );
    rest(connect(address, &request).await).await
}

/// Fails the test if a future does not end.
pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), future).await.expect("ends in time")
}

/// Tells that the code that holds it was dropped.
pub(crate) struct Dropped(Option<oneshot::Sender<()>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.take().map(|sender| sender.send(()));
    }
}

/// A value to hold, and a future that waits for its drop.
pub(crate) fn dropped() -> (Dropped, impl Future<Output = ()>) {
    let (sender, receiver) = oneshot::channel();
    (Dropped(Some(sender)), in_time(async { receiver.await.unwrap() }))
}

/// The labels of a `GET` that was answered with 200.
pub(crate) fn get(route: Option<&str>) -> HttpServerRequest<'_> {
    HttpServerRequest {
        status: Some(200),
        route,
        version: Some(HttpVersion::V1_1),
        ..HttpServerRequest::of(Method::Get, Scheme::Http)
    }
}

/// The number of requests with these labels.
pub(crate) fn requests(seen: &Captured, labels: HttpServerRequest<'_>) -> u64 {
    seen.histogram(HttpServerMetrics::RequestDuration(labels)).count
}

/// The change of the active requests with a method in the capture.
pub(crate) fn active(seen: &Captured, method: Method) -> i64 {
    seen.up_down_counter(HttpServerMetrics::ActiveRequests { method, scheme: Scheme::Http })
}
