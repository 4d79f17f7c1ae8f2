//! An item of a streamed answer, as the metrics need it.

use std::borrow::Cow;

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
