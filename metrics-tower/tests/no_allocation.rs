//! A request allocates nothing for its metrics once its series exist.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Method, Request, Response, StatusCode, Uri};
use http_body::Body;
use http_body_util::Full;
use tower::{Layer, Service, service_fn};
use typed_metrics_tower::{GrpcClientLayer, GrpcServerLayer, HttpClientLayer, HttpServerLayer};

type Text = Full<&'static [u8]>;

/// The allocations of a hundred requests, after earlier requests have made the series.
fn allocations<S, B>(mut service: S) -> u64
where
    S: Service<Request<Text>, Response = Response<B>>,
    B: Body,
{
    let uri = Uri::from_static("/shop.Basket/Add");
    let mut request = |is_whole: bool| {
        let mut request = Request::new(Full::new(&b"question"[..]));
        *request.uri_mut() = uri.clone();
        *request.method_mut() = Method::POST;
        let mut context = Context::from_waker(Waker::noop());
        let call = pin!(service.call(request));
        if !is_whole {
            return; // cancelled
        }
        let Poll::Ready(Ok(response)) = call.poll(&mut context) else { panic!("is ready") };
        let mut body = pin!(response.into_body());
        while let Poll::Ready(Some(_)) = body.as_mut().poll_frame(&mut context) {}
    };
    for is_whole in [true, true, false, false] {
        request(is_whole);
    }
    let count = |is_whole: bool| {
        let requests = || (0..100).for_each(|_| request(is_whole));
        allocation_counter::measure(requests).count_total
    };
    [true, false].map(count).into_iter().sum()
}

fn answer(_: Request<Text>) -> Ready<Result<Response<Text>, Infallible>> {
    let mut response = Response::new(Full::new(&b"answer"[..]));
    *response.status_mut() = StatusCode::NOT_FOUND;
    ready(Ok(response))
}

#[test]
fn layers_for_servers() {
    let layer = HttpServerLayer::with_routes(|_, _| Some("/shop.Basket/{method}"));
    assert_eq!(allocations(layer.clone().layer(service_fn(answer))), 0);
    assert_eq!(allocations(layer.until_head().layer(service_fn(answer))), 0);
    let grpc = GrpcServerLayer::new().methods(["shop.Basket/Add"]);
    assert_eq!(allocations(grpc.layer(service_fn(answer))), 0);
}

#[test]
fn layers_for_clients() {
    let layer = HttpClientLayer::new().server("shop", 80);
    assert_eq!(allocations(layer.layer(service_fn(answer))), 0);
    let layer = GrpcClientLayer::new().server("shop", 80);
    assert_eq!(allocations(layer.layer(service_fn(answer))), 0);
}
