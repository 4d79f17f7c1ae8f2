//! A plain tower service in hyper's server, by HTTP/1 and HTTP/2.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, Service, service_fn};
use typed_metrics_core::testing::capture_thread;
use typed_metrics_tower::{HttpServerLayer, HttpServerRequest, HttpVersion, Method, Scheme};

use crate::support::{self, active, ask, dropped, in_time, requests};

/// Serves a service at a port of its own.
async fn serve<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
    B: hyper::body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(connection), service).await;
            });
        }
    });
    address
}

async fn connect(address: SocketAddr) -> http2::SendRequest<Empty<Bytes>> {
    let connection = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (client, connection) = http2::handshake(TokioExecutor::new(), connection).await.unwrap();
    tokio::spawn(connection);
    client
}

fn get(address: SocketAddr, path: &str) -> Request<Empty<Bytes>> {
    Request::get(format!("http://{address}{path}")).body(Empty::new()).unwrap()
}

fn by_http2(route: Option<&'static str>) -> HttpServerRequest<'static> {
    HttpServerRequest { version: Some(HttpVersion::V2), ..support::get(route) }
}

#[tokio::test]
async fn a_service_has_the_routes_that_a_function_tells() {
    let capture = capture_thread();
    let layer = HttpServerLayer::with_routes(|uri, _| (uri.path() == "/hello").then_some("/hello"));
    let service = layer.layer(service_fn(async |_: Request<Incoming>| {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("hello"))))
    }));
    let address = serve(service).await;
    assert!(ask(address, "GET", "/hello").await.ends_with("hello"));
    assert!(ask(address, "GET", "/else").await.ends_with("hello"));
    let mut client = connect(address).await;
    for _ in 0..3 {
        let answer = in_time(client.send_request(get(address, "/hello"))).await.unwrap();
        assert_eq!(answer.collect().await.unwrap().to_bytes(), "hello");
    }
    let seen = capture.finish();
    assert_eq!(requests(&seen, support::get(Some("/hello"))), 1);
    assert_eq!(requests(&seen, support::get(None)), 1);
    assert_eq!(requests(&seen, by_http2(Some("/hello"))), 3);
    assert_eq!(active(&seen, Method::Get), 0);
}

#[tokio::test]
async fn a_reset_of_a_stream_cancels_its_request_only() {
    let (held, is_dropped) = dropped();
    let held = Arc::new(std::sync::Mutex::new(Some(held)));
    let (arrived, has_arrived) = dropped();
    let arrived = Arc::new(std::sync::Mutex::new(Some(arrived)));
    let service = service_fn(move |request: Request<Incoming>| {
        let (held, arrived) = (Arc::clone(&held), Arc::clone(&arrived));
        async move {
            if request.uri().path() == "/wait" {
                let _held = held.lock().unwrap().take();
                drop(arrived.lock().unwrap().take());
                std::future::pending::<()>().await;
            }
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("hello"))))
        }
    });
    let capture = capture_thread();
    let address = serve(HttpServerLayer::new().layer(service)).await;
    let mut client = connect(address).await;
    let waiting = tokio::spawn(client.send_request(get(address, "/wait")));
    has_arrived.await;
    waiting.abort();
    is_dropped.await;
    let answer = in_time(client.send_request(get(address, "/"))).await.unwrap();
    assert_eq!(answer.collect().await.unwrap().to_bytes(), "hello");
    let seen = capture.finish();
    let cancelled =
        HttpServerRequest { status: None, error_type: Some("cancelled"), ..by_http2(None) };
    assert_eq!(requests(&seen, cancelled), 1);
    assert_eq!(requests(&seen, by_http2(None)), 1);
    assert_eq!(active(&seen, Method::Get), 0);
}

#[tokio::test]
async fn a_reset_during_the_body_cancels_its_request() {
    let (held, is_dropped) = dropped();
    let held = Arc::new(std::sync::Mutex::new(Some(held)));
    let service = service_fn(move |_: Request<Incoming>| {
        let held = held.lock().unwrap().take();
        async move {
            let frame = || Ok::<_, Infallible>(Frame::data(Bytes::from_static(&[b'x'; 1024])));
            let frames = futures_util::stream::repeat_with(move || {
                let _ = &held;
                frame()
            });
            Ok::<_, Infallible>(Response::new(StreamBody::new(frames)))
        }
    });
    let capture = capture_thread();
    let address = serve(HttpServerLayer::new().layer(service)).await;
    let mut client = connect(address).await;
    let mut answer = in_time(client.send_request(get(address, "/"))).await.unwrap();
    in_time(answer.frame()).await.unwrap().unwrap();
    drop(answer);
    is_dropped.await;
    let seen = capture.finish();
    let cancelled = HttpServerRequest { error_type: Some("cancelled"), ..by_http2(None) };
    assert_eq!(requests(&seen, cancelled), 1);
    assert_eq!(active(&seen, Method::Get), 0);
    assert_eq!(cancelled.scheme, Scheme::Http);
}
