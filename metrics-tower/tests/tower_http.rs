//! Layers of `tower-http` that answer in place of the measured service.

use std::convert::Infallible;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use typed_metrics_core::testing::capture_async;
use typed_metrics_tower::{
    HttpServerLayer, HttpServerMetrics, HttpServerRequest, HttpVersion, Method as MethodLabel,
    Scheme,
};

type Text = Full<&'static [u8]>;

fn measured() -> impl Service<
    Request<Text>,
    Response = Response<impl http_body::Body<Data = &'static [u8], Error = Infallible> + Default>,
    Error = Infallible,
> {
    HttpServerLayer::new().layer(service_fn(async |request: Request<Text>| {
        if request.uri().path() == "/never" {
            std::future::pending::<()>().await;
        }
        Ok::<_, Infallible>(Response::new(Text::new(b"answer")))
    }))
}

fn request(error_type: Option<&'static str>) -> HttpServerRequest<'static> {
    HttpServerRequest {
        status: error_type.is_none().then_some(200),
        error_type,
        version: Some(HttpVersion::V1_1),
        ..HttpServerRequest::of(MethodLabel::Get, Scheme::Http)
    }
}

#[tokio::test]
async fn cors_answers_a_preflight_and_passes_on_a_request() {
    let mut service = CorsLayer::permissive().layer(measured());
    let preflight = Request::builder()
        .method(Method::OPTIONS)
        .uri("/")
        .header(header::ORIGIN, "https://shop.test")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .body(Text::default())
        .unwrap();
    let seen = capture_async(async {
        let response = service.ready().await.unwrap().call(preflight).await.unwrap();
        assert!(response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
        let response = service.call(Request::new(Text::default())).await.unwrap();
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "answer");
    })
    .await;
    seen.assert_histogram_count(HttpServerMetrics::RequestDuration(request(None)), 1);
}

#[tokio::test]
async fn a_timeout_answers_and_the_request_counts_as_cancelled() {
    let limit = Duration::from_millis(10);
    let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, limit);
    let service = timeout.layer(measured());
    let seen = capture_async(async {
        let never = Request::get("/never").body(Text::default()).unwrap();
        let response = service.oneshot(never).await.unwrap();
        assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
    })
    .await;
    let cancelled = request(Some("cancelled"));
    seen.assert_histogram_count(HttpServerMetrics::RequestDuration(cancelled), 1);
}
