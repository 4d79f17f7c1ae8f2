//! A source of metrics.

use std::error::Error;

use crate::set::Set;

/// The reason why a source cannot be read.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// Metrics that are read together. A source is kept until the end of the program, because its
/// counters continue when they are installed again.
pub(crate) trait Source: Send {
    /// The metrics of `set` that this source provides.
    fn metrics(&self, set: Set) -> &'static [&'static str];

    /// Reads, and records the metrics of `set`.
    fn record(&mut self, set: Set) -> Result<(), Cause>;

    /// Removes gauges and up-down counters, whose values hold only while they are read.
    fn hide(&mut self);
}
