//! A gauge in one cell to which any thread writes.
//!
//! A [`Gate`](super::gate::Gate) decides which writers may write.

use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// A gauge, and whether it has a value.
#[derive(Debug)]
pub(crate) struct SharedGauge {
    bits: AtomicU64,
    state: AtomicU64,
}

/// There is no value.
const UNSET: u64 = 0;
/// The value was set before the last call of [`SharedGauge::take_fresh`].
const SEEN: u64 = 1;
/// The value was set since.
const FRESH: u64 = 2;

impl SharedGauge {
    pub(crate) fn new() -> Self {
        Self { bits: AtomicU64::new(0), state: AtomicU64::new(UNSET) }
    }

    /// Replaces the value.
    #[inline]
    pub(crate) fn set(&self, bits: u64) {
        self.bits.store(bits, Relaxed);
        // The state is stored only when it changes, because every store takes the cache line away
        // from other writers. Release: pairs with the acquire load in `read`. A reader that sees
        // the state sees a value.
        if self.state.load(Relaxed) != FRESH {
            self.state.store(FRESH, Release);
        }
    }

    pub(crate) fn read(&self) -> Option<u64> {
        // Acquire: pairs with the release store in `set`.
        (self.state.load(Acquire) != UNSET).then(|| self.bits.load(Relaxed))
    }

    /// Whether the value was set since the last call. One caller at a time.
    pub(crate) fn take_fresh(&self) -> bool {
        // Relaxed: the state is a single cell. If a writer at the same moment loads the state
        // before this change, this call is the one that has seen its value.
        self.state.compare_exchange(FRESH, SEEN, Relaxed, Relaxed).is_ok()
    }

    /// Removes the value. The old value stays in the cell, but is not read: a zero would be a value
    /// that nobody set. The next `set` overwrites the old value.
    pub(crate) fn unset(&self) {
        self.state.store(UNSET, Relaxed);
    }

    /// Removes the value unless it was set since the last call of
    /// [`take_fresh`](Self::take_fresh). A writer at the same moment sets the state again.
    pub(crate) fn unset_if_seen(&self) {
        // Relaxed, and the result does not matter: a fresh value stays.
        let _ = self.state.compare_exchange(SEEN, UNSET, Relaxed, Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_has_a_value_from_set_to_unset() {
        let cell = SharedGauge::new();
        assert_eq!(cell.read(), None);
        cell.set(0);
        assert_eq!(cell.read(), Some(0));
        cell.unset();
        assert_eq!(cell.read(), None);
        assert!(!cell.take_fresh());
        cell.set(7);
        assert_eq!(cell.read(), Some(7));
    }

    #[test]
    fn a_value_that_was_set_meanwhile_is_kept() {
        let cell = SharedGauge::new();
        cell.set(1);
        assert!(cell.take_fresh() && !cell.take_fresh());
        cell.set(1);
        cell.unset_if_seen();
        assert_eq!(cell.read(), Some(1));
        assert!(cell.take_fresh());
        cell.unset_if_seen();
        assert_eq!(cell.read(), None);
    }
}
