//! The layer for clients, with clients of HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{any, get};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use typed_metrics::testing::{Captured, capture_thread};
use typed_metrics::tower::error_type::error_kind;
use typed_metrics::tower::{
    HttpClientLayer, HttpClientMetrics, HttpClientRequest, HttpVersion, Method, StatusClass,
};

async fn serve() -> SocketAddr {
    let status = async |Path(code): Path<u16>| StatusCode::from_u16(code).unwrap();
    let router = Router::new()
        .route("/echo", any(async |body: Bytes| body))
        .route("/status/{code}", get(status))
        .route("/never", get(async || -> String { std::future::pending().await }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

/// A client of reqwest as a tower service.
fn reqwest() -> impl Service<
    Request<reqwest::Body>,
    Response = Response<impl http_body::Body<Data = Bytes, Error = reqwest::Error>>,
    Error = reqwest::Error,
> + Clone {
    let client = reqwest::Client::new();
    ServiceBuilder::new()
        .layer(HttpClientLayer::new().error_type(|error: &reqwest::Error| error_kind(error)))
        .service_fn(move |request: Request<reqwest::Body>| {
            let client = client.clone();
            async move { client.execute(request.try_into()?).await.map(Response::from) }
        })
}

/// The labels of a request that was answered with 200.
fn answered(method: Method, port: u16) -> HttpClientRequest<'static> {
    HttpClientRequest {
        status: Some(200),
        version: Some(HttpVersion::V1_1),
        ..HttpClientRequest::of(method, "127.0.0.1", port)
    }
}

fn requests(seen: &Captured, labels: HttpClientRequest<'_>) -> u64 {
    seen.histogram(HttpClientMetrics::RequestDuration(labels)).count
}

fn active(seen: &Captured, method: Method, port: u16) -> i64 {
    let (address, port) = (Some("127.0.0.1"), Some(port));
    seen.up_down_counter(HttpClientMetrics::ActiveRequests { method, address, port })
}

#[tokio::test]
async fn a_request_of_reqwest_has_sizes_and_a_server() {
    let address = serve().await;
    let capture = capture_thread();
    let request = Request::post(format!("http://{address}/echo")).body("hello".into()).unwrap();
    let response = reqwest().oneshot(request).await.unwrap();
    assert_eq!(response.collect().await.unwrap().to_bytes(), "hello");
    let seen = capture.finish();
    let labels = answered(Method::Post, address.port());
    assert_eq!(requests(&seen, labels), 1);
    assert_eq!(seen.histogram(HttpClientMetrics::RequestBodySize(labels)).sum, 5.0);
    assert_eq!(seen.histogram(HttpClientMetrics::ResponseBodySize(labels)).sum, 5.0);
    assert_eq!(active(&seen, Method::Post, address.port()), 0);
}

#[tokio::test]
async fn statuses_of_the_server_and_of_the_client_are_errors() {
    let address = serve().await;
    let capture = capture_thread();
    let client = reqwest();
    for code in [204, 404, 503] {
        let uri = format!("http://{address}/status/{code}");
        client.clone().oneshot(Request::get(uri).body("".into()).unwrap()).await.unwrap();
    }
    let seen = capture.finish();
    for (code, error_type) in [(204, None), (404, Some("404")), (503, Some("503"))] {
        let labels = answered(Method::Get, address.port());
        let labels = HttpClientRequest { status: Some(code), error_type, ..labels };
        assert_eq!(requests(&seen, labels), 1, "{code}");
    }
}

#[tokio::test]
async fn the_class_of_the_status_is_a_label_if_it_is_wanted() {
    let address = serve().await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let with = HttpClientLayer::new().status_class().layer(client.clone());
    let without = HttpClientLayer::new().layer(client);
    let capture = capture_thread();
    let to = |uri: String| Request::get(uri).body(Full::default()).unwrap();
    for code in [204, 302, 404, 503, 700] {
        with.clone().oneshot(to(format!("http://{address}/status/{code}"))).await.unwrap();
    }
    without.oneshot(to(format!("http://{address}/status/204"))).await.unwrap();
    with.oneshot(to("http://127.0.0.1:1/".to_owned())).await.unwrap_err();
    let seen = capture.finish();
    for (code, status_class, error_type) in [
        (204, Some(StatusClass::Success), None),
        (302, Some(StatusClass::Redirection), None),
        (404, Some(StatusClass::ClientError), Some("404")),
        (503, Some(StatusClass::ServerError), Some("503")),
        (700, None, None),
        (204, None, None),
    ] {
        let labels = answered(Method::Get, address.port());
        let labels = HttpClientRequest { status: Some(code), status_class, error_type, ..labels };
        assert_eq!(requests(&seen, labels), 1, "{code} {status_class:?}");
    }
    let all = seen.snapshot.get("http.client.request.duration").unwrap();
    let classes = all.series.iter().filter_map(|series| series.labels.get("status_class"));
    let mut classes: Vec<String> = classes.map(|class| class.to_string()).collect();
    classes.sort_unstable();
    assert_eq!(classes, ["2xx", "3xx", "4xx", "5xx"]);
}

#[tokio::test]
async fn a_request_that_the_program_drops_is_cancelled_and_a_response_is_not() {
    let address = serve().await;
    let capture = capture_thread();
    let never = Request::get(format!("http://{address}/never")).body("".into()).unwrap();
    let call = reqwest().oneshot(never);
    assert!(tokio::time::timeout(Duration::from_millis(100), call).await.is_err());
    let request = Request::post(format!("http://{address}/echo")).body("hello".into()).unwrap();
    drop(reqwest().oneshot(request).await.unwrap());
    let seen = capture.finish();
    let port = address.port();
    let cancelled = HttpClientRequest {
        status: None,
        error_type: Some("cancelled"),
        version: None,
        ..answered(Method::Get, port)
    };
    assert_eq!(requests(&seen, cancelled), 1);
    assert_eq!(requests(&seen, answered(Method::Post, port)), 1);
    assert_eq!((active(&seen, Method::Get, port), active(&seen, Method::Post, port)), (0, 0));
}

#[tokio::test]
async fn a_request_of_hyper_util_is_counted_as_its_body_is_sent() {
    let address = serve().await;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let layer = HttpClientLayer::new().count_request_bodies().server("echo", 7);
    let client = layer.layer(client);
    let capture = capture_thread();
    let request = Request::put(format!("http://{address}/echo"));
    let response = client.oneshot(request.body(Full::new(Bytes::from("four"))).unwrap()).await;
    assert_eq!(response.unwrap().collect().await.unwrap().to_bytes(), "four");
    let seen = capture.finish();
    let labels = HttpClientRequest { address: Some("echo"), ..answered(Method::Put, 7) };
    assert_eq!(seen.histogram(HttpClientMetrics::RequestBodySize(labels)).sum, 4.0);
    assert_eq!(seen.histogram(HttpClientMetrics::ResponseBodySize(labels)).sum, 4.0);
}
