//! A streamed answer that records itself.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::call::LlmCall;
use crate::chunk::Chunk;
use crate::error_type;
use crate::usage::Usage;

/// The most items that are read after the end of an answer to find the usage.
const MOST_LATE_ITEMS: usize = 16;

pin_project! {
    /// A streamed answer that records itself; see [`LlmCall::stream`].
    ///
    /// The stream passes on every item unchanged. The call ends at the end of the stream, at the
    /// first item that is an [error](Chunk::error), or when the stream is dropped.
    ///
    /// Many programs stop reading at the item that marks the answer as complete, but many servers
    /// report the tokens in the item after it. So the stream asks for one more item if the tokens
    /// are still unknown then, and keeps this item for the reader. If the item has not arrived, the
    /// call lacks the tokens, and the counter `llm_missing` counts it.
    #[must_use = "streams do nothing unless they are polled"]
    pub struct LlmStream<'a, S, F>
    where
        S: Stream,
        F: FnMut(&S::Item) -> Chunk,
    {
        #[pin]
        stream: S,
        look: F,
        // `None` after the end of the call.
        call: Option<LlmCall<'a>>,
        // An item that arrived, and that the reader has not asked for yet.
        ahead: Option<Ahead<S::Item>>,
        needs_last: bool,
        // Whether the first poll sends the request.
        starts_at_first_poll: bool,
        // Whether the stream can be polled while it is dropped.
        drains: bool,
        is_done: bool,
    }

    impl<S, F> PinnedDrop for LlmStream<'_, S, F>
    where
        S: Stream,
        F: FnMut(&S::Item) -> Chunk,
    {
        fn drop(this: Pin<&mut Self>) {
            this.drain();
        }
    }
}

/// An item that was read before the reader asked for it, with its error if it is one.
enum Ahead<I> {
    Item(I, Option<Chunk>),
    End,
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
        LlmStream {
            stream,
            look,
            call: Some(self),
            ahead: None,
            needs_last: false,
            starts_at_first_poll: false,
            drains: false,
            is_done: false,
        }
    }
}

impl<S, F> LlmStream<'_, S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> Chunk,
{
    /// Requires an item that marks the answer as complete ([`Chunk::last`]). A stream that ends
    /// without this item counts as [truncated](error_type::TRUNCATED).
    ///
    /// Use this method if the provider always sends the item: many clients report a connection that
    /// breaks between two events as the end of the stream.
    pub fn needs_last(mut self) -> Self {
        self.needs_last = true;
        self
    }

    /// The first poll of the stream sends the request, so the call begins there.
    #[cfg(feature = "genai")]
    pub(crate) fn starts_at_first_poll(mut self) -> Self {
        self.starts_at_first_poll = true;
        self
    }

    /// The stream is a queue, so it can be polled while it is dropped, outside of any runtime too.
    /// If the answer is complete and the tokens are unknown by then, the queue may have them.
    #[cfg(feature = "async-openai")]
    pub(crate) fn drains(mut self) -> Self {
        self.drains = true;
        self
    }

    /// Asks for the item after the end of an answer, if it may report the tokens.
    fn look_ahead(self: Pin<&mut Self>, context: &mut Context<'_>) {
        let this = self.project();
        let Some(call) = this.call.as_mut().filter(|call| call.lacks_usage()) else { return };
        let Poll::Ready(item) = this.stream.poll_next(context) else { return };
        *this.ahead = Some(match item {
            None => Ahead::End,
            Some(item) => {
                let chunk = (this.look)(&item);
                let error = if chunk.error_type.is_some() {
                    // The reader has not seen the error yet, and may never see it.
                    Some(chunk)
                } else {
                    call.took(&chunk);
                    None
                };
                Ahead::Item(item, error)
            }
        });
    }

    /// Reads what has arrived of a complete answer, for the tokens.
    fn drain(self: Pin<&mut Self>) {
        let mut this = self.project();
        let is_quiet = *this.drains && this.ahead.is_none() && !std::thread::panicking();
        let Some(call) = this.call.as_mut().filter(|_| is_quiet) else { return };
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..MOST_LATE_ITEMS {
            if !call.lacks_usage() {
                return;
            }
            match this.stream.as_mut().poll_next(&mut context) {
                Poll::Ready(Some(item)) => call.used((this.look)(&item).usage),
                Poll::Ready(None) | Poll::Pending => return,
            }
        }
    }
}

impl<S, F> Stream for LlmStream<'_, S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> Chunk,
{
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.as_mut().project();
        if *this.is_done {
            return Poll::Ready(None);
        }
        if std::mem::take(this.starts_at_first_poll) {
            this.call.iter_mut().for_each(LlmCall::restart);
        }
        let (item, chunk) = match this.ahead.take() {
            Some(Ahead::Item(item, error)) => (item, error),
            Some(Ahead::End) => {
                self.end();
                return Poll::Ready(None);
            }
            None => match ready!(this.stream.as_mut().poll_next(context)) {
                Some(item) => {
                    let chunk = this.call.is_some().then(|| (this.look)(&item));
                    (item, chunk)
                }
                None => {
                    self.end();
                    return Poll::Ready(None);
                }
            },
        };
        if let (Some(call), Some(chunk)) = (this.call.as_mut(), chunk) {
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
        self.look_ahead(context);
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let ahead = match &self.ahead {
            _ if self.is_done => return (0, Some(0)),
            Some(Ahead::End) => return (0, Some(0)),
            Some(Ahead::Item(..)) => 1,
            None => 0,
        };
        let (least, most) = self.stream.size_hint();
        (least.saturating_add(ahead), most.and_then(|most| most.checked_add(ahead)))
    }
}

impl<S, F> LlmStream<'_, S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> Chunk,
{
    /// The stream has ended.
    fn end(self: Pin<&mut Self>) {
        let this = self.project();
        *this.is_done = true;
        if let Some(call) = this.call.take() {
            if *this.needs_last && !call.is_whole() {
                call.fail(error_type::TRUNCATED);
            } else {
                call.finish(Usage::unknown());
            }
        }
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

impl<S, F> fmt::Debug for LlmStream<'_, S, F>
where
    S: Stream,
    F: FnMut(&S::Item) -> Chunk,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmStream").field("call", &self.call).finish_non_exhaustive()
    }
}
