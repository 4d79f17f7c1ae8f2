//! The ways in which a request ends.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::routing::{any, get};
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use tokio::io::AsyncReadExt;
use tokio::sync::Notify;
use typed_metrics_core::testing::capture_thread;
use typed_metrics_tower::{HttpServerLayer, HttpServerMetrics, HttpServerRequest, Method};

use crate::support::{
    self, active, ask, connect, dropped, in_time, measured, requests, rest, serve,
};

const HEAD: &str = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";

/// A handler that gives its answer away once.
fn once<T: Clone + Send + Sync + 'static>(value: T) -> impl Fn() -> T + Clone {
    let value = Arc::new(Mutex::new(Some(value)));
    move || value.lock().unwrap().take().expect("one request")
}

/// An endless body.
fn endless() -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::repeat(Ok(Bytes::from_static(&[b'x'; 1024])))
}

#[tokio::test]
async fn a_request_lasts_until_the_end_of_its_body() {
    let go_on = Arc::new(Notify::new());
    let wait = Arc::clone(&go_on);
    let router = Router::new().route(
        "/",
        get(async move || {
            let end = stream::once(async move {
                wait.notified().await;
                Ok::<_, Infallible>("last")
            });
            Body::from_stream(stream::iter([Ok("first ")]).chain(end))
        }),
    );
    let address = measured(router).await;
    let capture = capture_thread();
    let mut connection = connect(address, HEAD).await;
    let mut start = [0; 1024];
    let read = in_time(connection.read(&mut start)).await.unwrap();
    assert!(start[..read].starts_with(b"HTTP/1.1 200 OK\r\n"));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), 1);
    assert_eq!(requests(&seen, support::get(Some("/"))), 0);

    let capture = capture_thread();
    go_on.notify_one();
    while !start.ends_with(b"0\r\n\r\n") {
        start.rotate_left(1);
        in_time(connection.read_exact(&mut start[1023..])).await.unwrap();
    }
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), -1);
    let durations = seen.histogram(HttpServerMetrics::RequestDuration(support::get(Some("/"))));
    assert!(durations.count == 1 && durations.sum >= 0.05, "{durations:?}");
}

#[tokio::test]
async fn with_until_head_a_request_ends_with_its_head() {
    let router = Router::new()
        .route("/", get(async || Body::from_stream(endless())))
        .route("/known", get(async || "known"))
        .layer(HttpServerLayer::axum().until_head());
    let address = serve(router).await;
    let capture = capture_thread();
    let mut connection = connect(address, HEAD).await;
    in_time(connection.read_exact(&mut [0; 16])).await.unwrap();
    ask(address, "GET", "/known").await;
    ask(address, "HEAD", "/known").await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), 0);
    assert_eq!(requests(&seen, support::get(Some("/"))), 1);
    let size = |labels| seen.histogram(HttpServerMetrics::ResponseBodySize(labels));
    assert_eq!(size(support::get(Some("/"))).count, 0);
    assert_eq!(size(support::get(Some("/known"))).sum, 5.0);
    let head = HttpServerRequest { method: Method::Head, ..support::get(Some("/known")) };
    assert_eq!((size(head).count, size(head).sum), (1, 0.0));
}

#[tokio::test]
async fn a_client_that_leaves_during_the_body_cancels_the_request() {
    let (held, is_dropped) = dropped();
    let held = once(Arc::new(held));
    let router = Router::new().route(
        "/",
        get(async move || {
            let held = held();
            Body::from_stream(endless().inspect(move |_| drop(Arc::clone(&held))))
        }),
    );
    let address = measured(router).await;
    let capture = capture_thread();
    let mut connection = connect(address, HEAD).await;
    in_time(connection.read_exact(&mut [0; 4096])).await.unwrap();
    drop(connection);
    is_dropped.await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), 0);
    let labels = HttpServerRequest { error_type: Some("cancelled"), ..support::get(Some("/")) };
    assert_eq!(requests(&seen, labels), 1);
    assert!(seen.histogram(HttpServerMetrics::ResponseBodySize(labels)).sum >= 1024.0);
}

#[tokio::test]
async fn a_client_that_leaves_a_long_poll_cancels_the_request() {
    let (held, is_dropped) = dropped();
    let held = once(Arc::new(held));
    let (arrived, has_arrived) = dropped();
    let arrived = once(Arc::new(arrived));
    let router = Router::new().route(
        "/",
        get(async move || -> String {
            let _held = held();
            drop(arrived());
            std::future::pending().await
        }),
    );
    let address = measured(router).await;
    let capture = capture_thread();
    let connection = connect(address, HEAD).await;
    has_arrived.await;
    assert_eq!(active(&capture.finish(), Method::Get), 1);
    let capture = capture_thread();
    drop(connection);
    is_dropped.await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), -1);
    let labels = HttpServerRequest {
        status: None,
        error_type: Some("cancelled"),
        ..support::get(Some("/"))
    };
    assert_eq!(requests(&seen, labels), 1);
    // There was no response, so it has no size.
    assert_eq!(seen.histogram(HttpServerMetrics::ResponseBodySize(labels)).count, 0);
}

#[tokio::test]
async fn a_body_that_fails_ends_the_request() {
    let router = Router::new().route(
        "/",
        get(async || {
            let failed = std::io::Error::from(std::io::ErrorKind::TimedOut);
            Body::from_stream(stream::iter([Ok("start"), Err(failed)]))
        }),
    );
    let capture = capture_thread();
    let address = measured(router).await;
    rest(connect(address, HEAD).await).await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), 0);
    let error_type = Some("timeout");
    let labels = HttpServerRequest { error_type, ..support::get(Some("/")) };
    assert_eq!(requests(&seen, labels), 1);
    assert_eq!(seen.histogram(HttpServerMetrics::ResponseBodySize(labels)).sum, 5.0);
}

#[tokio::test]
async fn a_handler_or_a_body_that_panics_ends_the_request() {
    let router = Router::new().route("/", get(async || -> String { panic!("on purpose") })).route(
        "/body",
        get(async || {
            let panics = |()| -> Result<Bytes, Infallible> { panic!("on purpose") };
            Body::from_stream(stream::iter([()]).map(panics))
        }),
    );
    let capture = capture_thread();
    let address = measured(router).await;
    assert_eq!(ask(address, "GET", "/").await, "");
    ask(address, "GET", "/body").await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), 0);
    let panicked = |route, status| HttpServerRequest {
        status,
        error_type: Some("panicked"),
        ..support::get(Some(route))
    };
    assert_eq!(requests(&seen, panicked("/", None)), 1);
    assert_eq!(requests(&seen, panicked("/body", Some(200))), 1);
}

#[tokio::test]
async fn a_response_without_a_body_is_whole() {
    let capture = capture_thread();
    let router = Router::new()
        .route("/", any(async || "five!"))
        .route("/stream", any(async || Body::from_stream(endless().take(2))))
        .route("/204", get(async || (StatusCode::NO_CONTENT, Body::from_stream(endless()))))
        .route("/304", get(async || (StatusCode::NOT_MODIFIED, Body::from_stream(endless()))));
    let address = measured(router).await;
    for path in ["/204", "/304"] {
        ask(address, "GET", path).await;
    }
    for path in ["/", "/stream"] {
        let answer = ask(address, "HEAD", path).await;
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
    let seen = capture.finish();
    for path in ["/", "/stream"] {
        let labels = HttpServerRequest { method: Method::Head, ..support::get(Some(path)) };
        assert_eq!(requests(&seen, labels), 1, "{path}");
        assert_eq!(seen.histogram(HttpServerMetrics::ResponseBodySize(labels)).sum, 0.0);
    }
    assert_eq!(active(&seen, Method::Head), 0);
    for (path, status) in [("/204", Some(204)), ("/304", Some(304))] {
        let labels = HttpServerRequest { status, ..support::get(Some(path)) };
        assert_eq!(requests(&seen, labels), 1, "{path}");
    }
}
