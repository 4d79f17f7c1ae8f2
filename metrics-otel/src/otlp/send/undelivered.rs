//! The error of a flush: batches that were not delivered.

use std::fmt;

use crate::otlp::spool::amount::Amount;

/// The batches that were not delivered by the end of a flush.
#[derive(Debug)]
pub(crate) struct Undelivered {
    pub(crate) endpoint: String,
    pub(crate) reason: String,
    /// The batches in memory.
    pub(crate) volatile: Amount,
    /// Whether the batches in memory were given up, and counted as dropped.
    pub(crate) is_given_up: bool,
    /// The batches in the folder, and the folder.
    pub(crate) kept: Option<(Amount, String)>,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, reason, volatile, is_given_up, kept } = self;
        write!(f, "{endpoint}: {reason}")?;
        if let Some((amount, folder)) = kept {
            write!(f, "; {amount} wait in `{folder}` for the next start")?;
        }
        if volatile.batches > 0 && *is_given_up {
            write!(f, "; {volatile} are given up, and lost")?;
        } else if volatile.batches > 0 {
            write!(f, "; {volatile} wait in memory, and are lost if the program ends")?;
        }
        Ok(())
    }
}

impl std::error::Error for Undelivered {}
