//! A streamed answer that records itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::call::LlmCall;
use crate::chunk::Chunk;
use crate::error_type;
use crate::usage::Usage;

pin_project! {
    /// A streamed answer that records itself; see [`LlmCall::stream`].
    ///
    /// The stream passes on every item unchanged. The call ends at the end of the stream, at the
    /// first item that is an [error](Chunk::error), or when the stream is dropped.
    #[must_use = "streams do nothing unless they are polled"]
    pub struct LlmStream<'a, S, F> {
        #[pin]
        stream: S,
        look: F,
        // `None` after the end of the call.
        call: Option<LlmCall<'a>>,
        needs_last: bool,
        is_done: bool,
    }
}

impl<'a> LlmCall<'a> {
    /// Measures a streamed answer. `look` describes each item as a [`Chunk`].
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_llm as llm;
    /// # use futures_util::{StreamExt, stream};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use llm::{Chunk, LlmCall, LlmMetrics, Usage};
    ///
    /// enum Item {
    ///     Role,
    ///     Text(&'static str),
    ///     Used { input: u64, output: u64 },
    /// }
    ///
    /// let answer = stream::iter([
    ///     Item::Role,
    ///     Item::Text("Scattering."),
    ///     Item::Used { input: 12, output: 3 },
    /// ]);
    /// let seen = typed_metrics::testing::capture_async(async {
    ///     let answer = LlmCall::start("gpt-5").stream(answer, |item| match item {
    ///         Item::Text(_) => Chunk::content(),
    ///         Item::Used { input, output } => Chunk::other().usage(Usage::new(*input, *output)),
    ///         Item::Role => Chunk::other(),
    ///     });
    ///     answer.count().await // or any other use of a stream
    /// })
    /// .await;
    ///
    /// assert_eq!(seen.returned, 3);
    /// let (model, prompt) = ("gpt-5", None);
    /// assert_eq!(seen.histogram(LlmMetrics::InputTokens { model, prompt }).sum, 12.0);
    /// assert_eq!(seen.histogram(LlmMetrics::TimeToFirstToken { model, prompt }).count, 1);
    /// # }
    /// ```
    pub fn stream<S, F>(self, stream: S, look: F) -> LlmStream<'a, S, F>
    where
        S: Stream,
        F: FnMut(&S::Item) -> Chunk,
    {
        LlmStream { stream, look, call: Some(self), needs_last: false, is_done: false }
    }
}

impl<S, F> LlmStream<'_, S, F> {
    /// Requires an item that marks the answer as complete ([`Chunk::last`]). A stream that ends
    /// without this item counts as [truncated](error_type::TRUNCATED).
    ///
    /// Use this method if the provider always sends the item: many clients report a connection that
    /// breaks between two events as the end of the stream.
    pub fn needs_last(mut self) -> Self {
        self.needs_last = true;
        self
    }
}

impl<S, F> Stream for LlmStream<'_, S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> Chunk,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.is_done {
            return Poll::Ready(None);
        }
        let item = ready!(this.stream.poll_next(context));
        let Some(item) = item else {
            *this.is_done = true;
            if let Some(call) = this.call.take() {
                if *this.needs_last && !call.is_whole() {
                    call.fail(error_type::TRUNCATED);
                } else {
                    call.finish(Usage::unknown());
                }
            }
            return Poll::Ready(None);
        };
        if let Some(call) = this.call {
            let chunk = (this.look)(&item);
            match chunk.error_type {
                None => call.took(&chunk),
                Some(error_type) => {
                    call.used(chunk.usage);
                    if let Some(call) = this.call.take() {
                        call.fail(error_type);
                    }
                }
            }
        }
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_done { (0, Some(0)) } else { self.stream.size_hint() }
    }
}

impl<S, F> FusedStream for LlmStream<'_, S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> Chunk,
{
    fn is_terminated(&self) -> bool {
        self.is_done
    }
}

impl<S, F> fmt::Debug for LlmStream<'_, S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmStream").field("call", &self.call).finish_non_exhaustive()
    }
}
