//! A future that measures itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::operation::Operation;
use crate::running::Running;

pin_project! {
    /// A future that is measured. [`Operation::measure`] makes it.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct MeasuredFuture<'d, F, N> {
        #[pin]
        future: F,
        operation: Operation<'d, N>,
        running: Option<Running<'d>>,
    }
}

impl<'d, F, N> MeasuredFuture<'d, F, N> {
    pub(crate) fn new(operation: Operation<'d, N>, future: F) -> Self {
        Self { future, operation, running: None }
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
        if this.running.is_none() {
            *this.running = Some(this.operation.start());
        }
        let result = ready!(this.future.poll(context));
        if let Some(running) = this.running.take() {
            running.end(&result, this.operation.database());
        }
        Poll::Ready(result)
    }
}

impl<F, N> fmt::Debug for MeasuredFuture<'_, F, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredFuture").field("operation", &self.operation).finish_non_exhaustive()
    }
}
