//! Tokens that a call used.

use crate::token_kind::TokenKind;

/// Tokens that a call used, as the provider counted them. A number that the provider did not report
/// is unknown.
///
/// ```
/// use typed_metrics_llm::Usage;
///
/// assert_eq!(Usage::new(1200, 80), Usage::unknown().input(1200).output(80));
/// assert_eq!(Usage::from(None::<Usage>), Usage::unknown());
/// ```
///
/// Tokens from a cache are part of the input, and tokens of reasoning are part of the output, as in
/// [OpenTelemetry's conventions][conventions]. Some providers count differently: Anthropic reports
/// the cached tokens beside `input_tokens`, and Gemini reports the thoughts beside the candidates.
/// Add their numbers up first:
///
/// ```
/// # use typed_metrics_llm::Usage;
/// let (input_tokens, cache_read_input_tokens, output_tokens) = (200, 1000, 80);
/// let input = input_tokens + cache_read_input_tokens;
/// let usage = Usage::new(input, output_tokens).cache_read(cache_read_input_tokens);
/// # assert_eq!(usage, Usage::new(1200, 80).cache_read(1000));
/// ```
///
/// [conventions]: https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/client-inference.md
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct Usage {
    pub(crate) input: Option<u64>,
    pub(crate) output: Option<u64>,
    pub(crate) cache_read: Option<u64>,
    pub(crate) cache_write: Option<u64>,
    pub(crate) reasoning: Option<u64>,
}

impl Usage {
    /// The numbers of the input and of the output are known.
    pub const fn new(input: u64, output: u64) -> Self {
        Self::unknown().input(input).output(output)
    }

    /// No number is known.
    pub const fn unknown() -> Self {
        Self { input: None, output: None, cache_read: None, cache_write: None, reasoning: None }
    }

    /// Sets the number of input tokens, tokens from a cache included.
    pub const fn input(mut self, tokens: u64) -> Self {
        self.input = Some(tokens);
        self
    }

    /// Sets the number of output tokens, tokens of reasoning included.
    pub const fn output(mut self, tokens: u64) -> Self {
        self.output = Some(tokens);
        self
    }

    /// Sets how many of the input tokens were read from a cache of the provider.
    pub const fn cache_read(mut self, tokens: u64) -> Self {
        self.cache_read = Some(tokens);
        self
    }

    /// Sets how many of the input tokens were written to a cache of the provider.
    pub const fn cache_write(mut self, tokens: u64) -> Self {
        self.cache_write = Some(tokens);
        self
    }

    /// Sets how many of the output tokens were spent on reasoning.
    pub const fn reasoning(mut self, tokens: u64) -> Self {
        self.reasoning = Some(tokens);
        self
    }

    /// Combines this count with a newer one: providers report new counts while they stream.
    pub(crate) fn then(self, later: Self) -> Self {
        Self {
            input: later.input.or(self.input),
            output: later.output.or(self.output),
            cache_read: later.cache_read.or(self.cache_read),
            cache_write: later.cache_write.or(self.cache_write),
            reasoning: later.reasoning.or(self.reasoning),
        }
    }

    /// Whether no number is known.
    pub(crate) fn is_unknown(self) -> bool {
        self == Self::unknown()
    }

    /// The known numbers of tokens by kind. The parts of a number never exceed the number: what a
    /// provider reports beyond it is cut.
    pub(crate) fn by_kind(self) -> impl Iterator<Item = (TokenKind, u64)> {
        let of = |part: Option<u64>, whole: Option<u64>| match (part, whole) {
            (Some(part), Some(whole)) => Some(part.min(whole)),
            (part, _) => part,
        };
        let less = |whole: Option<u64>, part: Option<u64>| {
            whole.map(|whole| whole.saturating_sub(part.unwrap_or(0)))
        };
        let cache_read = of(self.cache_read, self.input);
        let not_read = less(self.input, cache_read);
        let cache_write = of(self.cache_write, not_read);
        let reasoning = of(self.reasoning, self.output);
        let kinds = [
            (TokenKind::Input, less(not_read, cache_write)),
            (TokenKind::CacheRead, cache_read),
            (TokenKind::CacheWrite, cache_write),
            (TokenKind::Output, less(self.output, reasoning)),
            (TokenKind::Reasoning, reasoning),
        ];
        kinds.into_iter().filter_map(|(kind, tokens)| tokens.map(|tokens| (kind, tokens)))
    }
}

impl<U: Into<Usage>> From<Option<U>> for Usage {
    fn from(usage: Option<U>) -> Self {
        usage.map_or(Self::unknown(), Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_count_replaces_an_earlier_one_and_forgets_nothing() {
        let begun = Usage::new(25, 1).cache_read(20);
        let more = Usage::unknown().output(15).reasoning(10);
        assert_eq!(begun.then(more), Usage::new(25, 15).cache_read(20).reasoning(10));
        assert_eq!(begun.then(Usage::unknown()), begun);
        assert_eq!(Usage::unknown().then(begun), begun);
    }

    #[test]
    fn each_token_has_one_kind() {
        use TokenKind::{CacheRead, CacheWrite, Input, Output, Reasoning};
        let kinds = |usage: Usage| usage.by_kind().collect::<Vec<_>>();
        assert_eq!(kinds(Usage::new(12, 7)), [(Input, 12), (Output, 7)]);
        let detailed = Usage::new(1200, 80).cache_read(1000).cache_write(150).reasoning(60);
        let parts =
            [(Input, 50), (CacheRead, 1000), (CacheWrite, 150), (Output, 20), (Reasoning, 60)];
        assert_eq!(kinds(detailed), parts);
        assert_eq!(kinds(Usage::unknown()), []);
        assert_eq!(kinds(Usage::unknown().cache_read(5)), [(CacheRead, 5)]);
    }

    #[test]
    fn parts_beyond_the_whole_are_cut() {
        let kinds = Usage::new(10, 5).cache_read(8).cache_write(8).reasoning(9).by_kind();
        let numbers: Vec<u64> = kinds.map(|(_, tokens)| tokens).collect();
        assert_eq!(numbers, [0, 8, 2, 0, 5]);
    }
}
