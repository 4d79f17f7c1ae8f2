//! The body of a request, whose size is measured.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// The bytes of a request's body.
#[derive(Debug)]
pub enum RequestSize {
    /// The length that the head of the request announces; `None` if it announces none.
    Declared(Option<u64>),
    /// The bytes that were read so far.
    Counted(Arc<AtomicU64>),
}

impl RequestSize {
    /// The size, if it is known.
    pub(crate) fn get(&self) -> Option<u64> {
        match self {
            Self::Declared(size) => *size,
            // Relaxed: no other data depends on the count.
            Self::Counted(count) => Some(count.load(Relaxed)),
        }
    }
}

/// How the size of requests is measured: [`Declared`] or [`Counted`].
pub trait RequestBodies<B> {
    /// The body that the service gets.
    type Body;

    /// The body for the service, and its size.
    fn measured(self, body: B) -> (Self::Body, RequestSize);
}

/// The size of a request is the length that its head announces. A request without a length, such as
/// one that is chunked, has no size. The service gets the body as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Declared;

impl<B: Body> RequestBodies<B> for Declared {
    type Body = B;

    #[inline]
    fn measured(self, body: B) -> (B, RequestSize) {
        let size = RequestSize::Declared(declared(&body));
        (body, size)
    }
}

/// The size of a request is the number of bytes that were read of its body until the end of the
/// response. The service gets a [`RequestBody`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted;

impl<B: Body> RequestBodies<B> for Counted {
    type Body = RequestBody<B>;

    fn measured(self, body: B) -> (RequestBody<B>, RequestSize) {
        if body.is_end_stream() {
            return (RequestBody { body, count: None }, RequestSize::Declared(Some(0)));
        }
        let count = Arc::new(AtomicU64::new(0));
        let size = RequestSize::Counted(Arc::clone(&count));
        (RequestBody { body, count: Some(count) }, size)
    }
}

/// The length of a body that is known before the body is read.
fn declared(body: &impl Body) -> Option<u64> {
    if body.is_end_stream() { Some(0) } else { body.size_hint().exact() }
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
