//! A block: series with consecutive cells, and the state of the block that all threads share.
//!
//! A family with fixed labels only is one block, which has a series for each combination of labels.
//! In a family with open labels, each series has a block of its own, which can be recycled for
//! other labels.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::mem::offset_of;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32};

use super::exemplars::switch::Switch;
use super::late::Late;
use super::observers::Observers;
use super::shared::Shared;
use super::state::{End, FIRST_STAMP, Removal};
use crate::cells::change::Reading;
use crate::cells::gate::{Gate, Writing};
use crate::cells::grid::Grid;
use crate::clock;
use crate::labels::set::Labels;
use crate::locks::slot;
use crate::locks::{get_or_init, lock};
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::Dropped;
use crate::rules::exponential::ExponentialSettings;
use crate::rules::kind::MetricType;
use crate::shards::layout::{self, Layout, SHARED};
use crate::shards::shard::leads_to_no_series;

use crate::sync::{
    AtomicU64, Mutex,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    process,
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

    /// Counts a block whose shared cells are allocated.
    fn note_shared(&self);

    /// Takes notice of a measurement that took the slow path, as the first one of a block does.
    fn note_measured(&self);

    /// The buckets of the histogram that the metric is.
    fn histogram(&'static self) -> &'static HistogramSettings;

    /// Removes the series of an open block, if the block still has the labels that it had at
    /// `stamp`. Returns what was recorded in the life that ends.
    fn end_life(&'static self, block: &'static Block, stamp: u64, end: End) -> Option<Reading>;
}

/// Consecutive series; see the module.
///
/// The fields are in this order in memory: a thread that uses many series waits for each cache
/// line, and what a sum reads of an open block is in one.
#[repr(C)]
pub(crate) struct Block {
    /// See [`state`](super::state). Every tagged measurement reads the stamp. It is written when a
    /// series is removed or recycled.
    stamp: AtomicU64,
    /// The index of the first cell. No shard has cells at this index while every measurement must
    /// take the slow path: see [`OUT`].
    base: AtomicU32,
    /// The index of the first cell, also while `base` is [`OUT`]; 0 if it is not reserved yet.
    reserved: AtomicU32,
    histogram: OnceLock<&'static HistogramSettings>,
    descriptor: &'static Descriptor,
    /// Admits the handles that were made for the block's current labels.
    gate: Gate,
    /// The last stamp under which an open series was recorded in a run. Changes inside the gate.
    recorded: AtomicU64,
    /// The index of the first cell if exemplars alone keep measurements off the fast path; else
    /// [`OUT`].
    beside_exemplars: AtomicU32,
    /// For blocks in a family's table: the row, and whether the row is queued for recycling.
    row: AtomicU32,
    queued: AtomicBool,
    /// Whether every measurement is forwarded to subscribers. Changes under the lock of `removed`.
    subscribed: AtomicBool,
    /// Whether a series of the block was ever removed.
    any_removed: AtomicBool,
    series: u32,
    owner: &'static dyn Owner,
    /// The layout, unless the metric is a histogram: then the layout depends on the buckets.
    layout: Layout,
    shared: OnceLock<Shared>,
    /// Blocks of fixed labels only: the last removal of each removed series, by position.
    removed: Mutex<BTreeMap<usize, Removal>>,
    late: Late,
    /// Open blocks only: the labels of the series.
    labels: Mutex<Option<Labels>>,
    /// When the current life of an open series began: see [`clock`].
    created: AtomicU64,
}

// Most allocators align blocks to 16 bytes, so these bytes are in one cache line.
const _: () = assert!(offset_of!(Block, base) + size_of::<AtomicU32>() <= 16);

/// The base of a block whose measurements all take the slow path: because its cells are not
/// reserved yet, because a handler subscribes to every measurement, or because exemplars are on.
/// Offsets are below 2^30, so an index from here on never wraps, and is never the index of a cell.
const OUT: u32 = 3 << 30;

const _: () = assert!(leads_to_no_series(OUT));

/// The buckets of a histogram, and the layout that has room for them. A family has them once, and
/// each of its blocks refers to them, because every measurement reads them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistogramSettings {
    /// Empty if the histogram is exponential. Apart from the grid, because every measurement reads
    /// them.
    boundaries: &'static [f64],
    grid: Grid,
    layout: Layout,
}

impl HistogramSettings {
    pub(super) fn of(descriptor: &'static Descriptor) -> Self {
        let grid = descriptor.grid();
        Self { boundaries: grid.boundaries(), grid, layout: Layout::of_histogram(grid) }
    }

    /// The boundaries of the buckets; none if the histogram is exponential.
    #[inline(always)]
    pub(super) fn boundaries(&self) -> &'static [f64] {
        self.boundaries
    }

    /// The settings of an exponential histogram.
    #[inline(always)]
    pub(super) fn exponential(&self) -> Option<&ExponentialSettings> {
        match &self.grid {
            Grid::Exponential(settings) => Some(settings),
            Grid::Explicit(_) => None,
        }
    }
}

/// The row of a block that is not in a table.
const NO_ROW: u32 = u32::MAX;

/// The number of series in a block, or of blocks in a table. `check_budget` limits the former to
/// 2^21, and memory limits the latter.
#[expect(clippy::cast_possible_truncation)]
const fn narrow(number: usize) -> u32 {
    number as u32
}

impl Block {
    pub(crate) const fn new(
        descriptor: &'static Descriptor,
        owner: &'static dyn Owner,
        series: usize,
        layout: Layout,
    ) -> Self {
        Self {
            stamp: AtomicU64::new(FIRST_STAMP),
            base: AtomicU32::new(OUT),
            reserved: AtomicU32::new(0),
            beside_exemplars: AtomicU32::new(OUT),
            subscribed: AtomicBool::new(false),
            gate: Gate::new(FIRST_STAMP),
            recorded: AtomicU64::new(0),
            series: narrow(series),
            layout,
            histogram: OnceLock::new(),
            descriptor,
            owner,
            shared: OnceLock::new(),
            removed: Mutex::new(BTreeMap::new()),
            any_removed: AtomicBool::new(false),
            late: Late::new(),
            row: AtomicU32::new(NO_ROW),
            queued: AtomicBool::new(false),
            labels: Mutex::new(None),
            created: AtomicU64::new(0),
        }
    }

    /// Places a new block into its family.
    pub(super) const fn place(
        &mut self,
        descriptor: &'static Descriptor,
        owner: &'static dyn Owner,
        series: usize,
        layout: Layout,
    ) {
        self.descriptor = descriptor;
        self.owner = owner;
        self.series = narrow(series);
        self.layout = layout;
    }

    /// Loads the parts of the block that readers need. A reader that touches some blocks before it
    /// reads them waits for their memory at once, and not for each block in turn.
    pub(super) fn touch(&self) {
        // Relaxed: the values are not used.
        let numbers = (self.stamp.load(Relaxed), self.reserved.load(Relaxed));
        let others = (self.row.load(Relaxed), self.descriptor, self.shared.get().is_some());
        std::hint::black_box((numbers, others));
    }

    pub(crate) fn owner(&self) -> &'static dyn Owner {
        self.owner
    }

    #[inline(always)]
    pub(crate) fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    pub(crate) fn series(&self) -> usize {
        self.series as usize
    }

    #[inline]
    pub(crate) fn layout(&self) -> Layout {
        match self.descriptor.metric_type() {
            MetricType::Histogram => self.histogram_layout(),
            _ => self.layout,
        }
    }

    /// The layout of a histogram.
    #[inline(always)]
    pub(crate) fn histogram_layout(&self) -> Layout {
        self.histogram().layout
    }

    /// The rule for a histogram's buckets.
    pub(crate) fn grid(&self) -> Grid {
        self.histogram().grid
    }

    /// The boundaries of a histogram's buckets; none if it is exponential.
    #[inline(always)]
    pub(crate) fn boundaries(&self) -> &'static [f64] {
        self.histogram().boundaries
    }

    /// The settings of a histogram.
    #[inline(always)]
    pub(super) fn histogram(&self) -> &'static HistogramSettings {
        self.histogram_if_any().unwrap_or_else(|| self.first_histogram())
    }

    /// The settings of a histogram, if they were needed before.
    #[inline(always)]
    pub(super) fn histogram_if_any(&self) -> Option<&'static HistogramSettings> {
        self.histogram.get().copied()
    }

    #[cold]
    #[inline(never)]
    fn first_histogram(&self) -> &'static HistogramSettings {
        get_or_init::<&'static _>(&self.histogram, || self.owner.histogram())
    }

    #[inline(always)]
    pub(crate) fn stamp(&self) -> u64 {
        // Acquire: pairs with the release of `next_stamp`. It is free on x86 and cheap elsewhere.
        self.stamp.load(Acquire)
    }

    /// The index of the first cell for a measurement; [`OUT`] if it must take the slow path.
    #[inline(always)]
    pub(crate) fn base(&self) -> u32 {
        // Relaxed: no other data is published with the index. Segments are published under their
        // own locks.
        self.base.load(Relaxed)
    }

    /// The index of the first cell, reserved by the first call.
    pub(crate) fn reserved_base(&self) -> u32 {
        self.reserved_base_if_any().unwrap_or_else(|| self.reserve())
    }

    /// The index of the first cell, if it is reserved.
    pub(crate) fn reserved_base_if_any(&self) -> Option<u32> {
        Some(self.reserved.load(Relaxed)).filter(|base| *base != 0)
    }

    #[cold]
    fn reserve(&self) -> u32 {
        clock::start();
        let _reserving = lock(&self.removed);
        if let Some(base) = self.reserved_base_if_any() {
            return base;
        }
        process::note();
        let base = match self.descriptor().stored_type() {
            MetricType::Gauge => SHARED,
            _ => layout::reserve(self.series(), self.layout()),
        };
        if base == SHARED {
            self.shared();
        }
        self.reserved.store(base, Relaxed);
        self.update_base();
        base
    }

    /// Sets the base that measurements use. The caller holds the lock of `removed`.
    fn update_base(&self) {
        let reserved = self.reserved_base_if_any().filter(|_| !self.is_subscribed());
        let reserved = reserved.unwrap_or(OUT);
        let is_beside = Switch::get().is_on() && self.has_exemplars();
        self.base.store(if is_beside { OUT } else { reserved }, Relaxed);
        self.beside_exemplars.store(if is_beside { reserved } else { OUT }, Relaxed);
    }

    /// The index of the first cell for a measurement while exemplars are on: see
    /// [`base`](Self::base).
    #[inline(always)]
    pub(super) fn base_beside_exemplars(&self) -> u32 {
        // Relaxed: as in `base`.
        self.beside_exemplars.load(Relaxed)
    }

    /// The shared cells, allocated by the first call.
    pub(crate) fn shared(&self) -> &Shared {
        get_or_init(&self.shared, || {
            // Before anything is recorded in these cells: see `collect::steady`.
            self.owner.note_shared();
            Shared::new(self.descriptor(), self.series())
        })
    }

    /// The shared cells, if they are allocated.
    #[inline]
    pub(crate) fn shared_if_any(&self) -> Option<&Shared> {
        self.shared.get()
    }

    /// Resets the shared cells of the series at `position`. Returns what a sum or histogram held.
    pub(crate) fn clear_shared(&self, position: usize, end: End) -> Option<Reading> {
        self.shared_if_any()?.clear(position, end)
    }

    /// Whether the block still has the labels of a handle made at `stamp`. Call this after reading
    /// the current stamp: then the answer holds for the current stamp.
    pub(crate) fn has_labels_of(&self, stamp: u64) -> bool {
        self.gate.admits(stamp)
    }

    /// Lets a handle made at `stamp` write, if the block still has the handle's labels. Recycling
    /// waits for such a writer. Writes to shared cells and the first write to a sharded run under
    /// a stamp must enter; later writes to the run need not, because the contents of the run
    /// prevent recycling.
    #[inline]
    pub(crate) fn enter(&self, stamp: u64) -> Option<Writing<'_>> {
        self.gate.enter(stamp, slot::own())
    }

    pub(crate) fn is_subscribed(&self) -> bool {
        // Relaxed: the flag orders nothing. Whoever subscribes sees to it that later measurements
        // come after the subscription.
        self.subscribed.load(Relaxed)
    }

    pub(crate) fn set_subscribed(&self, subscribed: bool) {
        let _reserving = lock(&self.removed);
        self.subscribed.store(subscribed, Relaxed);
        self.update_base();
    }

    /// Whether the metric is of a kind that has exemplars.
    pub(crate) fn has_exemplars(&self) -> bool {
        matches!(self.descriptor.stored_type(), MetricType::Counter | MetricType::Histogram)
    }

    /// Takes notice that exemplars were switched on or off.
    pub(super) fn exemplars_switched(&self) {
        // Whoever reserves the cells later sees the switch, because of this lock.
        let _reserving = lock(&self.removed);
        self.update_base();
    }

    /// Voids everything counted so far in an open series. Returns what the shared cells held.
    pub(crate) fn start_over(&self, end: End) -> Option<Reading> {
        self.any_removed.store(true, Release);
        self.created.store(clock::now(), Relaxed);
        self.next_stamp();
        self.clear_shared(0, end)
    }

    /// Notes that an open series is recorded in a run with the tag `stamp`. The caller is inside
    /// the gate.
    pub(crate) fn note_recorded(&self, stamp: u64) {
        // The greatest stamp, because a writer may be slower than a removal and the next writer.
        // Relaxed: the gate orders the note before `recycle` reads it.
        self.recorded.fetch_max(stamp, Relaxed);
    }

    /// Whether anything was recorded in an open series since its last removal. Does not visit the
    /// shards, of which there may be many.
    fn is_recorded(&self) -> bool {
        self.recorded.load(Relaxed) >= self.stamp()
            || self.shared_if_any().is_some_and(Shared::is_recorded)
    }

    /// Starts over for other labels, unless something was recorded since the last removal: then the
    /// labels stay and the result is `false`. Handles made for the old labels are shut out.
    pub(crate) fn recycle(&self) -> bool {
        if self.is_recorded() {
            return false;
        }
        let first = self.gate.first();
        // The order matters. The gate waits for measurements that are in progress, and
        // `is_recorded` then finds them. Later measurements are shut out and go to the overflow
        // series.
        self.gate.admit_from(self.stamp() + 1, slot::all);
        if self.is_recorded() {
            self.gate.admit_from(first, slot::all);
            return false;
        }
        self.start_over(End::Removal);
        true
    }

    fn next_stamp(&self) {
        // AcqRel: pairs with the acquire load in `stamp`. A measurement under the new stamp sees
        // what the caller did before.
        self.stamp.fetch_add(1, AcqRel);
    }

    /// The last removal of the series at `position`, in a block of fixed labels.
    #[inline]
    pub(crate) fn removal(&self, position: usize) -> Option<Removal> {
        // The lock is taken only if a series of the block was removed.
        if !self.is_any_removed() {
            return None;
        }
        lock(&self.removed).get(&position).copied()
    }

    /// Removes the series at `position`, in a block of fixed labels. `baseline` is the total of its
    /// plain cells. The caller keeps readers out. Returns what the shared cells held.
    pub(crate) fn remove(&self, position: usize, baseline: u64, end: End) -> Option<Reading> {
        // Stored before the block gets the stamp: a thread that tags its run with the new stamp
        // must know that the contents of the run are void.
        let removal = Removal { stamp: self.stamp() + 1, baseline, at: clock::now() };
        lock(&self.removed).insert(position, removal);
        self.any_removed.store(true, Release);
        self.next_stamp();
        self.clear_shared(position, end)
    }

    /// Whether a series of the block was ever removed.
    pub(crate) fn is_any_removed(&self) -> bool {
        // Acquire: pairs with the release in `remove`.
        self.any_removed.load(Acquire)
    }

    /// The ledger of the void runs.
    pub(crate) fn late(&self) -> &Late {
        &self.late
    }

    /// Stores the row in the family's table, once.
    pub(crate) fn set_row(&self, row: usize) {
        self.row.store(narrow(row), Relaxed);
    }

    /// The row in the family's table, if the block is in a table.
    pub(crate) fn row(&self) -> Option<usize> {
        // Relaxed: the row is stored before the block is found in the table.
        Some(self.row.load(Relaxed)).filter(|row| *row != NO_ROW).map(|row| row as usize)
    }

    /// Marks the block as queued for recycling and returns its row, unless it is queued already.
    /// Relaxed, here and in the functions around it: the caller holds the table's lock.
    pub(crate) fn queue(&self) -> Option<usize> {
        self.row().filter(|_| !self.queued.swap(true, Relaxed))
    }

    /// Marks the block as no longer queued.
    pub(crate) fn unqueue(&self) {
        self.queued.store(false, Relaxed);
    }

    /// When the current life of an open series began, or when the program did.
    pub(crate) fn created(&self) -> u64 {
        // Relaxed: no other data depends on the time.
        self.created.load(Relaxed).max(clock::start())
    }

    /// The labels of the single series of an open block.
    pub(crate) fn labels(&self) -> Option<Labels> {
        lock(&self.labels).clone()
    }

    /// Gives an open block its labels. Its life begins now.
    pub(crate) fn set_labels(&self, labels: Labels) {
        self.created.store(clock::now(), Relaxed);
        *lock(&self.labels) = Some(labels);
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block").field("metric", &self.descriptor.name()).finish_non_exhaustive()
    }
}
