//! A layer for axum where axum matches no request.

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

const TEXT: &str = "`HttpServerLayer::axum()` measured 100 requests, and axum had matched none of \
                    them to a route, so they have no `http.route`; if they asked for routes, add \
                    the layer with `Router::layer` after the last `.route(…)`: axum matches \
                    requests only inside of the router, and a layer covers only the routes that \
                    were added before it; if they all reached a fallback or a service of \
                    `nest_service`, they have no route wherever the layer is";

fn assert_one_warning() {
    let lines = lines();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, [TEXT]);
    assert_eq!(lines[0].level, Level::Warn);
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
    assert_one_warning();
}

#[tokio::test]
async fn a_layer_that_sees_routes_hides_no_other_layer() {
    let _turn = my_turn();
    let inside = router().layer(HttpServerLayer::axum());
    ask(&inside, 1).await;
    let around = HttpServerLayer::axum().layer(router());
    ask(&around, 99).await;
    ask(&inside, 200).await;
    assert_eq!(lines(), []);
    ask(&around, 1).await;
    assert_one_warning();
}

#[tokio::test]
async fn requests_without_a_route_of_several_layers_are_not_added_up() {
    let _turn = my_turn();
    for _ in 0..3 {
        ask(&HttpServerLayer::axum().layer(router()), 99).await;
    }
    assert_eq!(lines(), []);
}

#[tokio::test]
async fn services_of_one_layer_count_together() {
    let _turn = my_turn();
    let layer = HttpServerLayer::axum();
    ask(&layer.layer(router()), 50).await;
    ask(&layer.clone().layer(router()), 49).await;
    assert_eq!(lines(), []);
    ask(&layer.layer(router()), 1).await;
    assert_one_warning();
}

#[tokio::test]
async fn a_layer_that_has_seen_a_route_stays_silent() {
    let _turn = my_turn();
    let layer = HttpServerLayer::axum();
    ask(&router().layer(layer.clone()), 1).await;
    ask(&layer.layer(router()), 300).await;
    assert_eq!(lines(), []);
}
