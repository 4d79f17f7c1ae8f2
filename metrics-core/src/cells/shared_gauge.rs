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
    is_set: AtomicU64,
}

impl SharedGauge {
    pub(crate) fn new() -> Self {
        Self { bits: AtomicU64::new(0), is_set: AtomicU64::new(0) }
    }

    /// Replaces the value.
    #[inline]
    pub(crate) fn set(&self, bits: u64) {
        self.bits.store(bits, Relaxed);
        // The flag is stored once only, because every store takes the cache line away from other
        // writers. Release: pairs with the acquire load in `read`. A reader that sees the flag sees
        // a value.
        if self.is_set.load(Relaxed) == 0 {
            self.is_set.store(1, Release);
        }
    }

    pub(crate) fn read(&self) -> Option<u64> {
        // Acquire: pairs with the release store in `set`.
        (self.is_set.load(Acquire) != 0).then(|| self.bits.load(Relaxed))
    }

    /// Removes the value. The old value stays in the cell, but is not read: a zero would be a value
    /// that nobody set. The next `set` overwrites the old value.
    pub(crate) fn unset(&self) {
        self.is_set.store(0, Relaxed);
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
        cell.set(7);
        assert_eq!(cell.read(), Some(7));
    }
}
