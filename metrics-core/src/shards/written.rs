//! Which plain cells were written although they are zero: they look as if nothing had been recorded.

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
    let (word, bit) = place(index);
    // Written once only: an up-down counter comes back to zero often.
    if word.load(Relaxed) & bit == 0 {
        word.fetch_or(bit, Relaxed);
    }
    // Pairs with the fence in `is_marked`: who sees the zero that is stored next sees the mark.
    fence(Release);
}

/// Whether the cell is marked; to be asked after it was read.
pub(crate) fn is_marked(index: u32) -> bool {
    // See `mark_written`.
    fence(Acquire);
    let (word, bit) = place(index);
    word.load(Relaxed) & bit != 0
}

pub(crate) fn clear(index: u32) {
    let (word, bit) = place(index);
    // Relaxed: a mark that comes meanwhile is one of after the removal, or forgotten with it.
    word.fetch_and(!bit, Relaxed);
}

fn place(index: u32) -> (&'static AtomicU64, u64) {
    (&WRITTEN[index as usize / 64], 1 << (index % 64))
}
