//! A single-writer sum with a tag: `[tag, value]`.
//!
//! The tag identifies the state of the series under which the value was counted. The owner restarts
//! a run whose tag is not the current one. A reader skips a run whose tag no longer counts. So
//! removing a series needs no write to another thread's cells.

use crate::number::Number;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

/// The number of cells in a run.
pub(crate) const WIDTH: usize = 2;

const TAG: usize = 0;
const VALUE: usize = 1;

/// Adds `n` if the run's tag is `tag`, and returns whether it did. For the owner only.
#[inline(always)]
pub(crate) fn add<N: Number>(run: &[AtomicU64; WIDTH], tag: u64, n: N) -> bool {
    // Relaxed: this thread wrote both cells itself, or took the shard over under a lock, which
    // orders the previous owner's writes before these loads.
    if run[TAG].load(Relaxed) != tag {
        return false;
    }
    let value = N::from_bits(run[VALUE].load(Relaxed)).plus_in_cell(n);
    run[VALUE].store(value.to_bits(), Relaxed);
    true
}

/// Gives the run the tag `tag`. The value restarts from zero unless `keep` is set. For the owner
/// only.
#[cold]
pub(crate) fn restart(run: &[AtomicU64; WIDTH], tag: u64, keep: bool) {
    // Release fence: pairs with the acquire fence that ends a read. A reader that saw one of the
    // values below also sees that the state of the series has moved on, whichever tag the reader
    // saw.
    fence(Release);
    if !keep {
        run[VALUE].store(0, Relaxed);
    }
    // Release: pairs with the acquire load in `read`. A reader that sees the new tag sees the zero.
    run[TAG].store(tag, Release);
}

/// The tag of a run. For the owner only.
pub(crate) fn tag(run: &[AtomicU64; WIDTH]) -> u64 {
    run[TAG].load(Relaxed)
}

/// The value, if `valid` accepts the tag under which it was counted. The caller must issue an
/// acquire fence before it checks whether the series is still in the same state.
pub(crate) fn read(run: &[AtomicU64; WIDTH], valid: impl Fn(u64) -> bool) -> Option<u64> {
    // Acquire: pairs with the release store of the tag in `restart`.
    valid(run[TAG].load(Acquire)).then(|| run[VALUE].load(Relaxed))
}

/// The tag and the value. For callers that keep the owner from restarting the run.
pub(crate) fn contents(run: &[AtomicU64; WIDTH]) -> (u64, u64) {
    // Acquire: pairs with the release store of the tag in `restart`.
    (run[TAG].load(Acquire), run[VALUE].load(Relaxed))
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
        assert_eq!(tag(&run), 3);
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
