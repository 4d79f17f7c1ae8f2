//! A layer for axum where axum matches no request. The numbers belong to the process, so this is
//! one test.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use tower::{Layer, Service, ServiceExt};
use typed_metrics_tower::HttpServerLayer;
use typed_metrics_turn::{Level, lines, my_turn};

fn router() -> Router {
    Router::new().route("/", get(async || "hello"))
}

async fn ask<S>(service: &S, times: usize)
where
    S: Service<Request<Body>, Error: std::fmt::Debug> + Clone,
{
    for _ in 0..times {
        let request = Request::get("/").body(Body::empty()).unwrap();
        service.clone().oneshot(request).await.unwrap();
    }
}

#[tokio::test]
async fn a_layer_that_sees_no_route_in_the_first_hundred_requests_is_logged_once() {
    let _turn = my_turn();
    let around = HttpServerLayer::axum().layer(router());
    ask(&around, 99).await;
    // Layers without routes say nothing of routes.
    ask(&HttpServerLayer::new().layer(router()), 100).await;
    assert_eq!(lines(), []);
    ask(&around, 300).await;
    let lines = lines();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let expected = "`HttpServerLayer::axum()` measured 100 requests, and axum had matched none of \
                    them to a route, so they have no `http.route`; add the layer with \
                    `Router::layer` after the last `.route(…)`: axum matches requests only inside \
                    of the router, and a layer covers only the routes that were added before it";
    assert_eq!(texts, [expected]);
    assert_eq!(lines[0].level, Level::Warn);
}
