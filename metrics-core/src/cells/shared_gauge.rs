//! A gauge in one cell to which any thread writes.
//!
//! A [`Gate`](super::gate::Gate) decides which writers may write.
//!
//! The value and its absence are in one cell, so an operation on the value before, a `set` and a
//! removal come one after the other. A second cell tells whether the gauge was written since the
//! last collection. Only the expiry needs both cells: it voids the value first, and then finds out
//! whether a writer came meanwhile. Writers check in turn whether the expiry has voided their
//! value.

use super::adjustment::{Adjusted, Adjustment};
use crate::number::Number;
use crate::sync::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// A gauge, and whether it has a value.
#[derive(Debug)]
pub(crate) struct SharedGauge {
    bits: AtomicU64,
    state: AtomicU64,
}

/// The bits of a gauge without a value. In `f64` they are a NaN, which no gauge takes. A gauge of
/// integers has the number before in place of this one, which nobody chooses: it is 9.2 · 10^18 and
/// was drawn by lot.
const VOID: u64 = 0x7ffa_5cd1_93b6_e84f;

/// Nothing was written since the gauge was voided.
const UNSET: u64 = 0;
/// The gauge was written before the last call of [`SharedGauge::take_fresh`].
const SEEN: u64 = 1;
/// The gauge was written since.
const FRESH: u64 = 2;

impl SharedGauge {
    pub(crate) fn new() -> Self {
        Self { bits: AtomicU64::new(VOID), state: AtomicU64::new(UNSET) }
    }

    /// Replaces the value.
    #[inline]
    pub(crate) fn set<N: Number>(&self, n: N) {
        let bits = not_void::<N>(n.to_bits());
        loop {
            store_among_updates(&self.bits, bits);
            if self.note_written() {
                return;
            }
        }
    }

    /// Replaces the value by one that depends on the value before, and returns it.
    #[inline]
    pub(crate) fn adjust<N: Number>(&self, adjustment: Adjustment) -> Adjusted {
        loop {
            let mut adjusted = Adjusted { bits: VOID, is_whole: true };
            let apply = |bits| {
                adjusted = adjustment.apply::<N>(value(bits));
                Some(not_void::<N>(adjusted.bits))
            };
            // Relaxed: see `store_among_updates`. The closure always returns `Some`, so the update
            // succeeds.
            let _ = self.bits.fetch_update(Relaxed, Relaxed, apply);
            if self.note_written() {
                return adjusted;
            }
        }
    }

    /// Notes that the gauge was written. False if the expiry has voided the value before it saw the
    /// note: then the write has left nothing, and is repeated.
    #[inline]
    fn note_written(&self) -> bool {
        // The state is written only when it changes, because every write takes the cache line away
        // from other writers.
        self.state.load(Relaxed) == FRESH || self.note_first_write()
    }

    #[cold]
    fn note_first_write(&self) -> bool {
        // AcqRel: pairs with the update in `unset_if_seen`. Of the two updates, the later one sees
        // the earlier one. So the expiry sees this note, or the load below sees the void.
        self.state.swap(FRESH, AcqRel) != UNSET || self.bits.load(Relaxed) != VOID
    }

    pub(crate) fn read(&self) -> Option<u64> {
        value(self.bits.load(Relaxed))
    }

    /// Whether the gauge was written since the last call. One caller at a time.
    pub(crate) fn take_fresh(&self) -> bool {
        // Relaxed: the state is a single cell. If a writer at the same moment loads the state
        // before this change, this call is the one that has seen its value.
        self.state.compare_exchange(FRESH, SEEN, Relaxed, Relaxed).is_ok()
    }

    /// Removes the value.
    pub(crate) fn unset(&self) {
        // Release, and before the value is voided: a writer that sees this state writes again only
        // if its value was voided, which is after the removal.
        self.state.store(UNSET, Release);
        store_among_updates(&self.bits, VOID);
    }

    /// Removes the value unless the gauge was written since the last call of
    /// [`take_fresh`](Self::take_fresh). A value that is set at the same moment stays. One caller
    /// at a time.
    pub(crate) fn unset_if_seen(&self) {
        let state = self.state.load(Acquire);
        let bits = self.bits.load(Relaxed);
        if state == FRESH || self.bits.compare_exchange(bits, VOID, Relaxed, Relaxed).is_err() {
            return;
        }
        // The value that was voided may be one that was set just now, to the same number. AcqRel:
        // see `note_first_write`.
        if self.state.compare_exchange(state, UNSET, AcqRel, Acquire) == Err(FRESH) {
            // Relaxed, and the result does not matter: a value that was set since stays.
            let _ = self.bits.compare_exchange(VOID, bits, Relaxed, Relaxed);
        }
    }
}

/// Stores to a cell that other threads update.
#[inline(always)]
fn store_among_updates(cell: &AtomicU64, bits: u64) {
    // Relaxed: the value is a single cell, and no other data depends on it.
    #[cfg(not(all(loom, test)))]
    cell.store(bits, Relaxed);
    // loom does not know that the updates of a cell and a store to it have one order.
    #[cfg(all(loom, test))]
    cell.swap(bits, Relaxed);
}

fn value(bits: u64) -> Option<u64> {
    Some(bits).filter(|bits| *bits != VOID)
}

/// See [`VOID`].
#[inline(always)]
fn not_void<N: Number>(bits: u64) -> u64 {
    if !N::IS_FLOAT && bits == VOID { before_void() } else { bits }
}

/// A function, so that the compiler makes a branch of it, which costs less than a subtraction.
#[cold]
fn before_void() -> u64 {
    VOID - 1
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn a_gauge_has_a_value_from_set_to_unset() {
        let cell = SharedGauge::new();
        assert_eq!(cell.read(), None);
        cell.set(0_u64);
        assert_eq!(cell.read(), Some(0));
        cell.unset();
        assert_eq!(cell.read(), None);
        assert!(!cell.take_fresh());
        cell.set(7_u64);
        assert_eq!(cell.read(), Some(7));
    }

    #[test]
    fn a_value_that_was_set_meanwhile_is_kept() {
        let cell = SharedGauge::new();
        cell.set(1_u64);
        assert!(cell.take_fresh() && !cell.take_fresh());
        cell.set(1_u64);
        cell.unset_if_seen();
        assert_eq!(cell.read(), Some(1));
        assert!(cell.take_fresh());
        cell.unset_if_seen();
        assert_eq!(cell.read(), None);
    }

    #[test]
    fn the_number_whose_bits_mean_no_value_is_replaced_by_the_one_before() {
        let cell = SharedGauge::new();
        cell.set(VOID);
        assert_eq!(cell.read(), Some(VOID - 1));
        assert_eq!(cell.adjust::<u64>(Adjustment::Add(1)).bits, VOID);
        assert_eq!(cell.read(), Some(VOID - 1));
        assert!(f64::from_bits(VOID).is_nan());
    }

    #[test]
    fn an_amount_is_added_to_the_value_or_to_nothing() {
        let cell = SharedGauge::new();
        for _ in 0..2 {
            cell.adjust::<i64>(Adjustment::Subtract(3));
            assert_eq!(cell.read().map(i64::from_bits), Some(-3));
            assert!(cell.take_fresh());
            cell.adjust::<i64>(Adjustment::Add(10));
            assert_eq!(cell.read(), Some(7));
            cell.unset_if_seen();
            assert_eq!(cell.read(), Some(7));
            cell.unset();
            assert_eq!(cell.read(), None);
        }
    }

    #[test]
    fn threads_add_exactly() {
        let cell = SharedGauge::new();
        let each = if cfg!(miri) { 20 } else { 200_000 };
        // So that the threads run at the same time.
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..each {
                        cell.adjust::<f64>(Adjustment::Add(0.5_f64.to_bits()));
                    }
                });
            }
        });
        assert_eq!(cell.read().map(f64::from_bits), Some(f64::from(each) * 2.0));
    }

    /// Two threads add 1, while the expiry and removals void the value.
    #[test]
    fn what_is_added_before_a_removal_does_not_come_back() {
        const MUCH: u64 = 1 << 40;
        let cell = SharedGauge::new();
        let is_over = AtomicBool::new(false);
        let wait = || (0..50).for_each(|_| std::hint::spin_loop());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !is_over.load(Relaxed) {
                        cell.adjust::<u64>(Adjustment::Add(1));
                    }
                });
            }
            let found: Vec<_> = (0..if cfg!(miri) { 20 } else { 50_000 })
                .filter_map(|_| {
                    // More than both threads add, so it shows if it comes back.
                    cell.adjust::<u64>(Adjustment::Add(MUCH));
                    // The threads see it, and then are done with what they had begun.
                    wait();
                    cell.unset();
                    wait();
                    let after = cell.read();
                    cell.take_fresh();
                    cell.unset_if_seen();
                    after.filter(|after| *after >= MUCH)
                })
                .collect();
            is_over.store(true, Relaxed);
            assert_eq!(found, [], "came back");
        });
        cell.unset();
        cell.adjust::<u64>(Adjustment::Add(1));
        assert_eq!(cell.read(), Some(1));
    }
}
