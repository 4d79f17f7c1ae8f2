//! A sum in cells to which any thread adds: over the memory budget, and for threads without
//! thread-local storage.
//!
//! A sum has *lives*: removing its series ends one and begins the next, at zero. An addition
//! belongs to exactly one life, and its caller learns which. So whoever adds something that is to
//! be taken back later takes it back in the same life or not at all.
//!
//! Lives take turns in two halves. An addition announces itself in the half of the current life,
//! and looks whether that life still goes on: if not, the addition tries again in the next life.
//! Clearing begins the next life, waits for the additions that are announced in the old half, and
//! then empties the old half for the life after the next.

use crate::number::Number;
use crate::sync::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    Wait,
};

/// A sum, and whether anything was added to it.
#[derive(Debug)]
pub(crate) struct SharedSum {
    life: AtomicU64,
    halves: [Half; 2],
}

#[derive(Debug)]
struct Half {
    bits: AtomicU64,
    written: AtomicU64,
    /// The number of additions that are announced.
    writers: AtomicU64,
}

impl SharedSum {
    pub(crate) fn new() -> Self {
        let half = || Half {
            bits: AtomicU64::new(0),
            written: AtomicU64::new(0),
            writers: AtomicU64::new(0),
        };
        Self { life: AtomicU64::new(0), halves: [half(), half()] }
    }

    /// Adds `n`, and returns the life to which the addition belongs.
    pub(crate) fn add<N: Number>(&self, n: N) -> u64 {
        loop {
            // Acquire: pairs with the release in `clear`. The half of this life is empty.
            let life = self.life.load(Acquire);
            if self.add_in(life, n, || true) {
                return life;
            }
        }
    }

    /// Adds `n` if `life` goes on and `condition` then holds. Returns whether `n` was added.
    pub(crate) fn add_in<N: Number>(
        &self,
        life: u64,
        n: N,
        condition: impl FnOnce() -> bool,
    ) -> bool {
        let half = self.half(life);
        // Acquire: pairs with the update of `writers` in `clear`. Of this update and that one, the
        // later one sees the earlier one. So the load of `life` below sees that the life has ended,
        // or `clear` waits for this addition.
        half.writers.fetch_add(1, Acquire);
        let is_added = self.life.load(Acquire) == life && condition();
        if is_added {
            let plus = |bits| Some(N::from_bits(bits).plus(n).to_bits());
            // Relaxed: the sum is a single cell, and no other data depends on it. The closure
            // always returns `Some`, so the update succeeds.
            let _ = half.bits.fetch_update(Relaxed, Relaxed, plus);
            // The flag is stored once only, because every store takes the cache line away from
            // other writers. Release: pairs with the acquire load in `read`. A reader that sees the
            // flag sees a value.
            if half.written.load(Relaxed) == 0 {
                half.written.store(1, Release);
            }
        }
        // Release: pairs with the acquire in `clear`, which empties the half after this addition.
        half.writers.fetch_sub(1, Release);
        is_added
    }

    /// The life that goes on.
    pub(crate) fn life(&self) -> u64 {
        self.life.load(Acquire)
    }

    /// The sum in the current life; `None` if nothing was added. For callers that keep `clear` out,
    /// or that check afterwards whether the series was removed.
    pub(crate) fn read(&self) -> Option<u64> {
        let half = self.half(self.life.load(Acquire));
        // Acquire: pairs with the release store in `add_in`.
        (half.written.load(Acquire) != 0).then(|| half.bits.load(Relaxed))
    }

    /// Ends the current life, and returns its sum; `None` if nothing was added. One caller at a
    /// time.
    pub(crate) fn clear(&self) -> Option<u64> {
        // Release: pairs with the acquire loads of `life`. The half of the next life was emptied
        // before.
        let old = self.half(self.life.fetch_add(1, AcqRel));
        // An update and not a load: see `add_in`.
        let mut wait = Wait::new();
        loop {
            let writers = old.writers.fetch_add(0, AcqRel);
            if writers == 0 {
                break;
            }
            // Relaxed: a missing addition writes nothing more. It is in the sum or is not.
            old.writers.fetch_sub(wait.missing(writers), Relaxed);
        }
        // Relaxed: the additions are ordered before by the loop, and the next `clear` publishes the
        // zeros together with the life that uses them.
        let sum = (old.written.load(Relaxed) != 0).then(|| old.bits.load(Relaxed));
        old.bits.store(0, Relaxed);
        old.written.store(0, Relaxed);
        sum
    }

    fn half(&self, life: u64) -> &Half {
        &self.halves[usize::from(life % 2 == 1)]
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::process;

    #[test]
    fn a_sum_is_there_once_something_was_added() {
        let sum = SharedSum::new();
        assert_eq!(sum.read(), None);
        sum.add(0_u64);
        assert_eq!(sum.read(), Some(0));
        sum.add(u64::MAX);
        sum.add(3_u64);
        assert_eq!(sum.read(), Some(2));
        for life in 1..4 {
            let before = sum.read();
            assert_eq!(sum.clear(), before);
            assert_eq!((sum.life(), sum.read()), (life, None));
            assert_eq!(sum.add(-3_i64), life);
            assert!(sum.add_in(life, 1_i64, || true) && !sum.add_in(life - 1, 1_i64, || true));
            assert!(!sum.add_in(life, 1_i64, || false));
            assert_eq!(sum.read().map(i64::from_bits), Some(-2));
        }
        sum.clear();
        assert_eq!(sum.clear(), None);
        let sum = SharedSum::new();
        sum.add(0.5);
        sum.add(0.25);
        assert_eq!(sum.read().map(f64::from_bits), Some(0.75));
    }

    #[test]
    fn a_forked_process_does_not_wait_for_missing_writers() {
        let _forked = process::Pretended::begin();
        let sum = SharedSum::new();
        for life in 0..4 {
            assert_eq!(sum.add(3_u64), life);
            sum.half(life).writers.fetch_add(2, Acquire);
            assert_eq!(sum.clear(), Some(3));
        }
        assert!(sum.halves.iter().all(|half| half.writers.load(Relaxed) == 0));
    }

    #[test]
    fn neighbouring_lives_have_different_halves() {
        let sum = SharedSum::new();
        for life in 0..5 {
            assert!(!std::ptr::eq(sum.half(life), sum.half(life + 1)));
            assert!(std::ptr::eq(sum.half(life), sum.half(life + 2)));
        }
    }

    /// Threads add 1 and take it back in the same life, while another thread ends lives.
    #[test]
    fn what_is_taken_back_in_its_life_leaves_nothing() {
        let sum = SharedSum::new();
        let rounds = if cfg!(miri) { 20 } else { 20_000 };
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        let life = sum.add(1_i64);
                        sum.add_in(life, -1_i64, || true);
                    }
                });
            }
            for _ in 0..rounds {
                sum.clear();
            }
        });
        assert!(sum.read().is_none_or(|bits| bits == 0), "{sum:?}");
    }
}
