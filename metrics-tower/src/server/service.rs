//! The service that a [`HttpServerLayer`] makes.

use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::exchange::ServerExchange;
use super::settings::Settings;
use crate::error_type::ByType;
use crate::exchange::{Asked, Running};
use crate::protocol::Scheme;
use crate::request_body::RequestBodies;
use crate::response_future::ResponseFuture;
use crate::routes::Routes;
use crate::until::Until;

/// A service whose requests are measured. [`HttpServerLayer`](crate::HttpServerLayer) makes it.
#[derive(Clone)]
pub struct HttpServer<S, R, Q, U> {
    pub(super) service: S,
    pub(super) routes: R,
    pub(super) bodies: PhantomData<Q>,
    pub(super) settings: Settings,
    pub(super) until: PhantomData<U>,
}

impl<S, R, Q, U, B, P> Service<Request<B>> for HttpServer<S, R, Q, U>
where
    S: Service<Request<Q::Body>, Response = Response<P>, Error: 'static>,
    R: Routes,
    Q: RequestBodies<B>,
    U: Until<P, ServerExchange>,
    P: Body,
{
    type Response = Response<U::Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ServerExchange, ByType, U>;

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
        let asked = Asked::by(request.method());
        let (size, counter) = Q::size(request.body());
        let size = settings.sizes.then_some(size);
        let has_class = settings.status_class;
        let exchange = ServerExchange::start(method, scheme, version, route, size, has_class);
        let running = Running::new(exchange, asked);
        ResponseFuture::of(running, ByType, || self.service.call(Q::counted(request, counter)))
    }
}

impl<S: fmt::Debug, R, Q, U> fmt::Debug for HttpServer<S, R, Q, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer").field("service", &self.service).finish_non_exhaustive()
    }
}
