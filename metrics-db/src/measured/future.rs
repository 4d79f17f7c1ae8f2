//! A future that measures itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::running::Running;

pin_project! {
    /// A future that is measured. [`Operation::measure`] makes it.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct MeasuredFuture<'d, F, N> {
        #[pin]
        future: F,
        names: &'d N,
        running: Running<'d>,
    }
}

impl<'d, F, N> MeasuredFuture<'d, F, N> {
    pub(crate) fn new(running: Running<'d>, names: &'d N, future: F) -> Self {
        Self { future, names, running }
    }
}

impl<F, N, T, E> Future for MeasuredFuture<'_, F, N>
where
    F: Future<Output = Result<T, E>>,
    N: NameError<E>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let poll = this.running.inside(|| this.future.poll(context));
        if let Poll::Ready(result) = &poll {
            this.running.end(result, *this.names);
        }
        poll
    }
}

impl<F, N> fmt::Debug for MeasuredFuture<'_, F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredFuture").field("running", &self.running).finish_non_exhaustive()
    }
}
