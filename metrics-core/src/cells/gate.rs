//! The gate of a block: it lets the writers with current stamps in, and knows who is inside.
//!
//! Each thread has a *slot*, in which it announces the gate that it is inside. So writers of one
//! block write to different cache lines. A thread that is inside another gate already, or that has
//! no slot any more, is counted in the gate itself.

use crate::sync::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
    Wait, fence,
};

/// Which writers may write to a block, by the stamp of the block when they found it, and how many
/// writers without a slot are inside.
#[derive(Debug)]
pub(crate) struct Gate {
    /// The first stamp that is admitted.
    first: AtomicU64,
    writers: AtomicU64,
}

/// Where a thread announces the gate that it is inside: the address of the gate, or 0.
#[derive(Debug)]
// Two cache lines, because processors fetch lines in pairs.
#[repr(align(128))]
pub(crate) struct Slot(AtomicU64);

/// A writer inside a [`Gate`], until it is dropped.
#[derive(Debug)]
pub(crate) struct Writing<'a>(Announced<'a>);

#[derive(Debug)]
enum Announced<'a> {
    InSlot(&'a Slot),
    InGate(&'a Gate),
}

impl Slot {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Gate {
    #[cfg(not(all(loom, test)))]
    pub(crate) const fn new(first: u64) -> Self {
        Self { first: AtomicU64::new(first), writers: AtomicU64::new(0) }
    }

    #[cfg(all(loom, test))]
    pub(crate) fn new(first: u64) -> Self {
        Self { first: AtomicU64::new(first), writers: AtomicU64::new(0) }
    }

    /// The first stamp that is admitted.
    pub(crate) fn first(&self) -> u64 {
        self.first.load(Acquire)
    }

    /// Whether writers with `stamp` are admitted.
    #[inline]
    pub(crate) fn admits(&self, stamp: u64) -> bool {
        // Acquire: pairs with the release in `admit_from`. A writer that is shut out sees what was
        // done before the gate was shut.
        stamp >= self.first.load(Acquire)
    }

    /// Lets a writer with `stamp` in; `None` if the writer is shut out. `slot` is the slot of this
    /// thread.
    #[inline]
    pub(crate) fn enter<'a>(&'a self, stamp: u64, slot: Option<&'a Slot>) -> Option<Writing<'a>> {
        let writing = match slot {
            // Relaxed: only this thread stores to the slot.
            Some(slot) if slot.0.load(Relaxed) == 0 => {
                slot.0.store(self.address(), Relaxed);
                // SeqCst: pairs with the fence in `admit_from`. Of the two fences, the later one
                // sees what was stored before the earlier one. So the load of `first` below sees
                // the new stamp, or `admit_from` sees this writer.
                fence(SeqCst);
                Writing(Announced::InSlot(slot))
            }
            _ => {
                // Acquire: pairs with the update in `admit_from`, for the same reason.
                self.writers.fetch_add(1, Acquire);
                Writing(Announced::InGate(self))
            }
        };
        self.admits(stamp).then_some(writing)
    }

    /// Shuts out the writers with stamps before `first`, and waits until the writers inside have
    /// left. `slots` returns the slots of all threads, and is called after the gate is shut.
    pub(crate) fn admit_from<'s, S: IntoIterator<Item = &'s Slot>>(
        &self,
        first: u64,
        slots: impl FnOnce() -> S,
    ) {
        // Release: pairs with the acquire in `admits`.
        self.first.store(first, Release);
        // See `enter`.
        fence(SeqCst);
        for slot in slots() {
            let mut wait = Wait::new();
            // Acquire: pairs with the release in `Writing::drop`. The code after this loop sees
            // what the writers wrote.
            while slot.0.load(Acquire) == self.address() {
                if wait.missing(1) > 0 {
                    // Relaxed: a missing writer writes nothing more.
                    let _ = slot.0.compare_exchange(self.address(), 0, Relaxed, Relaxed);
                }
            }
        }
        let mut wait = Wait::new();
        loop {
            // An update and not a load: see `enter`. Acquire: see above.
            let writers = self.writers.fetch_add(0, AcqRel);
            if writers == 0 {
                break;
            }
            // Relaxed: see above.
            self.writers.fetch_sub(wait.missing(writers), Relaxed);
        }
    }

    fn address(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}

impl Drop for Writing<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: pairs with the acquire in `admit_from`, which then sees what this writer wrote.
        match self.0 {
            Announced::InSlot(slot) => slot.0.store(0, Release),
            Announced::InGate(gate) => {
                gate.writers.fetch_sub(1, Release);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::process;

    #[test]
    fn a_gate_shuts_out_earlier_stamps() {
        let gate = Gate::new(1);
        let slot = Slot::new();
        for slot in [None, Some(&slot)] {
            let first = gate.first();
            assert!(gate.admits(first) && gate.enter(first, slot).is_some());
            assert!(gate.enter(first - 1, slot).is_none());
            gate.admit_from(first + 2, Vec::new);
            assert!(!gate.admits(first + 1) && gate.enter(first + 1, slot).is_none());
            assert!(gate.enter(first + 2, slot).is_some() && gate.enter(first + 3, slot).is_some());
        }
        gate.admit_from(1 << 40, Vec::new);
        assert!(!gate.admits(u64::from(u32::MAX)) && gate.enter(1 << 40, None).is_some());
    }

    #[test]
    fn a_thread_is_inside_two_gates() {
        let (outer, inner, slot) = (Gate::new(1), Gate::new(1), Slot::new());
        let in_outer = outer.enter(1, Some(&slot)).unwrap();
        let in_inner = inner.enter(1, Some(&slot)).unwrap();
        assert_eq!(slot.0.load(Relaxed), outer.address());
        assert_eq!(inner.writers.load(Relaxed), 1);
        drop((in_outer, in_inner));
        assert_eq!((slot.0.load(Relaxed), inner.writers.load(Relaxed)), (0, 0));
    }

    #[test]
    fn a_forked_process_does_not_wait_for_missing_writers() {
        let _forked = process::Pretended::begin();
        let (gate, slot) = (Gate::new(1), Slot::new());
        for stamp in 1..4 {
            std::mem::forget(gate.enter(stamp, Some(&slot)));
            std::mem::forget(gate.enter(stamp, None));
            std::mem::forget(gate.enter(stamp, None));
            gate.admit_from(stamp + 1, || [&slot]);
            assert_eq!((gate.writers.load(Relaxed), slot.0.load(Relaxed)), (0, 0));
        }
    }
}
