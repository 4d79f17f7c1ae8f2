//! The future of a measured response.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use crate::error_type::ErrorType;
use crate::exchange::{End, Exchange, Running, polled};
use crate::until::{Until, UntilEnd};

pin_project! {
    /// The future of a response that is measured.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<F, X: Exchange, C, U = UntilEnd> {
        #[pin]
        future: F,
        // `None` after the head of the response.
        running: Option<Running<X>>,
        error_type: C,
        until: PhantomData<U>,
    }
}

impl<F, X: Exchange, C, U> ResponseFuture<F, X, C, U> {
    /// Calls the service by `call`, and measures the response that it returns.
    #[inline(always)]
    pub(crate) fn of(running: Running<X>, error_type: C, call: impl FnOnce() -> F) -> Self {
        let mut running = Some(running);
        // The future is large: it is made where it stays.
        Self { future: polled(&mut running, call), running, error_type, until: PhantomData }
    }
}

impl<F, X, C, U, B, E> Future for ResponseFuture<F, X, C, U>
where
    F: Future<Output = Result<Response<B>, E>>,
    X: Exchange,
    C: ErrorType<E>,
    U: Until<B, X>,
    B: Body,
{
    type Output = Result<Response<U::Body>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let running = this.running;
        let result = ready!(polled(running, || this.future.poll(context)));
        Poll::Ready(match result {
            Ok(response) => {
                running.take_if(|running| running.head(&response, U::GOES_ON));
                Ok(response.map(|body| U::body(body, running.take())))
            }
            Err(error) => {
                if let Some(mut running) = running.take() {
                    running.end(End::Failed(this.error_type.error_type(&error)));
                }
                Err(error)
            }
        })
    }
}

impl<F, X: Exchange, C, U> fmt::Debug for ResponseFuture<F, X, C, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_running = self.running.is_some();
        f.debug_struct("ResponseFuture").field("is_running", &is_running).finish_non_exhaustive()
    }
}
