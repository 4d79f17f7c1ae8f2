//! A single-writer sum with a tag: `[tag, value]`.
//!
//! The tag says for which tenancy of the run the value was counted. The owner starts over when the
//! tag it should write under is another; a reader skips a run whose tag is not the one it looks
//! for. So a series is removed without anyone writing into another thread's cells.

use crate::number::Number;
use crate::sync::{AtomicU64, Ordering::{Acquire, Relaxed, Release}, fence};

/// Cells in a run.
pub(crate) const WIDTH: usize = 2;

const TAG: usize = 0;
const VALUE: usize = 1;

/// Adds `n` if the run's tag is `tag`. For the owner only.
#[inline(always)]
pub(crate) fn add<N: Number>(run: &[AtomicU64; WIDTH], tag: u64, n: N) -> bool {
    // Relaxed: both cells were written by this thread, or by one that handed the shard over
    // under a lock.
    if run[TAG].load(Relaxed) != tag {
        return false;
    }
    let value = N::from_bits(run[VALUE].load(Relaxed)).plus(n);
    run[VALUE].store(value.to_bits(), Relaxed);
    true
}

/// Starts the run over under `tag`, at zero. For the owner only.
#[cold]
pub(crate) fn restart(run: &[AtomicU64; WIDTH], tag: u64) {
    // Pairs with the acquire fence with which a reader ends: if it saw one of the values below, it
    // also sees that the series' state had moved on, whichever tag it saw.
    fence(Release);
    run[VALUE].store(0, Relaxed);
    // Release pairs with the reader's acquire load: whoever sees the new tag sees the zero.
    run[TAG].store(tag, Release);
}

/// The value, if it was counted under a tag that `valid` accepts; an acquire fence must follow before
/// the reader looks whether that tag is still the right one.
pub(crate) fn read(run: &[AtomicU64; WIDTH], valid: impl Fn(u64) -> bool) -> Option<u64> {
    // Acquire: see `restart`.
    valid(run[TAG].load(Acquire)).then(|| run[VALUE].load(Relaxed))
}
