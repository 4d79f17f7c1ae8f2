//! Marks for plain cells that were written and are zero. Without a mark, a plain cell that is zero
//! looks unrecorded.

use super::shard::{SEGMENT, SEGMENTS};
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

static WRITTEN: [AtomicU64; SEGMENT * SEGMENTS / 64] =
    [const { AtomicU64::new(0) }; SEGMENT * SEGMENTS / 64];

#[inline(never)]
pub(crate) fn mark_written(index: u32) {
    let (word, bit) = word_and_bit(index);
    // The bit is written once only, because an up-down counter returns to zero often.
    if word.load(Relaxed) & bit == 0 {
        word.fetch_or(bit, Relaxed);
    }
    // Release fence: pairs with the acquire fence in `is_marked`. A reader that sees the zero that
    // the caller stores next also sees the mark.
    fence(Release);
}

/// Whether the cell is marked. Call this after reading the cell.
pub(crate) fn is_marked(index: u32) -> bool {
    // Acquire fence: pairs with the release fence in `mark_written`.
    fence(Acquire);
    let (word, bit) = word_and_bit(index);
    word.load(Relaxed) & bit != 0
}

pub(crate) fn clear(index: u32) {
    let (word, bit) = word_and_bit(index);
    // Relaxed: a concurrent mark either belongs to a measurement after the removal, or is cleared
    // together with the measurement that set it.
    word.fetch_and(!bit, Relaxed);
}

fn word_and_bit(index: u32) -> (&'static AtomicU64, u64) {
    (&WRITTEN[index as usize / 64], 1 << (index % 64))
}
