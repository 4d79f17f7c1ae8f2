//! The sizes of bodies.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use futures_util::stream;
use typed_metrics_core::testing::{Captured, capture_thread};
use typed_metrics_tower::{HttpServerLayer, HttpServerMetrics, HttpServerRequest, Method};

use crate::support::{self, ask, connect, measured, rest, serve};

fn posted(route: &str) -> HttpServerRequest<'_> {
    HttpServerRequest { method: Method::Post, ..support::get(Some(route)) }
}

/// The number and the sum of the sizes of requests.
fn received(seen: &Captured, labels: HttpServerRequest<'_>) -> (u64, f64) {
    let sizes = seen.histogram(HttpServerMetrics::RequestBodySize(labels));
    (sizes.count, sizes.sum)
}

fn sent(seen: &Captured, labels: HttpServerRequest<'_>) -> (u64, f64) {
    let sizes = seen.histogram(HttpServerMetrics::ResponseBodySize(labels));
    (sizes.count, sizes.sum)
}

fn router() -> Router {
    Router::new()
        .route("/echo", post(async |body: Bytes| body))
        .route("/ignore", post(async || "ignored"))
        .route(
            "/chunks",
            get(async || {
                let chunks = ["one ", "two ", "three"].map(Ok::<_, std::convert::Infallible>);
                Body::from_stream(stream::iter(chunks))
            }),
        )
}

async fn chunked(address: std::net::SocketAddr, path: &str) -> String {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
    );
    rest(connect(address, &request).await).await
}

#[tokio::test]
async fn sizes_are_those_that_heads_announce_and_bytes_that_are_sent() {
    let capture = capture_thread();
    let address = measured(router()).await;
    assert!(support::post(address, "/echo", "hello world").await.ends_with("hello world"));
    assert!(ask(address, "GET", "/chunks").await.ends_with("0\r\n\r\n"));
    let seen = capture.finish();
    assert_eq!(received(&seen, posted("/echo")), (1, 11.0));
    assert_eq!(sent(&seen, posted("/echo")), (1, 11.0));
    // The request has no body.
    assert_eq!(received(&seen, support::get(Some("/chunks"))), (0, 0.0));
    assert_eq!(sent(&seen, support::get(Some("/chunks"))), (1, 13.0));
}

#[tokio::test]
async fn a_chunked_request_has_a_size_if_its_bytes_are_counted() {
    let capture = capture_thread();
    let address = measured(router()).await;
    assert!(chunked(address, "/echo").await.ends_with("abcdefg"));
    let seen = capture.finish();
    assert_eq!(received(&seen, posted("/echo")), (0, 0.0));
    assert_eq!(sent(&seen, posted("/echo")), (1, 7.0));

    let capture = capture_thread();
    let layer = HttpServerLayer::axum().count_request_bodies();
    let address = serve(router().layer(layer)).await;
    assert!(chunked(address, "/echo").await.ends_with("abcdefg"));
    support::post(address, "/echo", "hello").await;
    // The handler reads nothing.
    support::post(address, "/ignore", "hello").await;
    ask(address, "GET", "/chunks").await;
    let seen = capture.finish();
    assert_eq!(received(&seen, posted("/echo")), (2, 12.0));
    assert_eq!(received(&seen, posted("/ignore")), (1, 0.0));
    assert_eq!(received(&seen, support::get(Some("/chunks"))), (0, 0.0));
}

#[tokio::test]
async fn without_body_sizes_only_time_is_recorded() {
    let capture = capture_thread();
    let address = serve(router().layer(HttpServerLayer::axum().without_body_sizes())).await;
    support::post(address, "/echo", "hello").await;
    let seen = capture.finish();
    assert_eq!(support::requests(&seen, posted("/echo")), 1);
    assert_eq!(received(&seen, posted("/echo")).0 + sent(&seen, posted("/echo")).0, 0);
}
