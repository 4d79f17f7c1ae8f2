//! Random numbers that cost little and keep no secret.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::labels::hash::Seeded;

/// The next state, and the random number that belongs to it, by the algorithm `SplitMix64` (Steele,
/// Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(crate) fn next(state: u64) -> (u64, u64) {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (state, mixed ^ (mixed >> 31))
}

/// The number above 0 and up to 1 that a random number stands for.
pub(crate) fn fraction(number: u64) -> f64 {
    const BITS: u32 = 53;
    ((number >> (64 - BITS)) + 1) as f64 / (1_u64 << BITS) as f64
}

/// A first state for the random numbers of a thread, which is not 0. The state depends on the
/// number of the thread and not on an address, because a new thread often gets the memory of an
/// ended one.
pub(crate) fn seed() -> u64 {
    static THREADS: AtomicU64 = AtomicU64::new(0);
    // Relaxed: only the number has to be unique.
    Seeded.hash_one(THREADS.fetch_add(1, Relaxed)) | 1
}
