//! The contents of void runs: what removals have read of them, and what came late.
//!
//! A removal voids the runs of a series by a new stamp and then reads them. A thread that had loaded
//! the old stamp may still write one measurement into its void run. Such a measurement is *late*: it
//! comes after the removal. The next reader that visits the series finds it, because the ledger of
//! the block notes what was read of each run, and adds it to the life that then goes on.
//!
//! Until then, the owner must not start the run over. The owner never waits: while the ledger is
//! locked, and while a run has late contents, the owner records in shared cells.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::cells::histogram::{self, Copied};
use crate::cells::sum;
use crate::locks::{LockedMutex, lock, try_lock};
use crate::sync::AtomicU64;

/// The ledger of a block.
#[derive(Debug)]
pub(crate) struct Late(Mutex<Ledger>);

/// What was read of void runs, by the address of the run.
#[derive(Debug)]
pub(crate) struct Ledger(BTreeMap<usize, Read>);

/// What was read of a run under a tag.
#[derive(Debug)]
enum Read {
    Sum { tag: u64, bits: u64 },
    Histogram(Copied),
}

impl Late {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Ledger(BTreeMap::new())))
    }

    /// The ledger. While it is locked, no owner starts a void run over.
    pub(super) fn lock(&self) -> LockedMutex<'_, Ledger> {
        lock(&self.0)
    }

    /// Starts the void run of a sum over under the tag `stamp`, unless it has late contents or the
    /// ledger is locked. For the owner.
    pub(super) fn restart_sum(&self, run: &[AtomicU64; sum::WIDTH], stamp: u64) -> bool {
        let Some(mut ledger) = try_lock(&self.0) else { return false };
        let (tag, bits) = sum::contents(run);
        let is_read = match ledger.0.get(&address(run)) {
            Some(Read::Sum { tag: of, bits: read }) => *of == tag && *read == bits,
            _ => false,
        };
        if is_read {
            ledger.0.remove(&address(run));
            // Under the lock: without its entry, the run would look unread.
            sum::restart(run, stamp, false);
        }
        is_read
    }

    /// Like [`restart_sum`](Self::restart_sum), for a histogram.
    pub(super) fn restart_histogram(&self, run: &[AtomicU64], stamp: u64) -> bool {
        let Some(mut ledger) = try_lock(&self.0) else { return false };
        let mut copied = Copied::default();
        let is_read = copied.read(run).is_none_or(|copied| match ledger.0.get(&address(run)) {
            Some(Read::Histogram(read)) => copied.is_same(read),
            _ => copied.is_empty(),
        });
        if is_read {
            ledger.0.remove(&address(run));
            histogram::restart(run, stamp);
        }
        is_read
    }
}

impl Ledger {
    /// What the run of a sum holds beyond what was read, if the run `is_void`: the sum that was read
    /// before, and the sum now.
    pub(super) fn read_sum(
        &mut self,
        run: &[AtomicU64; sum::WIDTH],
        is_void: impl Fn(u64) -> bool,
    ) -> Option<(u64, Option<u64>, u64)> {
        let (tag, now) = sum::contents(run);
        if tag == 0 || !is_void(tag) {
            return None;
        }
        match self.0.insert(address(run), Read::Sum { tag, bits: now }) {
            Some(Read::Sum { tag: of, bits }) if of == tag => {
                (bits != now).then_some((tag, Some(bits), now))
            }
            _ => Some((tag, None, now)),
        }
    }

    /// What the run of a histogram holds beyond what was read, if the run `is_void`.
    pub(super) fn read_histogram(
        &mut self,
        run: &[AtomicU64],
        is_void: impl Fn(u64) -> bool,
    ) -> Option<Copied> {
        let mut copied = Copied::default();
        copied.read(run)?;
        if copied.is_empty() || !is_void(copied.tag()) {
            return None;
        }
        match self.0.insert(address(run), Read::Histogram(copied.clone())) {
            Some(Read::Histogram(read)) if read.tag() == copied.tag() => {
                (!copied.is_same(&read)).then(|| copied.since(&read))
            }
            _ => Some(copied),
        }
    }
}

fn address(run: &[AtomicU64]) -> usize {
    run.as_ptr().addr()
}
