//! A future that returns a row or none, and measures itself.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::running::Running;

pin_project! {
    /// A future that is measured, with the number of rows that it returns.
    pub(crate) struct MeasuredOption<'d, F, N> {
        #[pin]
        future: F,
        names: &'d N,
        running: Running<'d>,
    }
}

impl<'d, F, N> MeasuredOption<'d, F, N> {
    pub(crate) fn new(running: Running<'d>, names: &'d N, future: F) -> Self {
        Self { future, names, running }
    }
}

impl<F, N, T, E> Future for MeasuredOption<'_, F, N>
where
    F: Future<Output = Result<Option<T>, E>>,
    N: NameError<E>,
{
    type Output = Result<Option<T>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let poll = this.running.inside(|| this.future.poll(context));
        if let Poll::Ready(result) = &poll {
            if let Ok(row) = result {
                this.running.rows(row.is_some().into());
            }
            this.running.end(result, *this.names);
        }
        poll
    }
}
