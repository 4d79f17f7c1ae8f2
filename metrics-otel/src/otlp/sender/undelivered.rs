//! What a flush could not deliver.

use std::fmt;

use crate::otlp::spool::Amount;

/// What could not be sent by the end of a flush.
#[derive(Debug)]
pub(in crate::otlp) struct Undelivered {
    pub(super) endpoint: String,
    pub(super) reason: String,
    /// What waits in memory.
    pub(super) volatile: Amount,
    /// What waits in the folder, and which that is.
    pub(super) kept: Option<(Amount, String)>,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, reason, volatile, kept } = self;
        write!(f, "{endpoint}: {reason}")?;
        if let Some((amount, folder)) = kept {
            write!(f, "; {amount} wait in `{folder}` for the next start")?;
        }
        if volatile.batches > 0 {
            write!(f, "; {volatile} wait in memory, and are lost if the program ends")?;
        }
        Ok(())
    }
}

impl std::error::Error for Undelivered {}
