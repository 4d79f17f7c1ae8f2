//! Which metrics.

/// A set of metrics to [install](crate::install).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// The six that Logfire's Python SDK calls basic, one series each.
    Basic,
    /// All that the platform gives, the basic ones too.
    Full,
}
