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

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn numbers_from_one_to_32_bits_are_taken() {
        assert_eq!([0, 1, MOST, MOST + 1, u64::MAX].map(takes), [false, true, true, false, false]);
    }
}
