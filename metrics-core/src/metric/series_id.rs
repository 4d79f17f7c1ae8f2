//! The identity of a series.

use super::descriptor::Descriptor;
use crate::labels::hash::hash_of;
use crate::labels::set::Labels;

/// Identifies a series among all series of the process. A removed series gets a new id when it
/// comes back.
///
/// Use it as a key to keep the last value of each series, for example to compute differences. If
/// several definitions make up one metric, the id depends on the labels only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// Tests make snapshots of their own.
#[cfg_attr(test, derive(Default))]
pub struct SeriesId {
    pub(crate) block: usize,
    pub(crate) position: usize,
    pub(crate) life: u64,
}

impl SeriesId {
    /// The id of a series of a metric with several definitions. It does not depend on the
    /// definition that recorded. `first` is the descriptor of the first definition.
    pub(crate) fn by_labels(first: &'static Descriptor, labels: &Labels) -> Self {
        // 64 bits distinguish more series than fit into memory. On 32-bit machines, `position` has
        // 32 bits.
        let hash = hash_of(labels);
        #[expect(clippy::cast_possible_truncation)]
        let (high, low) = ((hash >> 32) as u32, hash as usize);
        Self { block: std::ptr::from_ref(first).addr(), position: low, life: u64::from(high) }
    }
}
