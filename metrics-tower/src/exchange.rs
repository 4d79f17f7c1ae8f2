//! A request and its response while they are measured.

use http::{HeaderMap, Method, Response, StatusCode, header};
use http_body::Body;

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The whole response was passed on.
    Complete,
    /// The service or the response's body failed, with this `error.type`.
    Failed(&'static str),
    /// The response's future, or its body, was dropped before its end.
    Dropped,
    /// The service or the body panicked.
    Panicked,
}

/// The measurements of one request and its response.
pub trait Exchange {
    /// The head of the response is there.
    fn head<B>(&mut self, response: &Response<B>);

    /// The trailers of the response are there.
    fn trailers(&mut self, _: &HeaderMap) {}

    /// The end, which is called once. `sent` is the number of bytes of the response's body, if it
    /// is known.
    fn end(&mut self, end: End, sent: Option<u64>);
}

/// The methods whose responses may have no body although the head announces one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Head,
    Connect,
    Other,
}

/// An exchange that has not ended. A drop ends it.
#[derive(Debug)]
pub struct Running<X: Exchange> {
    exchange: X,
    asked: Asked,
    is_ended: bool,
    /// Whether code of the service or the body is running.
    is_polled: bool,
    /// The bytes of the response's body so far.
    sent: u64,
    /// The length of the response's body, if the body or the head tells it.
    length: Option<u64>,
}

impl<X: Exchange> Running<X> {
    #[inline]
    pub(crate) fn new(exchange: X, asked: Asked) -> Self {
        Self { exchange, asked, is_ended: false, is_polled: false, sent: 0, length: None }
    }

    /// The head of the response is there. Ends the exchange if it does not go on after the head, or
    /// if there is no body. Returns whether it has ended.
    #[inline]
    pub(crate) fn head(&mut self, response: &Response<impl Body>, goes_on: bool) -> bool {
        self.exchange.head(response);
        let body = response.body();
        self.length = body.size_hint().exact().or_else(|| content_length(response.headers()));
        let has_body = !body.is_end_stream() && self.asked.has_body(response.status());
        self.is_ended = !(has_body && goes_on);
        if self.is_ended {
            self.exchange.end(End::Complete, if has_body { self.length } else { Some(0) });
        }
        self.is_ended
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent += bytes as u64;
    }

    pub(crate) fn trailers(&mut self, trailers: &HeaderMap) {
        self.exchange.trailers(trailers);
    }

    /// Ends the exchange. The caller drops it, which ends nothing a second time.
    pub(crate) fn end(&mut self, end: End) {
        self.is_ended = true;
        self.exchange.end(end, Some(self.sent));
    }
}

impl<X: Exchange> Drop for Running<X> {
    fn drop(&mut self) {
        if self.is_ended {
            return;
        }
        // A server that has sent as many bytes as the head announced drops the body without asking
        // for its end.
        let is_whole = self.length.is_some_and(|length| self.sent >= length);
        let end = match (self.is_polled, is_whole) {
            (true, _) => End::Panicked,
            (false, true) => End::Complete,
            (false, false) => End::Dropped,
        };
        self.exchange.end(end, Some(self.sent));
    }
}

/// Runs code of the service or the body, and notes whether the code panics.
#[inline(always)]
pub(crate) fn polled<X: Exchange, T>(
    running: &mut Option<Running<X>>,
    poll: impl FnOnce() -> T,
) -> T {
    if let Some(running) = running {
        running.is_polled = true;
    }
    let returned = poll();
    if let Some(running) = running {
        running.is_polled = false;
    }
    returned
}

impl Asked {
    pub(crate) fn by(method: &Method) -> Self {
        match *method {
            Method::HEAD => Self::Head,
            Method::CONNECT => Self::Connect,
            _ => Self::Other,
        }
    }

    /// Whether a response with this status has a body: [RFC 9110, section 6.4.1].
    ///
    /// [RFC 9110, section 6.4.1]: https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
    fn has_body(self, status: StatusCode) -> bool {
        let by_method = match self {
            Self::Head => false,
            Self::Connect => !status.is_success(),
            Self::Other => true,
        };
        by_method
            && !status.is_informational()
            && status != StatusCode::NO_CONTENT
            && status != StatusCode::NOT_MODIFIED
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
