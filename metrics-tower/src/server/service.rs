//! The service that a [`HttpServerLayer`] makes.

use std::fmt;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::exchange::ServerExchange;
use super::settings::Settings;
use crate::error_type::ByType;
use crate::exchange::Running;
use crate::protocol::Scheme;
use crate::request_body::RequestBodies;
use crate::response_body::ResponseBody;
use crate::response_future::ResponseFuture;
use crate::routes::Routes;

/// A service whose requests are measured. [`HttpServerLayer`](crate::HttpServerLayer) makes it.
#[derive(Clone)]
pub struct HttpServer<S, R, Q> {
    pub(super) service: S,
    pub(super) routes: R,
    pub(super) bodies: Q,
    pub(super) settings: Settings,
}

impl<S, R, Q, B, P> Service<Request<B>> for HttpServer<S, R, Q>
where
    S: Service<Request<Q::Body>, Response = Response<P>, Error: 'static>,
    R: Routes,
    Q: RequestBodies<B> + Copy,
    P: Body,
{
    type Response = Response<ResponseBody<P, ServerExchange<R::Route>>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ServerExchange<R::Route>, ByType>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let settings = self.settings;
        let method = settings.known_methods.label(request.method());
        let scheme = settings.scheme.or_else(|| Scheme::of(request.uri())).unwrap_or(Scheme::Http);
        let route = self.routes.route(request.uri(), request.extensions());
        let version = request.version();
        let (head, body) = request.into_parts();
        let (body, size) = self.bodies.measured(body);
        let size = settings.sizes.then_some(size);
        let exchange = ServerExchange::start(method, scheme, version, route, size);
        let running = Running::new(exchange, &head.method, settings.until);
        let request = Request::from_parts(head, body);
        ResponseFuture::of(running, ByType, || self.service.call(request))
    }
}

impl<S: fmt::Debug, R, Q> fmt::Debug for HttpServer<S, R, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer").field("service", &self.service).finish_non_exhaustive()
    }
}
