//! The services that the layers for gRPC make.

use std::fmt;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::exchange::{GrpcExchange, Side};
use crate::error_type::ByType;
use crate::exchange::{Asked, Running};
use crate::peer::Peer;
use crate::response_body::ResponseBody;
use crate::response_future::ResponseFuture;

/// A gRPC server whose calls are measured. [`GrpcServerLayer`](crate::GrpcServerLayer) makes it.
#[derive(Clone)]
pub struct GrpcServer<S> {
    pub(super) service: S,
}

impl<S, B, P> Service<Request<B>> for GrpcServer<S>
where
    S: Service<Request<B>, Response = Response<P>, Error: 'static>,
    P: Body,
{
    type Response = Response<ResponseBody<P, GrpcExchange>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, GrpcExchange, ByType>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        call(&mut self.service, request, |_| Side::Server)
    }
}

/// A gRPC client whose calls are measured. [`GrpcClientLayer`](crate::GrpcClientLayer) makes it.
#[derive(Clone)]
pub struct GrpcClient<S> {
    pub(super) service: S,
    pub(super) peer: Option<Peer>,
}

impl<S, B, P> Service<Request<B>> for GrpcClient<S>
where
    S: Service<Request<B>, Response = Response<P>, Error: 'static>,
    P: Body,
{
    type Response = Response<ResponseBody<P, GrpcExchange>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, GrpcExchange, ByType>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let peer = &self.peer;
        let side =
            |request: &Request<B>| Side::Client(peer.clone().unwrap_or_else(|| Peer::of(request)));
        call(&mut self.service, request, side)
    }
}

/// Calls a service, and measures the call.
fn call<S, B>(
    service: &mut S,
    request: Request<B>,
    side: impl FnOnce(&Request<B>) -> Side,
) -> ResponseFuture<S::Future, GrpcExchange, ByType>
where
    S: Service<Request<B>>,
{
    let exchange = GrpcExchange::start(request.uri(), side(&request));
    let running = Running::new(exchange, Asked::by(request.method()));
    ResponseFuture::of(running, ByType, || service.call(request))
}

impl<S: fmt::Debug> fmt::Debug for GrpcServer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcServer").field("service", &self.service).finish()
    }
}

impl<S: fmt::Debug> fmt::Debug for GrpcClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcClient").field("service", &self.service).finish_non_exhaustive()
    }
}
