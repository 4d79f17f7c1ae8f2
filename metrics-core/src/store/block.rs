//! A block: series with consecutive cells, and the state of the block that all threads share.
//!
//! A family with fixed labels only is one block, which has a series for each combination of labels.
//! In a family with open labels, each series has a block of its own, which can be recycled for
//! other labels.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

use super::observers::Observers;
use super::shared::Shared;
use super::state::{Removed, SUBSCRIBED, State, TENANCY, next_tenancy};
use crate::cells::gate::{Gate, Writing};
use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::Dropped;
use crate::metric::kind::MetricType;
use crate::shards::layout::{self, Layout, SHARED};
use crate::sync::{
    AtomicU64, Mutex,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    lock,
};

/// The family of a block, reduced to the functions that the series of the block need.
pub(crate) trait Owner: Sync {
    /// The counts of measurements that could not be recorded as intended.
    fn dropped(&self) -> &Dropped;

    /// The callbacks that observe series of the metric.
    fn observers(&self) -> &Observers;

    /// The block of the overflow series, in which measurements over the series limit are recorded.
    fn overflow_block(&'static self) -> &'static Block;

    /// Whether `block` is the block of the overflow series.
    fn is_overflow(&self, block: &Block) -> bool;

    /// Removes the series of an open block, if the block still has the labels of `tenancy`.
    fn remove(&'static self, block: &'static Block, tenancy: u32);
}

/// Consecutive series; see the module.
pub(crate) struct Block {
    /// See [`State`]. Every measurement reads it. It is written when a series is removed or
    /// recycled, and when a handler subscribes or unsubscribes.
    state: AtomicU64,
    /// The index of the first cell; 0 if it is not reserved yet.
    base: AtomicU32,
    /// Admits the handles that were made for the block's current labels.
    gate: Gate,
    series: usize,
    layout: Layout,
    descriptor: &'static Descriptor,
    owner: &'static dyn Owner,
    shared: OnceLock<Shared>,
    /// Blocks of fixed labels only: the removed series, by position, with the number of removals.
    /// See [`Removed`].
    removed: Mutex<BTreeMap<usize, (Removed, u32)>>,
    /// Whether `removed` is not empty.
    any_removed: AtomicBool,
    /// For blocks in a family's table: the row, and whether the row is queued for recycling.
    row: AtomicUsize,
    queued: AtomicBool,
    /// Open blocks only: the labels of the series.
    labels: Mutex<Option<Labels>>,
}

/// The row of a block that is not in a table.
const NO_ROW: usize = usize::MAX;

impl Block {
    pub(crate) const fn new(
        descriptor: &'static Descriptor,
        owner: &'static dyn Owner,
        series: usize,
        layout: Layout,
        tenancy: u32,
    ) -> Self {
        Self {
            // Epochs begin at 1, so that the tag 0 of an unwritten run never matches.
            state: AtomicU64::new((tenancy as u64) << TENANCY | 1),
            base: AtomicU32::new(0),
            gate: Gate::new(tenancy),
            series,
            layout,
            descriptor,
            owner,
            shared: OnceLock::new(),
            removed: Mutex::new(BTreeMap::new()),
            any_removed: AtomicBool::new(false),
            row: AtomicUsize::new(NO_ROW),
            queued: AtomicBool::new(false),
            labels: Mutex::new(None),
        }
    }

    pub(crate) fn owner(&self) -> &'static dyn Owner {
        self.owner
    }

    #[inline(always)]
    pub(crate) fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    pub(crate) fn series(&self) -> usize {
        self.series
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    #[inline(always)]
    pub(crate) fn state(&self) -> State {
        // Acquire: pairs with the release of the read-modify-writes that change the state
        // (`change`, `set_subscribed`). It is free on x86 and cheap elsewhere.
        State(self.state.load(Acquire))
    }

    /// The index of the first cell, reserved by the first call.
    #[inline(always)]
    pub(crate) fn base(&self) -> u32 {
        // Relaxed: no other data is published with the index. Segments are published under their
        // own locks.
        match self.base.load(Relaxed) {
            0 => self.reserve(),
            base => base,
        }
    }

    /// The index of the first cell, if it is reserved.
    pub(crate) fn reserved_base(&self) -> Option<u32> {
        Some(self.base.load(Relaxed)).filter(|base| *base != 0)
    }

    #[cold]
    fn reserve(&self) -> u32 {
        let _reserving = lock(&self.removed);
        let base = self.base.load(Relaxed);
        if base != 0 {
            return base;
        }
        let base = match self.descriptor().metric_type() {
            MetricType::Gauge => SHARED,
            _ => layout::reserve(self.series, self.layout),
        };
        if base == SHARED {
            self.shared();
        }
        self.base.store(base, Relaxed);
        base
    }

    /// The shared cells, allocated by the first call.
    pub(crate) fn shared(&self) -> &Shared {
        self.shared.get_or_init(|| Shared::new(self.descriptor(), self.series))
    }

    /// The shared cells, if they are allocated.
    #[inline]
    pub(crate) fn shared_if_any(&self) -> Option<&Shared> {
        self.shared.get()
    }

    /// Resets the shared cells of the series at `position`.
    pub(crate) fn clear_shared(&self, position: usize) {
        if let Some(shared) = self.shared_if_any() {
            shared.clear(position, self.descriptor().metric_type());
        }
    }

    /// Whether the block still has the labels of a handle made at `tenancy`. Call this after
    /// reading the state: then the answer holds for that state.
    pub(crate) fn has_labels_of(&self, tenancy: u32) -> bool {
        self.gate.admits(tenancy)
    }

    /// Lets a handle made at `tenancy` write, if the block still has the handle's labels. Recycling
    /// waits for such a writer. Writes to shared cells and the first write to a sharded run in a
    /// tenancy must enter; later writes to the run need not, because the contents of the run
    /// prevent recycling.
    #[inline]
    pub(crate) fn enter(&self, tenancy: u32) -> Option<Writing<'_>> {
        self.gate.enter(tenancy)
    }

    pub(crate) fn set_subscribed(&self, subscribed: bool) {
        if subscribed {
            self.state.fetch_or(SUBSCRIBED, AcqRel);
        } else {
            self.state.fetch_and(!SUBSCRIBED, AcqRel);
        }
    }

    /// Starts the next epoch.
    pub(crate) fn next_epoch(&self) {
        self.change(|state| State(state).next_epoch().0);
    }

    /// Voids everything counted so far.
    pub(crate) fn start_over(&self) {
        (0..self.series).for_each(|position| self.clear_shared(position));
        self.change(|state| {
            let next = u64::from(next_tenancy(State(state).tenancy()));
            next << TENANCY | state & SUBSCRIBED | 1
        });
    }

    /// Starts over for other labels, unless something was recorded since the last start: then the
    /// labels stay and the result is `false`. Handles made for the old labels are shut out.
    pub(crate) fn recycle(&self, is_recorded: impl FnOnce() -> bool) -> bool {
        let first = self.gate.first();
        // The order matters. The gate waits for measurements that are in progress, and
        // `is_recorded` then finds them. Later measurements are shut out and go to the overflow
        // series.
        self.gate.admit_from(next_tenancy(self.state().tenancy()));
        if is_recorded() {
            self.gate.admit_from(first);
            return false;
        }
        self.start_over();
        true
    }

    fn change(&self, to: impl Fn(u64) -> u64) {
        // AcqRel: pairs with the acquire load in `state`. A measurement under the new state sees
        // what the caller did before. The closure always returns `Some`, so the update succeeds.
        let _ = self.state.fetch_update(AcqRel, Acquire, |state| Some(to(state)));
    }

    /// The last removal of the series at `position`, and the number of its removals.
    pub(crate) fn removed(&self, position: usize) -> Option<(Removed, u32)> {
        if !self.any_removed.load(Acquire) {
            return None;
        }
        lock(&self.removed).get(&position).copied()
    }

    pub(crate) fn set_removed(&self, position: usize, removed: Removed) {
        let mut all = lock(&self.removed);
        let times = all.get(&position).map_or(0, |(_, times)| *times);
        all.insert(position, (removed, times + 1));
        self.any_removed.store(true, Release);
    }

    /// The number of times that the series at `position` was removed.
    #[inline]
    pub(crate) fn removals(&self, position: usize) -> u32 {
        // Acquire: pairs with the release in `set_removed`. The lock is taken only if a series of
        // the block was removed.
        if !self.any_removed.load(Acquire) {
            return 0;
        }
        self.removed(position).map_or(0, |(_, times)| times)
    }

    /// Stores the row in the family's table, once.
    pub(crate) fn set_row(&self, row: usize) {
        self.row.store(row, Relaxed);
    }

    /// Marks the block as queued for recycling and returns its row, unless it is queued already.
    /// Relaxed, here and in the functions around it: the caller holds the table's lock.
    pub(crate) fn queue(&self) -> Option<usize> {
        let row = self.row.load(Relaxed);
        (row != NO_ROW && !self.queued.swap(true, Relaxed)).then_some(row)
    }

    /// Marks the block as no longer queued.
    pub(crate) fn unqueue(&self) {
        self.queued.store(false, Relaxed);
    }

    /// The labels of the single series of an open block.
    pub(crate) fn labels(&self) -> Option<Labels> {
        lock(&self.labels).clone()
    }

    pub(crate) fn set_labels(&self, labels: Labels) {
        *lock(&self.labels) = Some(labels);
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block").field("metric", &self.descriptor.name()).finish_non_exhaustive()
    }
}
