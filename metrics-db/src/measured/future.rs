//! A future that measures itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::metrics::DbOperation;
use crate::running::Running;

pin_project! {
    /// A future that is measured. [`Operation::measure`] makes it.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct MeasuredFuture<'d, F, N> {
        #[pin]
        future: F,
        labels: DbOperation<'d>,
        names: &'d N,
        running: Option<Running<'d>>,
    }
}

impl<'d, F, N> MeasuredFuture<'d, F, N> {
    pub(crate) fn new(labels: DbOperation<'d>, names: &'d N, future: F) -> Self {
        Self { future, labels, names, running: None }
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
        // A panic drops the guard while it unwinds, so the guard knows of it.
        let mut running = this.running.take().unwrap_or_else(|| Running::start(*this.labels));
        let Poll::Ready(result) = running.inside(|| this.future.poll(context)) else {
            *this.running = Some(running);
            return Poll::Pending;
        };
        running.end(&result, *this.names);
        Poll::Ready(result)
    }
}

impl<F, N> fmt::Debug for MeasuredFuture<'_, F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredFuture").field("labels", &self.labels).finish_non_exhaustive()
    }
}
