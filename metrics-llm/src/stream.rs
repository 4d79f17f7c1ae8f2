//! A streamed answer that records itself.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::call::LlmCall;
use crate::error_type;
use crate::usage::Usage;
use crate::whole::Choices;

/// The facts about an item of a stream that the metrics need.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Chunk {
    pub(crate) has_content: bool,
    pub(crate) ended: Choices,
    pub(crate) usage: Usage,
    pub(crate) error_type: Option<Cow<'static, str>>,
}

impl Chunk {
    /// A part of the answer: text, reasoning or a tool call. The first such item is the first
    /// token.
    pub fn content() -> Self {
        Self { has_content: true, ..Self::default() }
    }

    /// Any other item: a role, a ping or a summary.
    pub fn other() -> Self {
        Self::default()
    }

    /// The call failed. Later items are not examined.
    pub fn error(error_type: impl Into<Cow<'static, str>>) -> Self {
        Self { error_type: Some(error_type.into()), ..Self::default() }
    }

    /// The item reports the numbers of tokens so far. A number that the item leaves unknown keeps
    /// the value of an earlier item.
    pub fn usage(mut self, usage: impl Into<Usage>) -> Self {
        self.usage = usage.into();
        self
    }

    /// The item marks the answer as complete. A later drop of the stream does not cancel the call.
    /// The measured time ends with the last item that arrived, and not with the next poll. If an
    /// answer has several choices, mark the item that ends the last choice.
    pub fn last(mut self) -> Self {
        self.ended = Choices::ALL;
        self
    }

    /// The item marks these choices of the answer as complete.
    #[cfg(feature = "async-openai")]
    pub(crate) fn ended(mut self, choices: Choices) -> Self {
        self.ended = choices;
        self
    }
}

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

impl<'a, S, F> LlmStream<'a, S, F> {
    pub(crate) fn new(call: LlmCall<'a>, stream: S, look: F) -> Self {
        Self { stream, look, call: Some(call), needs_last: false, is_done: false }
    }

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
