//! One request that a client sent.

use std::time::Instant;

use http::{Response, StatusCode};
use typed_metrics_core::{Entered, LabelGroup};

use super::metrics::{HttpClientMetrics, HttpClientRequest};
use crate::error_type::{CANCELLED, PANICKED, text_of_status};
use crate::exchange::{End, Exchange};
use crate::method::Method;
use crate::peer::Peer;
use crate::protocol::HttpVersion;
use crate::request_body::RequestSize;
use crate::status_class::StatusClass;

/// A request that a client sent.
#[derive(Debug)]
pub struct ClientExchange {
    start: Instant,
    method: Method,
    peer: Peer,
    status: Option<StatusCode>,
    version: Option<HttpVersion>,
    /// Whether the class of the status is recorded.
    has_class: bool,
    /// `None` if sizes are not recorded.
    request_size: Option<RequestSize>,
    /// Counts as active until the drop.
    _active: Entered,
}

impl ClientExchange {
    pub(crate) fn start(
        method: Method,
        peer: Peer,
        request_size: Option<RequestSize>,
        has_class: bool,
    ) -> Self {
        let active = HttpClientMetrics::active_requests(method, peer.address(), peer.port());
        Self {
            start: Instant::now(),
            method,
            _active: active.enter(),
            peer,
            status: None,
            version: None,
            has_class,
            request_size,
        }
    }
}

impl Exchange for ClientExchange {
    fn head<B>(&mut self, response: &Response<B>) {
        self.status = Some(response.status());
        self.version = HttpVersion::of(response.version());
    }

    fn end(&mut self, end: End, sent: Option<u64>) {
        let elapsed = self.start.elapsed();
        let is_error = |status: StatusCode| status.is_client_error() || status.is_server_error();
        let error_type = match end {
            // A status of an error says more about the request than its end.
            _ if self.status.is_some_and(is_error) => self.status.map(text_of_status),
            End::Complete => None,
            // The program has seen enough of the response.
            End::Dropped if self.status.is_some() => None,
            End::Failed(error_type) => Some(error_type),
            End::Dropped => Some(CANCELLED),
            End::Panicked => Some(PANICKED),
        };
        let labels = HttpClientRequest {
            method: self.method,
            address: self.peer.address(),
            port: self.peer.port(),
            status: self.status.map(|status| status.as_u16()),
            status_class: self.status.filter(|_| self.has_class).and_then(StatusClass::of),
            error_type,
            version: self.version,
        };
        let labels = labels.find();
        HttpClientMetrics::request_duration(&labels).record(elapsed);
        let Some(request_size) = &self.request_size else { return };
        if let Some(size) = request_size.get() {
            HttpClientMetrics::request_body_size(&labels).record(size);
        }
        if let Some(received) = sent
            && self.status.is_some()
        {
            HttpClientMetrics::response_body_size(&labels).record(received);
        }
    }
}
