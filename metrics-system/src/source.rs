//! What is read in one go, and what it gives.

use std::error::Error;

use crate::Set;

/// What could not be read, and why.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// One reading. Sources are kept to the end of the program, for counters go on where they stopped.
pub(crate) trait Source: Send {
    /// The metrics of `set` that it gives.
    fn metrics(&self, set: Set) -> &'static [&'static str];

    /// Reads, and records what belongs to `set`.
    fn record(&mut self, set: Set) -> Result<(), Cause>;

    /// Takes away the values that hold only as long as they are read: gauges and up-down counters.
    fn hide(&mut self);
}
