//! A measurement on its way into cells, and the contents that a reader found in cells.

use super::adjustment::Adjustment;
use super::totals::Totals;

/// A measurement on its way into the cells. Values of sums and gauges are bits of the metric's
/// value type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Add(u64),
    Set(u64),
    /// Changes a gauge relative to its value.
    Adjust(Adjustment),
    /// Records a value `count` times.
    Record {
        value: f64,
        count: u64,
    },
}

/// The contents of a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// A sum or a gauge, as bits of the metric's value type.
    Number(u64),
    Histogram(Totals),
}
