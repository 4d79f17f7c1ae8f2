//! A WebSocket of axum and tungstenite: the request ends with the upgrade.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::routing::any;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};
use typed_metrics::testing::{Captured, capture_thread};
use typed_metrics::tower::{
    HttpServerLayer, HttpServerMetrics, HttpServerRequest, HttpVersion, Method, Scheme,
};

const PAUSE: Duration = Duration::from_millis(150);

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

/// Serves on the thread of the test, so its capture sees the server.
async fn serve() -> SocketAddr {
    let router = Router::new()
        .route("/echo", any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)))
        .layer(HttpServerLayer::axum());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

fn answered(status: u16) -> HttpServerMetrics<'static> {
    HttpServerMetrics::RequestDuration(HttpServerRequest {
        status: Some(status),
        route: Some("/echo"),
        version: Some(HttpVersion::V1_1),
        ..HttpServerRequest::of(Method::Get, Scheme::Http)
    })
}

fn active(seen: &Captured) -> i64 {
    let (method, scheme) = (Method::Get, Scheme::Http);
    seen.up_down_counter(HttpServerMetrics::ActiveRequests { method, scheme })
}

#[tokio::test]
async fn a_socket_that_lives_is_no_request_in_flight_and_its_life_is_no_duration() {
    let capture = capture_thread();
    let address = serve().await;
    let began = Instant::now();
    let (mut socket, response) = connect_async(format!("ws://{address}/echo")).await.unwrap();
    let connected = began.elapsed();
    assert_eq!(response.status(), 101);
    socket.send(Message::text("first")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("first"));
    tokio::time::sleep(PAUSE).await;

    // The socket is open, and still answers.
    let seen = capture.finish();
    assert_eq!(active(&seen), 0);
    let duration = seen.histogram(answered(101));
    assert_eq!(duration.count, 1);
    assert!(duration.sum <= connected.as_secs_f64(), "{} s, {connected:?}", duration.sum);
    let capture = capture_thread();
    socket.send(Message::text("second")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("second"));
    socket.close(None).await.unwrap();
    // The server closes the connection, after an answer or without one.
    while let Some(Ok(message)) = socket.next().await {
        assert!(message.is_close());
    }

    // Its messages and its end record nothing.
    let seen = capture.finish();
    assert_eq!((active(&seen), seen.histogram(answered(101)).count), (0, 0));
}

#[tokio::test]
async fn many_sockets_are_many_requests_of_which_none_is_in_flight() {
    let capture = capture_thread();
    let address = serve().await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(connect_async(format!("ws://{address}/echo")).await.unwrap().0);
    }
    let seen = capture.finish();
    assert_eq!((active(&seen), seen.histogram(answered(101)).count), (0, 20));
    // A client that leaves without a word changes nothing.
    let capture = capture_thread();
    drop(sockets);
    tokio::time::sleep(PAUSE).await;
    let seen = capture.finish();
    assert_eq!((active(&seen), seen.histogram(answered(101)).count), (0, 0));
}

#[tokio::test]
async fn an_upgrade_that_the_server_refuses_is_an_ordinary_request() {
    let capture = capture_thread();
    let address = serve().await;
    let missing = connect_async(format!("ws://{address}/missing")).await;
    assert!(matches!(missing, Err(Error::Http(response)) if response.status() == 404));
    // A request of HTTP that asks for no upgrade.
    let plain = reqwest::get(format!("http://{address}/echo")).await.unwrap();
    assert_eq!(plain.status(), 400);
    plain.text().await.unwrap();
    let seen = capture.finish();
    assert_eq!((active(&seen), seen.histogram(answered(400)).count), (0, 1));
    assert_eq!(seen.histogram(answered(101)).count, 0);
}
