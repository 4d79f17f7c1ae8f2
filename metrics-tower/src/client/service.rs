//! The service that a [`HttpClientLayer`] makes.

use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::exchange::ClientExchange;
use super::settings::Settings;
use crate::error_type::ErrorType;
use crate::exchange::{Asked, Running};
use crate::peer::Peer;
use crate::request_body::RequestBodies;
use crate::response_future::ResponseFuture;
use crate::until::Until;

/// A client whose requests are measured. [`HttpClientLayer`](crate::HttpClientLayer) makes it.
#[derive(Clone)]
pub struct HttpClient<S, Q, C, U> {
    pub(super) service: S,
    pub(super) bodies: PhantomData<Q>,
    pub(super) error_type: C,
    pub(super) settings: Settings,
    pub(super) until: PhantomData<U>,
}

impl<S, Q, C, U, B, P> Service<Request<B>> for HttpClient<S, Q, C, U>
where
    S: Service<Request<Q::Body>, Response = Response<P>>,
    Q: RequestBodies<B>,
    C: ErrorType<S::Error> + Clone,
    U: Until<P, ClientExchange>,
    P: Body,
{
    type Response = Response<U::Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ClientExchange, C, U>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let settings = &self.settings;
        let method = settings.known_methods.label(request.method());
        let peer = settings.peer.clone().unwrap_or_else(|| Peer::of(&request));
        let asked = Asked::by(request.method());
        let (size, counter) = Q::size(request.body());
        let (size, has_class) = (settings.sizes.then_some(size), settings.status_class);
        let exchange = ClientExchange::start(method, peer, size, has_class);
        let running = Running::new(exchange, asked);
        ResponseFuture::of(running, self.error_type.clone(), || {
            self.service.call(Q::counted(request, counter))
        })
    }
}

impl<S: fmt::Debug, Q, C, U> fmt::Debug for HttpClient<S, Q, C, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").field("service", &self.service).finish_non_exhaustive()
    }
}
