//! The gate of a block: it lets the writers with current stamps in and counts the writers inside.

use crate::sync::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    Wait,
};

/// Which writers may write to a block, by the stamp of the block when they found it, and how many
/// of them are inside.
#[derive(Debug)]
pub(crate) struct Gate {
    /// The first stamp that is admitted.
    first: AtomicU64,
    writers: AtomicU64,
}

/// A writer inside a [`Gate`], until it is dropped.
#[derive(Debug)]
pub(crate) struct Writing<'a>(&'a Gate);

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
    pub(crate) fn admits(&self, stamp: u64) -> bool {
        // Acquire: pairs with the release in `admit_from`. A writer that is shut out sees what was
        // done before the gate was shut.
        stamp >= self.first.load(Acquire)
    }

    /// Lets a writer with `stamp` in; `None` if the writer is shut out.
    #[inline]
    pub(crate) fn enter(&self, stamp: u64) -> Option<Writing<'_>> {
        // Acquire: pairs with the update in `admit_from`. Of this update and that one, the later
        // one sees the earlier one. So the load of `first` below sees the new stamp, or
        // `admit_from` sees this writer.
        self.writers.fetch_add(1, Acquire);
        let writing = Writing(self);
        self.admits(stamp).then_some(writing)
    }

    /// Shuts out the writers with stamps before `first`, and waits until the writers inside have
    /// left.
    pub(crate) fn admit_from(&self, first: u64) {
        // Release: pairs with the acquire in `admits`.
        self.first.store(first, Release);
        // An update and not a load: see `enter`. Acquire: also pairs with the release in
        // `Writing::drop`. The code after this loop sees what the writers wrote.
        let mut wait = Wait::new();
        loop {
            let writers = self.writers.fetch_add(0, AcqRel);
            if writers == 0 {
                break;
            }
            // Relaxed: a missing writer writes nothing more.
            self.writers.fetch_sub(wait.missing(writers), Relaxed);
        }
    }
}

impl Drop for Writing<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: pairs with the acquire in `admit_from`, which then sees what this writer wrote.
        self.0.writers.fetch_sub(1, Release);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::process;

    #[test]
    fn a_gate_shuts_out_earlier_stamps() {
        let gate = Gate::new(1);
        assert!(gate.admits(1) && gate.enter(1).is_some() && gate.enter(0).is_none());
        gate.admit_from(3);
        assert!(!gate.admits(2) && gate.enter(2).is_none());
        assert!(gate.admits(3) && gate.enter(3).is_some() && gate.enter(4).is_some());
        gate.admit_from(1 << 40);
        assert!(!gate.admits(u64::from(u32::MAX)) && gate.enter(1 << 40).is_some());
    }

    #[test]
    fn a_forked_process_does_not_wait_for_missing_writers() {
        let _forked = process::Pretended::begin();
        let gate = Gate::new(1);
        for stamp in 1..4 {
            std::mem::forget(gate.enter(stamp));
            std::mem::forget(gate.enter(stamp));
            gate.admit_from(stamp + 1);
            assert_eq!(gate.writers.load(Relaxed), 0);
        }
    }
}
