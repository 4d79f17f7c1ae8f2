//! The losses of batches, which a flush returns as an error.

/// How often batches were lost, and the reason of the last loss.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    number: u64,
    last: String,
}

impl Losses {
    /// The number of losses so far.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Notes that batches were lost for this reason.
    pub(crate) fn note(&mut self, reason: String) {
        self.number += 1;
        self.last = reason;
    }

    /// The reason of the last loss, if there were losses after the first `number` ones.
    pub(crate) fn since(&self, number: u64) -> Option<&str> {
        (self.number > number).then_some(&*self.last)
    }
}
