//! The gate of a block: it lets the writers of current tenancies in and counts the writers inside.

use crate::sync::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Release},
    yield_now,
};

/// Which tenancies may write to a block, and how many writers are inside. The upper 32 bits are the
/// first tenancy that is admitted; the lower 32 bits are the number of writers.
///
/// Both are in one word. So [`admit_from`](Self::admit_from) either waits for a writer, or the
/// writer sees that it is shut out.
#[derive(Debug)]
pub(crate) struct Gate(AtomicU64);

const WRITERS: u64 = (1 << 32) - 1;

/// A writer inside a [`Gate`], until it is dropped.
#[derive(Debug)]
pub(crate) struct Writing<'a>(&'a Gate);

impl Gate {
    #[cfg(not(all(loom, test)))]
    pub(crate) const fn new(first: u32) -> Self {
        Self(AtomicU64::new((first as u64) << 32))
    }

    #[cfg(all(loom, test))]
    pub(crate) fn new(first: u32) -> Self {
        Self(AtomicU64::new(u64::from(first) << 32))
    }

    /// The first tenancy that is admitted.
    pub(crate) fn first(&self) -> u32 {
        (self.0.load(Acquire) >> 32) as u32
    }

    /// Whether writers of `tenancy` are admitted.
    pub(crate) fn admits(&self, tenancy: u32) -> bool {
        // Acquire: pairs with the release in `admit_from`. A writer that is shut out sees what was
        // done before the gate was shut.
        u64::from(tenancy) >= self.0.load(Acquire) >> 32
    }

    /// Lets a writer of `tenancy` in; `None` if it is shut out.
    #[inline]
    pub(crate) fn enter(&self, tenancy: u32) -> Option<Writing<'_>> {
        // Acquire: pairs with the release in `admit_from`. The writes of an admitted writer come
        // after what was done before `admit_from`.
        let first = self.0.fetch_add(1, Acquire) >> 32;
        let writing = Writing(self);
        (u64::from(tenancy) >= first).then_some(writing)
    }

    /// Shuts out the writers of all tenancies before `first`, and waits until the writers inside
    /// have left.
    pub(crate) fn admit_from(&self, first: u32) {
        let with_first = |gate| Some(u64::from(first) << 32 | gate & WRITERS);
        // Release: pairs with the acquire in `enter` and `admits`. A writer that is shut out sees
        // what was done before this update. The closure always returns `Some`, so the update
        // succeeds.
        let _ = self.0.fetch_update(AcqRel, Acquire, with_first);
        // Acquire: pairs with the release in `Writing::drop`. The code after this loop sees what
        // the writers wrote. A writer never waits inside the gate, so the loop ends.
        while self.0.load(Acquire) & WRITERS != 0 {
            yield_now();
        }
    }
}

impl Drop for Writing<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: pairs with the acquire load in `admit_from`, which then sees what this writer
        // wrote.
        self.0.0.fetch_sub(1, Release);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_gate_shuts_out_earlier_tenancies() {
        let gate = Gate::new(1);
        assert!(gate.admits(1) && gate.enter(1).is_some() && gate.enter(0).is_none());
        gate.admit_from(3);
        assert!(!gate.admits(2) && gate.enter(2).is_none());
        assert!(gate.admits(3) && gate.enter(3).is_some() && gate.enter(4).is_some());
    }
}
