//! The identity of a series.

use super::descriptor::Descriptor;
use crate::labels::hash::hash_of;
use crate::labels::set::Labels;

/// Tells a series from all others of the process, and from itself before it was removed.
///
/// Whoever keeps what it read last, to work out a difference, keeps it by this. Where several
/// definitions make up one metric, it stands for the labels alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// For tests that make snapshots of their own.
#[cfg_attr(test, derive(Default))]
pub struct SeriesId {
    pub(crate) block: usize,
    pub(crate) place: usize,
    pub(crate) removals: u32,
}

impl SeriesId {
    /// Of a metric that is defined several times: the same whoever recorded. `first` is the
    /// descriptor of its first definition.
    pub(crate) fn by_labels(first: &'static Descriptor, labels: &Labels) -> Self {
        // 64 bits tell as many series as fit into memory apart; `place` has fewer on 32-bit machines.
        let hash = hash_of(labels);
        #[expect(clippy::cast_possible_truncation)]
        let (high, low) = ((hash >> 32) as u32, hash as usize);
        Self { block: std::ptr::from_ref(first).addr(), place: low, removals: high }
    }
}
