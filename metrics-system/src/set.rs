//! The sets of metrics.

/// A set of metrics to [install](crate::install).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// The six metrics that Logfire's Python SDK calls basic, with one series each.
    Basic,
    /// All metrics that the platform provides, including the basic ones.
    Full,
}
