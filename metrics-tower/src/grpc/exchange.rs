//! One gRPC call.

use std::time::Instant;

use http::uri::PathAndQuery;
use http::{HeaderMap, Response, Uri};

use super::code::GrpcCode;
use super::metrics::{GrpcClientMetrics, GrpcServerMetrics};
use super::served;
use crate::error_type::{CANCELLED, OTHER, PANICKED};
use crate::exchange::{End, Exchange};
use crate::peer::Peer;

/// A gRPC call in progress.
#[derive(Debug)]
pub struct GrpcExchange {
    start: Instant,
    path: Option<PathAndQuery>,
    side: Side,
    /// The status so far.
    code: Option<GrpcCode>,
    /// The status if the response ends without one, once its head is there.
    without: Option<GrpcCode>,
}

#[derive(Debug, Clone)]
pub(crate) enum Side {
    Server,
    Client(Peer),
}

impl GrpcExchange {
    pub(crate) fn start(uri: &Uri, side: Side) -> Self {
        let path = uri.path_and_query().cloned();
        Self { start: Instant::now(), path, side, code: None, without: None }
    }

    /// The method, such as `helloworld.Greeter/SayHello`.
    fn method(&self) -> &str {
        let path = self.path.as_ref().map_or("", PathAndQuery::path);
        path.strip_prefix('/').unwrap_or(path)
    }

    /// The method if it is one that the server has.
    fn served_method(&self, code: Option<GrpcCode>) -> &str {
        let method = self.method();
        let is_served = match code {
            Some(GrpcCode::Ok) => served::note(method),
            _ => served::is_served(method),
        };
        if is_served { method } else { OTHER }
    }
}

impl Exchange for GrpcExchange {
    fn head<B>(&mut self, response: &Response<B>) {
        self.code = GrpcCode::of(response.headers());
        self.without = Some(GrpcCode::of_http(response.status()));
    }

    fn trailers(&mut self, trailers: &HeaderMap) {
        self.code = GrpcCode::of(trailers).or(self.code);
    }

    fn end(&mut self, end: End, _: Option<u64>) {
        let elapsed = self.start.elapsed();
        let (code, mut error_type) = match (self.code, end) {
            (Some(code), _) => (Some(code), None),
            (None, End::Complete) => (self.without, None),
            (None, End::Failed(error_type)) => (None, Some(error_type)),
            (None, End::Panicked) => (None, Some(PANICKED)),
            (None, End::Dropped) => match self.side {
                Side::Server => (None, Some(CANCELLED)),
                // A client makes this status itself.
                Side::Client(_) => (Some(GrpcCode::Cancelled), None),
            },
        };
        let is_error = |code: &GrpcCode| match self.side {
            Side::Server => code.is_error_of_server(),
            Side::Client(_) => *code != GrpcCode::Ok,
        };
        error_type = error_type.or_else(|| code.filter(is_error).map(GrpcCode::name));
        match &self.side {
            Side::Server => {
                let method = self.served_method(code);
                GrpcServerMetrics::call_duration(method, code, error_type).record(elapsed);
            }
            Side::Client(peer) => {
                let (method, address, port) = (self.method(), peer.address(), peer.port());
                GrpcClientMetrics::call_duration(method, code, error_type, address, port)
                    .record(elapsed);
            }
        }
    }
}
