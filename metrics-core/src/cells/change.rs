//! A measurement on its way into cells, and the contents of cells on their way out.

use super::totals::Totals;

/// A measurement on its way into the cells; sums and gauges as bits of the metric's value type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Add(u64),
    Set(u64),
    Record(f64),
}

/// What a series holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// A sum or a gauge, as bits of the metric's value type.
    Number(u64),
    Histogram(Totals),
}
