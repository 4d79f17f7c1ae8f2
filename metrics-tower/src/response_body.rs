//! The body of a measured response.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::error_type::{ByType, ErrorType};
use crate::exchange::{End, Exchange, Running, polled};

pin_project! {
    /// The body of a response that is measured. It passes on every frame unchanged.
    ///
    /// The measurement ends with the last frame, with an error, or when the body is dropped.
    pub struct ResponseBody<B, X: Exchange> {
        #[pin]
        body: B,
        // `None` after the end.
        running: Option<Running<X>>,
    }
}

impl<B, X: Exchange> ResponseBody<B, X> {
    pub(crate) fn new(body: B, running: Option<Running<X>>) -> Self {
        Self { body, running }
    }
}

/// A response that no service answered: layers around a measured service, such as those of
/// `tower-http` for CORS and timeouts, make one with the default body. It is not measured.
impl<B: Default, X: Exchange> Default for ResponseBody<B, X> {
    fn default() -> Self {
        Self::new(B::default(), None)
    }
}

impl<B, X> Body for ResponseBody<B, X>
where
    B: Body<Error: 'static>,
    X: Exchange,
{
    type Data = B::Data;
    type Error = B::Error;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let running = this.running;
        let frame = ready!(polled(running, || this.body.as_mut().poll_frame(context)));
        let Some(measured) = running else { return Poll::Ready(frame) };
        let end = match &frame {
            None => Some(End::Complete),
            Some(Err(error)) => Some(End::Failed(ByType.error_type(error))),
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    measured.sent(data.remaining());
                } else if let Some(trailers) = frame.trailers_ref() {
                    measured.trailers(trailers);
                }
                // A server that finds the body at its end does not poll the body again.
                let is_last = frame.is_trailers() || this.body.is_end_stream();
                is_last.then_some(End::Complete)
            }
        };
        if let Some(end) = end {
            measured.end(end);
            *running = None;
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

impl<B, X: Exchange> fmt::Debug for ResponseBody<B, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_running = self.running.is_some();
        f.debug_struct("ResponseBody").field("is_running", &is_running).finish_non_exhaustive()
    }
}
