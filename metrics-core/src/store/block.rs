//! A block: series whose cells lie behind each other, and what all threads know of them.
//!
//! A family with fixed labels only is one block, with a series for each combination. In a family
//! with open labels each series is a block of its own, which can be recycled for other labels.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

use super::observers::Observers;
use super::state::{Removed, SUBSCRIBED, State, TENANCY, next_tenancy};
use crate::cells::gate::{Gate, Writing};
use crate::cells::shared_cell::SharedCell;
use crate::cells::shared_histogram::SharedHistogram;
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

/// The family that a block belongs to, as far as the series of the block need it.
pub(crate) trait Owner: Sync {
    /// What could not be recorded in the metric as it was meant.
    fn dropped(&self) -> &Dropped;

    /// The callbacks that observe series of the metric.
    fn observers(&self) -> &Observers;

    /// The block of the series for measurements that have no series of their own.
    fn overflow_block(&'static self) -> &'static Block;

    /// Whether `block` is the block of the overflow series.
    fn is_overflow(&self, block: &Block) -> bool;

    /// Removes the series of an open block, if the labels are still those of `tenancy`.
    fn remove(&'static self, block: &'static Block, tenancy: u32);
}

/// See the module.
pub(crate) struct Block {
    /// See [`State`]. Read by every measurement, written when a series is removed or recycled, or
    /// somebody subscribes.
    state: AtomicU64,
    /// The index of the first cell; 0 if there is none yet.
    base: AtomicU32,
    /// Lets in whoever means the labels that the block has now.
    gate: Gate,
    series: usize,
    layout: Layout,
    descriptor: &'static Descriptor,
    owner: &'static dyn Owner,
    shared: OnceLock<Shared>,
    /// Blocks of fixed labels only: what was removed, by place. See [`Removed`].
    removed: Mutex<BTreeMap<usize, (Removed, u32)>>,
    /// Whether `removed` has anything in it.
    any_removed: AtomicBool,
    /// Blocks in a family's table: their place there, and whether it is queued for recycling.
    row: AtomicUsize,
    queued: AtomicBool,
    /// Open blocks only: the labels, for whoever comes from the handle's side.
    labels: Mutex<Option<Labels>>,
}

/// The row of a block that is in no table.
const NO_ROW: usize = usize::MAX;

/// A block's shared cells, one per series.
#[derive(Debug)]
pub(crate) enum Shared {
    Cells(Box<[SharedCell]>),
    Histograms(Box<[SharedHistogram]>),
}

impl Block {
    pub(crate) const fn new(
        descriptor: &'static Descriptor,
        owner: &'static dyn Owner,
        series: usize,
        layout: Layout,
        tenancy: u32,
    ) -> Self {
        Self {
            // Epochs begin at 1, so that a run never written (tag 0) never matches.
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
        // Acquire pairs with the release of whoever changed it; free on x86 and cheap elsewhere.
        State(self.state.load(Acquire))
    }

    /// The index of the first cell, reserved on the first call.
    #[inline(always)]
    pub(crate) fn base(&self) -> u32 {
        // Relaxed: the index is all there is to see; segments are published under their own locks.
        match self.base.load(Relaxed) {
            0 => self.reserve(),
            base => base,
        }
    }

    /// The index of the first cell, if it is reserved.
    pub(crate) fn placed(&self) -> Option<u32> {
        Some(self.base.load(Relaxed)).filter(|base| *base != 0)
    }

    #[cold]
    fn reserve(&self) -> u32 {
        let _one_at_a_time = lock(&self.removed);
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

    /// The shared cells, made on the first call.
    pub(crate) fn shared(&self) -> &Shared {
        self.shared.get_or_init(|| {
            if self.descriptor().metric_type() == MetricType::Histogram {
                let boundaries = self.descriptor().boundaries().len();
                let new = |_| SharedHistogram::new(boundaries);
                Shared::Histograms((0..self.series).map(new).collect())
            } else {
                Shared::Cells((0..self.series).map(|_| SharedCell::new()).collect())
            }
        })
    }

    /// The shared cells, if there are any.
    #[inline]
    pub(crate) fn shared_if_any(&self) -> Option<&Shared> {
        self.shared.get()
    }

    /// Forgets what the shared cells of the series at `place` hold.
    pub(crate) fn clear_shared(&self, place: usize) {
        if let Some(shared) = self.shared_if_any() {
            shared.clear(place, self.descriptor().metric_type());
        }
    }

    /// Whether the labels are still those of a handle made at `tenancy`. To be asked after the state
    /// was looked at: then the answer holds for that state.
    pub(crate) fn has_labels_of(&self, tenancy: u32) -> bool {
        self.gate.admits(tenancy)
    }

    /// Lets a handle made at `tenancy` write where recycling has to wait for it, if the labels are
    /// still its own: to shared cells, and to sharded ones that hold nothing of this tenancy yet. Those
    /// that do keep the block from being recycled by themselves.
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

    /// Begins the next epoch.
    pub(crate) fn next_epoch(&self) {
        self.change(|state| State(state).next_epoch().0);
    }

    /// Makes everything counted so far void.
    pub(crate) fn start_over(&self) {
        (0..self.series).for_each(|place| self.clear_shared(place));
        self.change(|state| {
            let next = u64::from(next_tenancy(State(state).tenancy()));
            next << TENANCY | state & SUBSCRIBED | 1
        });
    }

    /// Starts over for other labels, unless something was recorded since the last time: then the
    /// labels stay. Handles made before are shut out.
    pub(crate) fn recycle(&self, is_recorded: impl FnOnce() -> bool) -> bool {
        let first = self.gate.first();
        // In this order: a measurement that is under way is waited for and then found; one that comes
        // later finds itself shut out, and goes to the overflow series.
        self.gate.admit_from(next_tenancy(self.state().tenancy()));
        if is_recorded() {
            self.gate.admit_from(first);
            return false;
        }
        self.start_over();
        true
    }

    fn change(&self, to: impl Fn(u64) -> u64) {
        // AcqRel: measurements under the new state come after what the caller did before. The closure
        // always has a value.
        let _ = self.state.fetch_update(AcqRel, Acquire, |state| Some(to(state)));
    }

    /// How the series at `place` was removed last, and how often it was.
    pub(crate) fn removed(&self, place: usize) -> Option<(Removed, u32)> {
        if !self.any_removed.load(Acquire) {
            return None;
        }
        lock(&self.removed).get(&place).copied()
    }

    pub(crate) fn set_removed(&self, place: usize, removed: Removed) {
        let mut all = lock(&self.removed);
        let times = all.get(&place).map_or(0, |(_, times)| *times);
        all.insert(place, (removed, times + 1));
        self.any_removed.store(true, Release);
    }

    /// How often the series at `place` was removed.
    #[inline]
    pub(crate) fn removals(&self, place: usize) -> u32 {
        // Acquire pairs with the release in `set_removed`. The lock is for those who remove.
        if !self.any_removed.load(Acquire) {
            return 0;
        }
        self.removed(place).map_or(0, |(_, times)| times)
    }

    /// Keeps the place in its family's table, once.
    pub(crate) fn set_row(&self, row: usize) {
        self.row.store(row, Relaxed);
    }

    /// Its place in the family's table, unless that is queued for recycling already. The table's lock
    /// is held, here and below, hence relaxed.
    pub(crate) fn queue(&self) -> Option<usize> {
        let row = self.row.load(Relaxed);
        (row != NO_ROW && !self.queued.swap(true, Relaxed)).then_some(row)
    }

    /// It is no longer queued.
    pub(crate) fn unqueue(&self) {
        self.queued.store(false, Relaxed);
    }

    /// The labels of the only series of an open block.
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

impl Shared {
    fn clear(&self, place: usize, metric_type: MetricType) {
        match self {
            Self::Cells(cells) if metric_type == MetricType::Gauge => cells[place].unset(),
            Self::Cells(cells) => cells[place].clear(),
            Self::Histograms(histograms) => histograms[place].clear(),
        }
    }
}
