//! The label of a worker.

/// The label of the worker with this index.
pub(super) fn label_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
