//! The identity of a series.

use super::descriptor::Descriptor;

/// Identifies a series among all series of the process. A removed series gets a new id when it
/// comes back.
///
/// Use it as a key to keep the last value of each series, for example to compute differences. If
/// several definitions make up one metric, the id depends on the labels only. It then stays the
/// same at least while one of the definitions has a series with these labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// Tests make snapshots of their own.
#[cfg_attr(test, derive(Default))]
pub struct SeriesId {
    pub(crate) block: usize,
    pub(crate) position: usize,
    pub(crate) life: u64,
}

impl SeriesId {
    /// The id of the series for one of `count` states. The stored series itself is not shown, so no
    /// two ids are equal.
    pub(crate) fn in_state(self, state: usize, count: usize) -> Self {
        Self { position: self.position * count + state, ..self }
    }

    /// The id of the series under the old name of its metric. A life has 63 bits.
    pub(crate) fn under_old_name(self) -> Self {
        Self { life: self.life | 1 << 63, ..self }
    }

    /// The id of a series of a metric with several definitions, by the number of its labels.
    /// `first` is the descriptor of the first definition.
    pub(crate) fn joined(first: &'static Descriptor, number: usize) -> Self {
        Self { block: std::ptr::from_ref(first).addr(), position: number, life: 0 }
    }
}
