//! The body of a request, whose size is measured.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::Request;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// The bytes of a request's body.
#[derive(Debug)]
pub enum RequestSize {
    /// The request has no body, or its head announces no length.
    None,
    /// The length that the head of the request announces.
    Declared(u64),
    /// The bytes that were read so far.
    Counted(Arc<AtomicU64>),
}

impl RequestSize {
    /// The size, if it is known.
    pub(crate) fn get(&self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Declared(size) => Some(*size),
            // Relaxed: no other data depends on the count.
            Self::Counted(count) => Some(count.load(Relaxed)),
        }
    }
}

/// How the size of requests is measured: [`Declared`] or [`Counted`].
pub trait RequestBodies<B> {
    /// The body that the service gets.
    type Body;

    /// The counter of the bytes of a body.
    type Counter;

    /// The size of a request with this body.
    fn size(body: &B) -> (RequestSize, Self::Counter);

    /// The request for the service.
    fn counted(request: Request<B>, counter: Self::Counter) -> Request<Self::Body>;
}

/// The size of a request is the length that its head announces. A request without a body has no
/// size, and neither has one without a length, such as one that is chunked. The service gets the
/// body as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Declared;

impl<B: Body> RequestBodies<B> for Declared {
    type Body = B;

    type Counter = ();

    #[inline]
    fn size(body: &B) -> (RequestSize, ()) {
        // A request without a body has no size: a series of zeros for each route would say nothing.
        let length = if body.is_end_stream() { None } else { body.size_hint().exact() };
        (length.map_or(RequestSize::None, RequestSize::Declared), ())
    }

    #[inline(always)]
    fn counted(request: Request<B>, (): ()) -> Request<B> {
        request
    }
}

/// The size of a request is the number of bytes that were read of its body until the end of the
/// response. A request without a body has no size. The service gets a [`RequestBody`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted;

impl<B: Body> RequestBodies<B> for Counted {
    type Body = RequestBody<B>;

    type Counter = Option<Arc<AtomicU64>>;

    fn size(body: &B) -> (RequestSize, Self::Counter) {
        if body.is_end_stream() {
            return (RequestSize::None, None);
        }
        let count = Arc::new(AtomicU64::new(0));
        (RequestSize::Counted(Arc::clone(&count)), Some(count))
    }

    fn counted(request: Request<B>, count: Self::Counter) -> Request<RequestBody<B>> {
        request.map(|body| RequestBody { body, count })
    }
}

pin_project! {
    /// The body of a request, whose bytes are counted. It passes on every frame unchanged.
    pub struct RequestBody<B> {
        #[pin]
        body: B,
        count: Option<Arc<AtomicU64>>,
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let (Some(data), Some(count)) = (frame.data_ref(), this.count)
        {
            count.fetch_add(data.remaining() as u64, Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> fmt::Debug for RequestBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").field("count", &self.count).finish_non_exhaustive()
    }
}
