//! A single-writer sum with a tag: `[tag, value]`.
//!
//! The tag says for which tenancy of the run the value was counted. The owner starts over when the
//! tag it should write under is another; a reader skips a run whose tag is not the one it looks
//! for. So a series is removed without anyone writing into another thread's cells.

use crate::number::Number;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

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

/// Takes the run over to `tag`, from zero unless `keep`. For the owner only.
#[cold]
pub(crate) fn restart(run: &[AtomicU64; WIDTH], tag: u64, keep: bool) {
    // Pairs with the acquire fence with which a reader ends: if it saw one of the values below, it
    // also sees that the series' state had moved on, whichever tag it saw.
    fence(Release);
    if !keep {
        run[VALUE].store(0, Relaxed);
    }
    // Release pairs with the reader's acquire load: whoever sees the new tag sees the zero.
    run[TAG].store(tag, Release);
}

/// The tag of a run. For the owner only.
pub(crate) fn tag(run: &[AtomicU64; WIDTH]) -> u64 {
    run[TAG].load(Relaxed)
}

/// The value, if it was counted under a tag that `valid` accepts; an acquire fence must follow before
/// the reader looks whether that tag is still the right one.
pub(crate) fn read(run: &[AtomicU64; WIDTH], valid: impl Fn(u64) -> bool) -> Option<u64> {
    // Acquire: see `restart`.
    valid(run[TAG].load(Acquire)).then(|| run[VALUE].load(Relaxed))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn holds<N: Number + std::fmt::Debug + PartialEq>(steps: &[(N, N)]) {
        let run = [const { AtomicU64::new(0) }; WIDTH];
        assert!(!add(&run, 1, N::ONE), "never written");
        assert_eq!(read(&run, |tag| tag == 1), None);
        restart(&run, 1, false);
        assert_eq!(read(&run, |tag| tag == 1).map(N::from_bits), Some(N::ZERO));
        for (n, sum) in steps {
            assert!(add(&run, 1, *n));
            assert_eq!(read(&run, |tag| tag == 1).map(N::from_bits), Some(*sum));
        }
        assert!(!add(&run, 2, N::ONE));
        assert_eq!(read(&run, |tag| tag == 2), None);
        restart(&run, 2, false);
        assert!(add(&run, 2, N::ONE));
        assert_eq!(read(&run, |tag| tag == 2).map(N::from_bits), Some(N::ONE));
        assert_eq!(read(&run, |tag| tag == 1), None);
        restart(&run, 3, true);
        assert!(add(&run, 3, N::ONE));
        assert_eq!(read(&run, |tag| tag == 3).map(N::from_bits), Some(N::ONE.plus(N::ONE)));
    }

    #[test]
    fn sums_of_every_type_start_over_under_a_new_tag() {
        holds(&[(3_u64, 3), (0, 3), (u64::MAX, 2)]);
        holds(&[(-3_i64, -3), (5, 2), (-2, 0), (i64::MIN, i64::MIN), (-1, i64::MAX)]);
        holds(&[(0.5, 0.5), (-0.5, 0.0), (1e300, 1e300)]);
    }
}
