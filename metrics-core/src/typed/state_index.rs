//! The position of a state among the states of a metric.

use crate::labels::part::LabelType;

/// The position of a label's value among its values.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct StateIndex(usize);

impl StateIndex {
    /// The position of `state`.
    #[must_use]
    #[inline]
    pub fn of<S: ?Sized>(label_type: LabelType<S>, state: &S) -> Self {
        Self(label_type.index_of(state))
    }

    pub(super) fn index(self) -> usize {
        self.0
    }

    /// The number that is stored for the state.
    #[inline]
    pub(super) fn number(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}
