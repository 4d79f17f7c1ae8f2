//! A stream that measures itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::operation::Operation;
use crate::running::Running;

pin_project! {
    /// A stream that is measured. [`Operation::measure_stream`] makes it.
    #[must_use = "streams do nothing unless they are polled"]
    pub struct MeasuredStream<'d, S, T, N> {
        #[pin]
        stream: S,
        operation: Operation<'d, N>,
        // `None` before the first poll and after the end.
        running: Option<Running<'d>>,
        has_ended: bool,
        rows: u64,
        // `None` if the items are no rows.
        is_row: Option<fn(&T) -> bool>,
    }
}

impl<'d, S, T, N> MeasuredStream<'d, S, T, N> {
    pub(crate) fn new(
        operation: Operation<'d, N>,
        stream: S,
        is_row: Option<fn(&T) -> bool>,
    ) -> Self {
        Self { stream, operation, running: None, has_ended: false, rows: 0, is_row }
    }
}

impl<S, T, E, N> Stream for MeasuredStream<'_, S, T, N>
where
    S: Stream<Item = Result<T, E>>,
    N: NameError<E>,
{
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if this.running.is_none() && !*this.has_ended {
            *this.running = Some(this.operation.start());
        }
        let item = ready!(this.stream.poll_next(context));
        let Some(running) = this.running else { return Poll::Ready(item) };
        match &item {
            Some(Ok(item)) => {
                *this.rows += u64::from(this.is_row.is_some_and(|is_row| is_row(item)));
                running.enough();
            }
            Some(Err(_)) | None => *this.has_ended = true,
        }
        if this.is_row.is_some() {
            running.rows(*this.rows);
        }
        if *this.has_ended
            && let Some(running) = this.running.take()
        {
            match &item {
                Some(Err(error)) => running.fail(&this.operation.database().failure(error)),
                _ => running.succeed(),
            }
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S, T, N> fmt::Debug for MeasuredStream<'_, S, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredStream").field("operation", &self.operation).finish_non_exhaustive()
    }
}
