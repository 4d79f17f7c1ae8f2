//! Detects when an answer is complete.

use std::time::Duration;

/// The choices of an answer that have ended, by index: one request can ask for several choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Choices(u128);

impl Choices {
    /// As many choices as a request can ask for.
    pub(crate) const ALL: Self = Self(u128::MAX);

    #[cfg(feature = "async-openai")]
    pub(crate) fn one(index: u32) -> Self {
        Self(1 << index.min(127))
    }

    #[cfg(feature = "async-openai")]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Whether an answer is complete, and the time until then.
#[derive(Debug)]
pub(crate) struct Whole {
    wanted: u32,
    ended: Choices,
    after: Option<Duration>,
}

impl Whole {
    /// An answer with `wanted` choices.
    pub(crate) fn of(wanted: u8) -> Self {
        Self { wanted: u32::from(wanted.clamp(1, 128)), ended: Choices::default(), after: None }
    }

    /// An item arrived, and ended these choices. Items after the end of the last choice, such as
    /// the usage, are part of the answer. Time that the reader spends after them is not.
    pub(crate) fn took(&mut self, ended: Choices, after: Duration) {
        self.ended.0 |= ended.0;
        if self.ended.0.count_ones() >= self.wanted {
            self.after = Some(after);
        }
    }

    /// The time until the last item of a complete answer; `None` if the answer is not complete.
    pub(crate) fn after(&self) -> Option<Duration> {
        self.after
    }
}

#[cfg(all(test, feature = "async-openai"))]
mod tests {
    use super::*;

    const EARLY: Duration = Duration::from_secs(1);
    const LATE: Duration = Duration::from_secs(2);

    #[test]
    fn an_answer_is_whole_with_the_last_of_its_choices() {
        let mut whole = Whole::of(2);
        whole.took(Choices::one(1), EARLY);
        whole.took(Choices::one(1), EARLY);
        assert_eq!(whole.after(), None);
        whole.took(Choices::one(0), LATE);
        assert_eq!(whole.after(), Some(LATE));
    }

    #[test]
    fn no_number_of_choices_is_too_small_or_too_large() {
        let mut none = Whole::of(0);
        none.took(Choices::default(), EARLY);
        assert_eq!(none.after(), None);
        none.took(Choices::one(u32::MAX), EARLY);
        assert_eq!(none.after(), Some(EARLY));

        let mut many = Whole::of(u8::MAX);
        many.took((0..128).fold(Choices::default(), |all, i| all.and(Choices::one(i))), LATE);
        assert_eq!(many.after(), Some(LATE));
    }
}
