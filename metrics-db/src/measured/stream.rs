//! A stream that measures itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::metrics::DbOperation;
use crate::running::Running;

pin_project! {
    /// A stream that is measured. [`Operation::measure_stream`] makes it.
    #[must_use = "streams do nothing unless they are polled"]
    pub struct MeasuredStream<'d, S, T, N> {
        #[pin]
        stream: S,
        labels: DbOperation<'d>,
        names: &'d N,
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
        labels: DbOperation<'d>,
        names: &'d N,
        stream: S,
        is_row: Option<fn(&T) -> bool>,
    ) -> Self {
        Self { stream, labels, names, running: None, has_ended: false, rows: 0, is_row }
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
        if *this.has_ended {
            return this.stream.poll_next(context);
        }
        // A panic drops the guard while it unwinds, so the guard knows of it.
        let mut running = this.running.take().unwrap_or_else(|| Running::start(*this.labels));
        let Poll::Ready(item) = running.inside(|| this.stream.poll_next(context)) else {
            *this.running = Some(running);
            return Poll::Pending;
        };
        if let Some(is_row) = this.is_row {
            *this.rows +=
                u64::from(item.as_ref().is_some_and(|item| item.as_ref().is_ok_and(is_row)));
            running.rows(*this.rows);
        }
        *this.has_ended = !matches!(item, Some(Ok(_)));
        match &item {
            Some(Ok(_)) => {
                running.enough();
                *this.running = Some(running);
            }
            Some(Err(error)) => running.fail(&this.names.failure(error)),
            None => running.succeed(),
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S, T, N> fmt::Debug for MeasuredStream<'_, S, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredStream").field("labels", &self.labels).finish_non_exhaustive()
    }
}
