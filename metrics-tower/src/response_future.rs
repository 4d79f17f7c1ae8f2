//! The future of a measured response.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use crate::error_type::ErrorType;
use crate::exchange::{End, Exchange, Running, polled};
use crate::response_body::ResponseBody;

pin_project! {
    /// The future of a response that is measured.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<F, X: Exchange, C> {
        #[pin]
        future: F,
        // `None` after the head of the response.
        running: Option<Running<X>>,
        error_type: C,
    }
}

impl<F, X: Exchange, C> ResponseFuture<F, X, C> {
    /// Calls the service by `call`, and measures the response that it returns.
    pub(crate) fn of(running: Running<X>, error_type: C, call: impl FnOnce() -> F) -> Self {
        let mut running = Some(running);
        let future = polled(&mut running, call);
        Self { future, running, error_type }
    }
}

impl<F, X, C, B, E> Future for ResponseFuture<F, X, C>
where
    F: Future<Output = Result<Response<B>, E>>,
    X: Exchange,
    C: ErrorType<E>,
    B: Body,
{
    type Output = Result<Response<ResponseBody<B, X>>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let running = this.running;
        let result = ready!(polled(running, || this.future.poll(context)));
        let running = running.take();
        Poll::Ready(match result {
            Ok(response) => {
                let (head, body) = response.into_parts();
                let body = ResponseBody::of(&head, body, running);
                Ok(Response::from_parts(head, body))
            }
            Err(error) => {
                if let Some(running) = running {
                    running.end(End::Failed(this.error_type.error_type(&error)));
                }
                Err(error)
            }
        })
    }
}

impl<F, X: Exchange, C> fmt::Debug for ResponseFuture<F, X, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_running = self.running.is_some();
        f.debug_struct("ResponseFuture").field("is_running", &is_running).finish_non_exhaustive()
    }
}
