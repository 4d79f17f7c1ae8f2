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

/// What an item of a stream is, as far as metrics go.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Chunk {
    pub(crate) has_content: bool,
    pub(crate) ended: Choices,
    pub(crate) usage: Usage,
    pub(crate) error_type: Option<Cow<'static, str>>,
}

impl Chunk {
    /// A part of the answer: text, reasoning, a tool call. The first one is the first token.
    pub fn content() -> Self {
        Self { has_content: true, ..Self::default() }
    }

    /// Anything else: a role, a ping, a summary.
    pub fn other() -> Self {
        Self::default()
    }

    /// The call failed. What comes after it is not looked at.
    pub fn error(error_type: impl Into<Cow<'static, str>>) -> Self {
        Self { error_type: Some(error_type.into()), ..Self::default() }
    }

    /// It says what the call has used so far. What it leaves open stays as an earlier item said.
    pub fn usage(mut self, usage: impl Into<Usage>) -> Self {
        self.usage = usage.into();
        self
    }

    /// It says that the answer is whole: who drops the stream after it has not cancelled the call, and the
    /// answer took until the last item that came, not until somebody looked for more. Of an answer that has
    /// several choices, it is the last one's end.
    pub fn last(mut self) -> Self {
        self.ended = Choices::ALL;
        self
    }

    /// It says that these choices of the answer are whole.
    #[cfg(feature = "async-openai")]
    pub(crate) fn ended(mut self, choices: Choices) -> Self {
        self.ended = choices;
        self
    }
}

pin_project! {
    /// A streamed answer that records itself; see [`LlmCall::stream`].
    ///
    /// It passes on every item as it is. The call ends with the stream, with the first item that is an
    /// [error](Chunk::error), or when it is dropped.
    #[must_use = "streams do nothing unless they are polled"]
    pub struct LlmStream<'a, S, F> {
        #[pin]
        stream: S,
        look: F,
        // None once the call has ended.
        call: Option<LlmCall<'a>>,
        needs_last: bool,
        is_done: bool,
    }
}

impl<'a, S, F> LlmStream<'a, S, F> {
    pub(crate) fn new(call: LlmCall<'a>, stream: S, look: F) -> Self {
        Self { stream, look, call: Some(call), needs_last: false, is_done: false }
    }

    /// For streams that always say when the answer is whole ([`Chunk::last`]): one that ends without
    /// having said so counts as [truncated](error_type::TRUNCATED).
    ///
    /// A connection that breaks between two events looks like the end to many clients.
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
