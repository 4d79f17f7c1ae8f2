//! A single-writer sum without a tag: one cell, which only grows.
//!
//! A cell that is zero looks unwritten. So zero is not added to it, and neither are large numbers,
//! which could make the cell zero by wrapping. Both go to shared cells.

use crate::sync::{AtomicU64, Ordering::Relaxed};

/// The largest number that is added. A cell takes 2^32 of them before it wraps.
const MOST: u64 = u32::MAX as u64;

/// Whether a plain cell takes `n`.
#[inline(always)]
pub(crate) fn takes(n: u64) -> bool {
    n.wrapping_sub(1) < MOST
}

/// Adds `n`. For the owner only.
#[inline(always)]
pub(crate) fn add(cell: &AtomicU64, n: u64) {
    // Relaxed: this thread wrote the cell itself, or took the shard over under a lock, which orders
    // the previous owner's writes before this load.
    cell.store(cell.load(Relaxed).wrapping_add(n), Relaxed);
}

/// Adds the total of another cell, which no thread writes any more. False if this cell could then
/// become zero by wrapping. For the owner only, while readers are kept out.
pub(crate) fn absorb(cell: &AtomicU64, total: u64) -> bool {
    let sum = cell.load(Relaxed).checked_add(total).filter(|sum| total > 0 && *sum < 1 << 63);
    sum.inspect(|sum| cell.store(*sum, Relaxed)).is_some()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn totals_above_32_bits_are_absorbed() {
        let cell = AtomicU64::new(5);
        assert!(absorb(&cell, 1 << 40) && !absorb(&cell, 0) && !absorb(&cell, u64::MAX));
        assert_eq!(cell.load(Relaxed), (1 << 40) + 5);
    }

    #[test]
    fn numbers_from_one_to_32_bits_are_taken() {
        assert_eq!([0, 1, MOST, MOST + 1, u64::MAX].map(takes), [false, true, true, false, false]);
    }
}
