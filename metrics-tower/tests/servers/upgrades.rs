//! Connections that a request upgrades.

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures_util::stream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use typed_metrics_core::testing::capture_thread;
use typed_metrics_tower::{HttpServerRequest, Method};

use crate::support::{self, active, connect, in_time, measured, requests};

/// A body that the server drops, because the response has none.
fn unread() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())
}

/// Answers as a WebSocket server does, and then echoes.
async fn upgrade(request: Request) -> Response {
    tokio::spawn(async move {
        let mut connection = TokioIo::new(hyper::upgrade::on(request).await.unwrap());
        let mut text = [0; 4];
        while connection.read_exact(&mut text).await.is_ok() {
            connection.write_all(&text).await.unwrap();
        }
    });
    let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")];
    (StatusCode::SWITCHING_PROTOCOLS, headers, unread()).into_response()
}

#[tokio::test]
async fn an_upgraded_connection_is_no_request_any_more() {
    let capture = capture_thread();
    let address = measured(Router::new().route("/socket", get(upgrade))).await;
    let request = "GET /socket HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\n\
                   upgrade: websocket\r\n\r\n";
    let mut connection = connect(address, request).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(in_time(connection.read_u8()).await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    let mut echo = [0; 4];
    connection.write_all(b"ping").await.unwrap();
    in_time(connection.read_exact(&mut echo)).await.unwrap();
    assert_eq!(&echo, b"ping");
    // The connection is still open.
    let seen = capture.finish();
    let labels = HttpServerRequest { status: Some(101), ..support::get(Some("/socket")) };
    assert_eq!(requests(&seen, labels), 1);
    assert_eq!(active(&seen, Method::Get), 0);
    drop(connection);
}

#[tokio::test]
async fn a_tunnel_is_no_request_any_more() {
    let capture = capture_thread();
    let tunnel = async |request: Request| {
        tokio::spawn(async move {
            let mut connection = TokioIo::new(hyper::upgrade::on(request).await.unwrap());
            connection.write_all(b"tunnel").await.unwrap();
        });
        unread()
    };
    let address = measured(Router::new().fallback(any(tunnel))).await;
    let mut connection =
        connect(address, "CONNECT test:80 HTTP/1.1\r\nhost: test:80\r\n\r\n").await;
    let mut answer = Vec::new();
    while !answer.ends_with(b"tunnel") {
        answer.push(in_time(connection.read_u8()).await.unwrap());
    }
    let seen = capture.finish();
    let labels = HttpServerRequest { method: Method::Connect, ..support::get(None) };
    assert_eq!(requests(&seen, labels), 1);
    assert_eq!(active(&seen, Method::Connect), 0);
}
