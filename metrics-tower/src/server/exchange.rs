//! One request that a server received.

use std::time::Instant;

use http::{Response, StatusCode, Version};
use typed_metrics_core::Entered;

use super::metrics::{HttpServerMetrics, HttpServerRequest};
use super::recent;
use crate::error_type::{CANCELLED, PANICKED, text_of_status};
use crate::exchange::{End, Exchange};
use crate::method::Method;
use crate::protocol::{HttpVersion, Scheme};
use crate::request_body::RequestSize;
use crate::status_class::StatusClass;

/// A request that a server received.
#[derive(Debug)]
pub struct ServerExchange {
    start: Instant,
    method: Method,
    scheme: Scheme,
    version: Option<HttpVersion>,
    route: Option<&'static str>,
    status: Option<StatusCode>,
    /// Whether the class of the status is recorded.
    has_class: bool,
    /// `None` if sizes are not recorded.
    request_size: Option<RequestSize>,
    /// Counts as active until the drop.
    _active: Entered,
}

impl ServerExchange {
    /// Inlined, so that the exchange is made where it stays.
    #[inline]
    pub(crate) fn start(
        method: Method,
        scheme: Scheme,
        version: Version,
        route: Option<&'static str>,
        request_size: Option<RequestSize>,
        has_class: bool,
    ) -> Self {
        Self {
            start: Instant::now(),
            method,
            scheme,
            version: HttpVersion::of(version),
            route,
            status: None,
            has_class,
            request_size,
            _active: HttpServerMetrics::active_requests(method, scheme).enter(),
        }
    }
}

impl Exchange for ServerExchange {
    fn head<B>(&mut self, response: &Response<B>) {
        self.status = Some(response.status());
    }

    fn end(&mut self, end: End, sent: Option<u64>) {
        let elapsed = self.start.elapsed();
        let error_type = match end {
            // A status of an error says more about the request than its end.
            _ if self.status.is_some_and(|status| status.is_server_error()) => {
                self.status.map(text_of_status)
            }
            End::Complete => None,
            End::Failed(error_type) => Some(error_type),
            End::Dropped => Some(CANCELLED),
            End::Panicked => Some(PANICKED),
        };
        let labels = HttpServerRequest {
            method: self.method,
            status: self.status.map(|status| status.as_u16()),
            status_class: self.status.filter(|_| self.has_class).and_then(StatusClass::of),
            route: self.route,
            error_type,
            version: self.version,
            scheme: self.scheme,
        };
        recent::with(labels, |labels| {
            HttpServerMetrics::request_duration(labels).record(elapsed);
            let Some(request_size) = &self.request_size else { return };
            if let Some(size) = request_size.get() {
                HttpServerMetrics::request_body_size(labels).record(size);
            }
            if let Some(sent) = sent
                && self.status.is_some()
            {
                HttpServerMetrics::response_body_size(labels).record(sent);
            }
        });
    }
}
