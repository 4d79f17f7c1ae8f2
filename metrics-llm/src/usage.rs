//! Tokens that a call used.

/// Tokens that a call used, as the provider counted them. A number that the provider did not report
/// is unknown.
///
/// ```
/// use typed_metrics_llm::Usage;
///
/// assert_eq!(Usage::new(1200, 80), Usage::unknown().input(1200).output(80));
/// assert_eq!(Usage::from(None::<Usage>), Usage::unknown());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct Usage {
    pub(crate) input: Option<u64>,
    pub(crate) output: Option<u64>,
}

impl Usage {
    /// Both numbers are known.
    pub const fn new(input: u64, output: u64) -> Self {
        Self { input: Some(input), output: Some(output) }
    }

    /// Neither number is known.
    pub const fn unknown() -> Self {
        Self { input: None, output: None }
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

    /// Combines this count with a newer one: providers report new counts while they stream.
    pub(crate) fn then(self, later: Self) -> Self {
        Self { input: later.input.or(self.input), output: later.output.or(self.output) }
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
        let begun = Usage::new(25, 1);
        assert_eq!(begun.then(Usage::unknown().output(15)), Usage::new(25, 15));
        assert_eq!(begun.then(Usage::unknown()), begun);
        assert_eq!(Usage::unknown().then(begun), begun);
    }
}
