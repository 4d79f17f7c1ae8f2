//! A sum or a gauge in one cell to which any thread writes.
//!
//! Gauges use shared cells, and so do sums over the memory budget and threads without thread-local
//! storage. A [`Gate`](super::gate::Gate) decides which writers may write.

use crate::number::Number;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// A sum or a gauge, and whether it was ever written.
#[derive(Debug)]
pub(crate) struct SharedCell {
    bits: AtomicU64,
    written: AtomicU64,
}

impl SharedCell {
    pub(crate) fn new() -> Self {
        Self { bits: AtomicU64::new(0), written: AtomicU64::new(0) }
    }

    /// Replaces the value.
    #[inline]
    pub(crate) fn set(&self, bits: u64) {
        self.bits.store(bits, Relaxed);
        self.set_written();
    }

    /// Adds to the value.
    pub(crate) fn add<N: Number>(&self, n: N) {
        let plus = |bits| Some(N::from_bits(bits).plus(n).to_bits());
        // Relaxed: the sum is a single cell, and no other data depends on it. The closure always
        // returns `Some`, so the update succeeds.
        let _ = self.bits.fetch_update(Relaxed, Relaxed, plus);
        self.set_written();
    }

    #[inline]
    fn set_written(&self) {
        // The flag is stored once only, because every store takes the cache line away from other
        // writers. Release: pairs with the acquire load in `read`. A reader that sees the flag sees
        // a value.
        if self.written.load(Relaxed) == 0 {
            self.written.store(1, Release);
        }
    }

    pub(crate) fn read(&self) -> Option<u64> {
        // Acquire: pairs with the release store in `set_written`.
        (self.written.load(Acquire) != 0).then(|| self.bits.load(Relaxed))
    }

    /// Resets a sum. A concurrent addition either counts, though perhaps only from the next
    /// addition on, or is reset too and may leave a written zero.
    pub(crate) fn clear(&self) {
        // In this order, no addition that counts is lost.
        self.bits.swap(0, Relaxed);
        self.written.store(0, Relaxed);
    }

    /// Resets a gauge. The old value stays in the cell, but is not read: a zero would be a value
    /// that nobody set. The next `set` overwrites the old value.
    pub(crate) fn unset(&self) {
        self.written.store(0, Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_sum_or_a_gauge_is_there_once_it_was_written() {
        let cell = SharedCell::new();
        assert_eq!(cell.read(), None);
        cell.add(0_u64);
        assert_eq!(cell.read(), Some(0));
        cell.add(u64::MAX);
        cell.add(3_u64);
        assert_eq!(cell.read(), Some(2));
        cell.clear();
        assert_eq!(cell.read(), None);
        cell.add(-3_i64);
        cell.add(1_i64);
        assert_eq!(cell.read().map(i64::from_bits), Some(-2));
        cell.set(0.5_f64.to_bits());
        cell.add(0.25);
        assert_eq!(cell.read().map(f64::from_bits), Some(0.75));
        cell.unset();
        assert_eq!(cell.read(), None);
        cell.set(7);
        assert_eq!(cell.read(), Some(7));
    }
}
