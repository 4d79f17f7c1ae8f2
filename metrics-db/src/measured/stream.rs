//! A stream that measures itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::failure::NameError;
use crate::running::Running;

pin_project! {
    /// A stream that is measured. [`Operation::measure_stream`] makes it.
    #[must_use = "streams do nothing unless they are polled"]
    pub struct MeasuredStream<'d, S, T, N> {
        #[pin]
        stream: S,
        names: &'d N,
        running: Running<'d>,
        // `None` if the items are no rows.
        is_row: Option<fn(&T) -> bool>,
    }
}

impl<'d, S, T, N> MeasuredStream<'d, S, T, N> {
    pub(crate) fn new(
        running: Running<'d>,
        names: &'d N,
        stream: S,
        is_row: Option<fn(&T) -> bool>,
    ) -> Self {
        Self { stream, names, running, is_row }
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
        // A stream that has ended may be polled again.
        let poll = this.running.inside(|| this.stream.poll_next(context));
        let Poll::Ready(item) = &poll else { return poll };
        if let Some(is_row) = this.is_row {
            let is_row = item.as_ref().is_some_and(|item| item.as_ref().is_ok_and(is_row));
            this.running.add_rows(is_row.into());
        }
        match item {
            Some(Ok(_)) => this.running.enough(),
            Some(Err(error)) => this.running.record(Some(&this.names.failure(error))),
            None => this.running.record(None),
        }
        poll
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S, T, N> fmt::Debug for MeasuredStream<'_, S, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredStream").field("running", &self.running).finish_non_exhaustive()
    }
}
