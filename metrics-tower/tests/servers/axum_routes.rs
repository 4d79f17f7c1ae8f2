//! The labels of requests to a router of axum.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{any, get};
use typed_metrics_core::testing::capture_thread;
use typed_metrics_tower::{
    HttpServerLayer, HttpServerMetrics, HttpServerRequest, Method, Scheme, StatusClass,
};

use crate::support::{self, active, ask, measured, requests, serve};

#[tokio::test]
async fn the_route_is_the_template_and_not_the_path() {
    let capture = capture_thread();
    let router = Router::new()
        .route("/users/{id}", get(async |Path(id): Path<String>| id))
        .route("/files/{*path}", get(async || "file"));
    let address = measured(router).await;
    for path in ["/users/1", "/users/2", "/files/a/b/c"] {
        assert!(ask(address, "GET", path).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    let seen = capture.finish();
    assert_eq!(requests(&seen, support::get(Some("/users/{id}"))), 2);
    assert_eq!(requests(&seen, support::get(Some("/files/{*path}"))), 1);
    assert_eq!(active(&seen, Method::Get), 0);
}

#[tokio::test]
async fn a_nested_router_has_whole_routes() {
    let capture = capture_thread();
    let users = || Router::new().route("/{id}", get(async || "user"));
    let router = Router::new()
        .nest("/outside/users", users())
        .nest("/inside/users", users().layer(HttpServerLayer::axum()))
        .nest_service("/service/users", users().layer(HttpServerLayer::axum()));
    // `inside` and `service` have the layer already.
    let outside = router.clone().layer(HttpServerLayer::axum());
    let (inside, outside) = (serve(router).await, serve(outside).await);
    ask(outside, "GET", "/outside/users/1").await;
    ask(inside, "GET", "/inside/users/1").await;
    ask(inside, "GET", "/service/users/1").await;
    let seen = capture.finish();
    for route in ["/outside/users/{id}", "/inside/users/{id}", "/service/users/{id}"] {
        assert_eq!(requests(&seen, support::get(Some(route))), 1, "{route}");
    }
}

/// axum's rule, which the documentation tells: `Router::layer` covers what was added before.
#[tokio::test]
async fn a_route_that_is_added_after_the_layer_is_not_measured() {
    let capture = capture_thread();
    let router = Router::new()
        .route("/before", get(async || "measured"))
        .layer(HttpServerLayer::axum())
        .route("/after", get(async || "not measured"));
    let address = serve(router).await;
    for path in ["/before", "/after"] {
        assert!(ask(address, "GET", path).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    let seen = capture.finish();
    assert_eq!(requests(&seen, support::get(Some("/before"))), 1);
    let all = seen.snapshot.get("http.server.request.duration").unwrap();
    assert_eq!(all.series.len(), 1, "{all:?}");
}

#[tokio::test]
async fn the_class_of_the_status_is_a_label_if_it_is_wanted() {
    let capture = capture_thread();
    let status = async |Path(code): Path<u16>| StatusCode::from_u16(code).unwrap();
    let router = Router::new().route("/class/{code}", get(status));
    let without = measured(router.clone()).await;
    let with = serve(router.layer(HttpServerLayer::axum().status_class())).await;
    for code in [200, 302, 404, 500, 700] {
        ask(with, "GET", &format!("/class/{code}")).await;
    }
    ask(without, "GET", "/class/200").await;
    let seen = capture.finish();
    for (code, status_class, error_type) in [
        (200, Some(StatusClass::Success), None),
        (302, Some(StatusClass::Redirection), None),
        (404, Some(StatusClass::ClientError), None),
        (500, Some(StatusClass::ServerError), Some("500")),
        (700, None, None),
        (200, None, None),
    ] {
        let labels = HttpServerRequest {
            status: Some(code),
            status_class,
            error_type,
            ..support::get(Some("/class/{code}"))
        };
        assert_eq!(requests(&seen, labels), 1, "{code} {status_class:?}");
    }
}

#[tokio::test]
async fn what_matches_no_route_has_none() {
    let capture = capture_thread();
    let found = measured(Router::new().fallback(async || "anything")).await;
    let missing = measured(Router::new().route("/only", get(async || "this"))).await;
    for path in ["/a", "/b"] {
        ask(found, "GET", path).await;
        ask(missing, "GET", path).await;
    }
    // The route exists, and the method does not.
    ask(missing, "DELETE", "/only").await;
    let seen = capture.finish();
    assert_eq!(requests(&seen, support::get(None)), 2);
    let not_found = HttpServerRequest { status: Some(404), ..support::get(None) };
    assert_eq!(requests(&seen, not_found), 2);
    let not_allowed = HttpServerRequest {
        method: Method::Delete,
        status: Some(405),
        ..support::get(Some("/only"))
    };
    assert_eq!(requests(&seen, not_allowed), 1);
}

#[tokio::test]
async fn a_method_that_is_not_known_is_other() {
    let capture = capture_thread();
    let router = || Router::new().route("/any", any(async || "answer"));
    let address = measured(router()).await;
    let webdav = HttpServerLayer::axum().known_methods(["GET", "PROPFIND"]);
    let webdav = serve(router().layer(webdav)).await;
    for method in ["BREW", "PROPFIND", "get", "QUERY"] {
        ask(address, method, "/any").await;
    }
    ask(webdav, "PROPFIND", "/any").await;
    let seen = capture.finish();
    let with = |method| HttpServerRequest { method, ..support::get(Some("/any")) };
    assert_eq!(requests(&seen, with(Method::Other)), 3);
    assert_eq!(requests(&seen, with(Method::Query)), 1);
    assert_eq!(requests(&seen, with(Method::Propfind)), 1);
}

#[tokio::test]
async fn only_statuses_of_the_server_are_errors() {
    let capture = capture_thread();
    let router = Router::new().route(
        "/status/{code}",
        get(async |Path(code): Path<u16>| StatusCode::from_u16(code).unwrap()),
    );
    let address = measured(router).await;
    for code in [204, 304, 404, 499, 500, 503] {
        ask(address, "GET", &format!("/status/{code}")).await;
    }
    let seen = capture.finish();
    let route = Some("/status/{code}");
    for (code, error_type) in
        [(204, None), (304, None), (404, None), (499, None), (500, Some("500")), (503, Some("503"))]
    {
        let labels = HttpServerRequest { status: Some(code), error_type, ..support::get(route) };
        assert_eq!(requests(&seen, labels), 1, "{code}");
    }
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let capture = capture_thread();
    let address = measured(Router::new().route("/", get(async || "hello"))).await;
    let one = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    let answers = support::rest(support::connect(address, &(one.repeat(9) + last)).await).await;
    assert_eq!(answers.matches("hello").count(), 10);
    let seen = capture.finish();
    assert_eq!(requests(&seen, support::get(Some("/"))), 10);
    assert_eq!(active(&seen, Method::Get), 0);
}

#[tokio::test]
async fn the_scheme_is_that_of_the_program_or_of_the_uri() {
    let capture = capture_thread();
    let router = || Router::new().route("/secret", get(async || "hello"));
    let behind = serve(router().layer(HttpServerLayer::axum().scheme(Scheme::Https))).await;
    ask(behind, "GET", "/secret").await;
    // The form in which requests to a proxy come.
    let proxy = measured(router()).await;
    ask(proxy, "GET", "https://test/secret").await;
    let seen = capture.finish();
    let labels = HttpServerRequest { scheme: Scheme::Https, ..support::get(Some("/secret")) };
    assert_eq!(requests(&seen, labels), 2);
}

#[tokio::test]
async fn many_requests_at_once_are_active_until_each_ends() {
    const REQUESTS: usize = 200;
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let arrived = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let (wait, arrive) = (gate.clone(), arrived.clone());
    let router = Router::new().route(
        "/wait",
        get(async move || {
            arrive.add_permits(1);
            wait.acquire().await.unwrap().forget();
            "done"
        }),
    );
    let address = measured(router).await;
    let capture = capture_thread();
    let all: Vec<_> = (0..REQUESTS).map(|_| tokio::spawn(ask(address, "GET", "/wait"))).collect();
    let _ = support::in_time(arrived.acquire_many(u32::try_from(REQUESTS).unwrap())).await;
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), 200);
    let capture = capture_thread();
    gate.add_permits(REQUESTS);
    for one in all {
        assert!(one.await.unwrap().ends_with("done"));
    }
    let seen = capture.finish();
    assert_eq!(active(&seen, Method::Get), -200);
    assert_eq!(requests(&seen, support::get(Some("/wait"))), 200);
}

/// The series of the durations of requests without a route that were not found.
fn series_of_missing() -> usize {
    let snapshot = typed_metrics_core::snapshot();
    let durations = snapshot.get("http.server.request.duration").unwrap();
    let is_missing =
        |labels: String| labels.contains("status_code=404") && !labels.contains("route");
    durations.series.iter().filter(|series| is_missing(series.labels.to_string())).count()
}

#[tokio::test]
async fn four_hundred_thousand_paths_are_one_series() {
    use tower::ServiceExt;

    let mut router =
        Router::new().route("/only", get(async || "this")).layer(HttpServerLayer::axum());
    let capture = capture_thread();
    for path in 0..400_000 {
        let request = axum::http::Request::get(format!("/{path}")).body(axum::body::Body::empty());
        let response = router.as_service().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
    let seen = capture.finish();
    let labels = HttpServerRequest { status: Some(404), ..support::get(None) };
    seen.assert_histogram_count(HttpServerMetrics::RequestDuration(labels), 400_000);
    assert_eq!(series_of_missing(), 1);
}
