//! An item of a streamed answer, as far as metrics go.

use std::borrow::Cow;

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
