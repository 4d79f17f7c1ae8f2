//! The layer for clients in the chain of `reqwest-middleware`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, post};
use futures_util::FutureExt;
use http::Extensions;
use reqwest::{Body, Client, Request, Response, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next, Result};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};
use typed_metrics::testing::{Captured, capture_thread};
use typed_metrics::tower::error_type::error_kind;
use typed_metrics::tower::{
    Declared, HttpClientLayer, HttpClientMetrics, HttpClientRequest, HttpVersion, Method,
};

type Name = fn(&Error) -> &'static str;

/// Measures what the rest of the chain does.
struct Measured(HttpClientLayer<Declared, Name>);

impl Measured {
    fn new() -> Self {
        Self(HttpClientLayer::new().error_type(name as Name))
    }
}

/// A time limit of reqwest is no I/O error.
fn name(error: &Error) -> &'static str {
    if error.is_timeout() { "timeout" } else { error_kind(error) }
}

#[async_trait]
impl Middleware for Measured {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let mut rest = Some((next, extensions));
        let send = service_fn(|request: http::Request<Body>| {
            let rest = rest.take();
            async move {
                let (next, extensions) = rest.expect("the service is called once");
                let response = next.run(request.try_into()?, extensions).await?;
                // A URL is an extension of the response, which the conversion drops.
                let url = http::Response::builder().url(response.url().clone());
                let url = url.body(()).expect("a response with a URL and nothing else");
                let mut response = http::Response::<Body>::from(response);
                response.extensions_mut().extend(url.into_parts().0.extensions);
                Ok::<_, Error>(response)
            }
        });
        // Boxed, because the compiler cannot tell otherwise that the future is `Send`.
        let response = self.0.layer(send).oneshot(request.try_into()?).boxed().await?;
        Ok(response.map(Body::wrap).into())
    }
}

/// Sends a request again if the server is unavailable.
struct Retry;

#[async_trait]
impl Middleware for Retry {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let again = request.try_clone();
        let response = next.clone().run(request, extensions).await?;
        match again.filter(|_| response.status() == StatusCode::SERVICE_UNAVAILABLE) {
            Some(again) => next.run(again, extensions).await,
            None => Ok(response),
        }
    }
}

/// A server that refuses every other request to `/flaky`.
async fn serve() -> SocketAddr {
    let asked = Arc::new(AtomicU32::new(0));
    let flaky = async move || match asked.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    let router = Router::new()
        .route("/flaky", get(flaky))
        .route("/moved", get(async || Redirect::to("/here")))
        .route("/here", get(async || "found"))
        .route("/echo", post(async |body: Bytes| body))
        .route("/never", get(async || -> String { std::future::pending().await }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

fn client(chain: [Arc<dyn Middleware>; 2]) -> ClientWithMiddleware {
    let [first, second] = chain;
    ClientBuilder::new(Client::new()).with_arc(first).with_arc(second).build()
}

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

/// The number of all requests, and the change of those that are active.
fn all_and_active(seen: &Captured, method: Method, port: u16) -> (u64, i64) {
    let all = seen.snapshot.get("http.client.request.duration").unwrap();
    let counts = all.series.iter().map(|series| series.value.as_histogram().unwrap().count);
    let (address, port) = (Some("127.0.0.1"), Some(port));
    let active = HttpClientMetrics::ActiveRequests { method, address, port };
    (counts.sum(), seen.up_down_counter(active))
}

#[test]
fn the_guide_shows_the_middleware_that_is_tested_here() {
    let (_, tested) = include_str!("middleware.rs").split_once("type Name").unwrap();
    let (tested, _) = tested.split_once("/// Sends a request again").unwrap();
    let guide = include_str!("../../../src/guide/http.rs").lines();
    let texts = guide.filter_map(|line| line.strip_prefix("//!"));
    let texts: Vec<&str> = texts.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    assert!(texts.join("\n").contains(tested.trim_end()), "{tested}");
}

#[tokio::test]
async fn inside_of_retries_each_attempt_is_a_request() {
    let address = serve().await;
    let client = client([Arc::new(Retry), Arc::new(Measured::new())]);
    let capture = capture_thread();
    let url = format!("http://{address}/flaky");
    let response = client.get(&url).send().await.unwrap();
    assert_eq!((response.status(), response.url().as_str()), (StatusCode::OK, url.as_str()));
    assert_eq!(response.text().await.unwrap(), "");
    let seen = capture.finish();
    let ok = answered(Method::Get, address.port());
    let unavailable = HttpClientRequest { status: Some(503), error_type: Some("503"), ..ok };
    assert_eq!((requests(&seen, ok), requests(&seen, unavailable)), (1, 1));
    assert_eq!(all_and_active(&seen, Method::Get, address.port()), (2, 0));
}

#[tokio::test]
async fn around_retries_all_attempts_are_one_request() {
    let address = serve().await;
    let client = client([Arc::new(Measured::new()), Arc::new(Retry)]);
    let capture = capture_thread();
    let response = client.get(format!("http://{address}/flaky")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    drop(response);
    let seen = capture.finish();
    assert_eq!(requests(&seen, answered(Method::Get, address.port())), 1);
    assert_eq!(all_and_active(&seen, Method::Get, address.port()), (1, 0));
}

#[tokio::test]
async fn the_url_of_a_response_is_that_of_the_last_redirect() {
    let address = serve().await;
    let client = ClientBuilder::new(Client::new()).with(Measured::new()).build();
    let response = client.get(format!("http://{address}/moved")).send().await.unwrap();
    assert_eq!(response.url().as_str(), format!("http://{address}/here"));
    assert_eq!(response.text().await.unwrap(), "found");
}

#[tokio::test]
async fn sizes_errors_and_timeouts_are_those_of_reqwest() {
    let address = serve().await;
    let client = ClientBuilder::new(Client::new()).with(Measured::new()).build();
    let capture = capture_thread();
    let echo = client.post(format!("http://{address}/echo")).body("hello");
    let response = echo.send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "hello");
    let port = address.port();
    // The time limit of a request passes the layer.
    let never = client.get(format!("http://{address}/never")).timeout(Duration::from_millis(50));
    let Err(Error::Reqwest(error)) = never.send().await else { panic!("an answer") };
    assert!(error.is_timeout(), "{error:?}");
    let refused = client.get("http://127.0.0.1:1/").send().await;
    assert!(matches!(refused, Err(Error::Reqwest(error)) if error.is_connect()));
    let seen = capture.finish();
    let posted = answered(Method::Post, port);
    assert_eq!(seen.histogram(HttpClientMetrics::RequestBodySize(posted)).sum, 5.0);
    assert_eq!(seen.histogram(HttpClientMetrics::ResponseBodySize(posted)).sum, 5.0);
    let failed = |port, error_type| HttpClientRequest {
        status: None,
        error_type: Some(error_type),
        version: None,
        ..answered(Method::Get, port)
    };
    assert_eq!(requests(&seen, failed(port, "timeout")), 1);
    assert_eq!(requests(&seen, failed(1, "connection_refused")), 1);
    assert_eq!(all_and_active(&seen, Method::Get, port), (3, 0));
    assert_eq!(all_and_active(&seen, Method::Post, port), (3, 0));
}
