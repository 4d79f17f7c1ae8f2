//! One series, and how a measurement gets into its cells.

use crate::address::{Layout, SHARED};
use crate::block::{Block, FIXED, Removed, Shared, State};
use crate::cells::{
    histogram::{self, Copied},
    sum,
};
use crate::descriptor::{Descriptor, ValueType};
use crate::dropped::Reason;
use crate::key::{Labels, fixed_labels, hash_of};
use crate::number::Number;
use crate::sync::{AtomicU64, Ordering::Relaxed};
use crate::{forward, scope, shard, zero};

/// A series of a metric: small, `Copy`, valid for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    pub(crate) block: &'static Block,
    /// Of the first cell in every shard; from [`SHARED`] on, of shared cells.
    pub(crate) index: u32,
    /// The block's tenancy when this was made; [`FIXED`] if it never changes.
    pub(crate) tenancy: u32,
}

/// Tells a series from all others of the process, and from itself before it was removed.
///
/// Whoever keeps what it read last, to work out a difference, keeps it by this. Where several
/// definitions make up one metric, it stands for the labels alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// For tests that make snapshots of their own.
#[cfg_attr(test, derive(Default))]
pub struct SeriesId {
    block: usize,
    place: usize,
    removals: u32,
}

impl SeriesId {
    /// Of a metric that is defined several times: the same whoever recorded. `first` is the
    /// descriptor of its first definition.
    pub(crate) fn by_labels(first: &'static Descriptor, labels: &Labels) -> Self {
        // 64 bits tell as many series as fit into memory apart; `place` has fewer on 32-bit machines.
        let hash = hash_of(labels);
        #[expect(clippy::cast_possible_truncation)]
        let (high, low) = ((hash >> 32) as u32, hash as usize);
        Self { block: std::ptr::from_ref(first).addr(), place: low, removals: high }
    }
}

/// A measurement on its way into the cells; sums and gauges as bits of the metric's value type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Add(u64),
    Set(u64),
    Record(f64),
}

impl Series {
    /// The only series of `block`.
    pub(crate) fn of(block: &'static Block) -> Self {
        Self { block, index: block.base(), tenancy: block.state().tenancy() }
    }

    /// The series at `place` of a block of fixed labels. Its layout comes apart from it, because the
    /// recording path knows that while compiling.
    #[inline(always)]
    pub(crate) fn at(block: &'static Block, layout: Layout, place: usize) -> Self {
        // Never cut: the series limit keeps blocks below 2^31 cells, see `Shape`.
        #[expect(clippy::cast_possible_truncation)]
        let distance = layout.distance(place) as u32;
        Self { block, index: block.base() + distance, tenancy: FIXED }
    }

    /// Whether the block still stands for the labels it had when this was made.
    #[inline(always)]
    pub(crate) fn is_current(self) -> bool {
        self.block.state().tenancy() == self.tenancy
    }

    /// The place in the block.
    pub(crate) fn place(self) -> usize {
        self.block.layout().place((self.index - self.block.base()) as usize)
    }

    /// Adds to a sum.
    #[inline(always)]
    pub(crate) fn add<N: Number>(self, n: N) {
        let written = if N::EXACT && self.tenancy == FIXED {
            !self.block.state().is_subscribed() && self.add_to_cell(n)
        } else {
            let state = self.block.state();
            // A subscribed state is no tag, so that case takes the slow path too.
            state.tenancy() == self.tenancy
                && shard::cells(self.index)
                    .and_then(|cells| cells.first_chunk())
                    .is_some_and(|run| sum::add(run, state.bits(), n))
        };
        if !written {
            self.slow(Change::Add(n.to_bits()));
        }
    }

    /// Adds to the plain cell of a series with fixed labels.
    #[inline(always)]
    fn add_to_cell<N: Number>(self, n: N) -> bool {
        let Some(cell) = shard::cell(self.index) else { return false };
        // Relaxed: this thread is the only writer, or took the shard over under a lock.
        let value = N::from_bits(cell.load(Relaxed)).plus(n).to_bits();
        if value == 0 {
            // A plain cell that is zero looks as if nothing had been recorded.
            zero::mark(self.index);
        }
        cell.store(value, Relaxed);
        true
    }

    /// Records into a histogram.
    #[inline(always)]
    pub(crate) fn record(self, value: f64) {
        if !value.is_finite() {
            return self.drop_for(Reason::NotFinite);
        }
        let state = self.block.state();
        let descriptor = self.block.descriptor();
        if descriptor.value_type() == ValueType::U64 && !is_u64(value) {
            return self.drop_for(if value < 0.0 { Reason::Negative } else { Reason::WrongType });
        }
        let boundaries = descriptor.boundaries();
        let written = state.tenancy() == self.tenancy
            && shard::cells(self.index)
                .and_then(|cells| cells.get(..histogram::width(boundaries.len())))
                .is_some_and(|run| histogram::record(run, state.bits(), boundaries, value));
        if !written {
            self.slow(Change::Record(value));
        }
    }

    /// Sets a gauge.
    #[inline]
    pub(crate) fn set<N: Number>(self, n: N) {
        let state = self.block.state();
        if state.tenancy() == self.tenancy
            && !state.is_subscribed()
            && !scope::is_active()
            && let Some(Shared::Cells(cells)) = self.block.shared_if_any()
            && let Some(cell) = cells.get((self.index - SHARED) as usize)
        {
            if self.tenancy == FIXED {
                return cell.set(n.to_bits());
            }
            if let Some(_writing) = self.block.enter(self.tenancy) {
                return cell.set(n.to_bits());
            }
        }
        self.slow(Change::Set(n.to_bits()));
    }

    /// Counts a measurement that is not recorded.
    #[cold]
    pub(crate) fn drop_for(self, reason: Reason) {
        self.block.family().dropped.note(reason);
    }

    /// Everything that is not the common case: the first measurement of a thread in a segment or
    /// after a removal, subscribers, shared cells.
    #[cold]
    #[inline(never)]
    fn slow(self, change: Change) {
        let (series, state) = self.current();
        if state.is_subscribed() {
            forward::measurement(series, change);
        }
        series.store(change);
    }

    /// Gets a measurement into the cells, wherever they are.
    pub(crate) fn store(self, change: Change) {
        let (series, state) = self.current();
        match shard::cells_or_claim(series.index) {
            Some(cells) if series.tenancy == FIXED => series.write(cells, state, change),
            Some(cells) => {
                let Some(_writing) = series.block.enter(series.tenancy) else {
                    return series.overflowing().store(change);
                };
                // As it is inside: if the series is removed from here on, what is written now came
                // before the removal.
                let state = series.block.state();
                Self { tenancy: state.tenancy(), ..series }.write(cells, state, change);
            }
            None => series.write_shared(change),
        }
    }

    /// Adds a histogram of another shard, which nobody writes to any more, to this thread's. The caller
    /// holds readers out.
    pub(crate) fn absorb(self, copied: &Copied) {
        let state = self.block.state();
        let width = self.block.layout().width();
        if self.counts(copied.tag(), state)
            && let Some(run) = shard::cells_or_claim(self.index).and_then(|c| c.get(..width))
        {
            self.take_over(run, state);
            histogram::absorb(run, copied);
        }
    }

    /// Brings this thread's run of a histogram to the tag of `state`.
    fn take_over(self, run: &[AtomicU64], state: State) {
        let tag = histogram::tag(run);
        if tag == state.tag() {
            return;
        }
        if self.counts(tag, state) {
            histogram::retag(run, state.tag());
        } else {
            histogram::restart(run, state.tag());
        }
    }

    /// The sum of two values of the metric's type, as bits.
    pub(crate) fn sum_of(self, a: u64, b: u64) -> u64 {
        fn plus<T: Number>(a: u64, b: u64) -> u64 {
            T::from_bits(a).plus(T::from_bits(b)).to_bits()
        }
        match self.value_type() {
            ValueType::U64 => plus::<u64>(a, b),
            ValueType::I64 => plus::<i64>(a, b),
            ValueType::F64 => plus::<f64>(a, b),
        }
    }

    /// Writes to this thread's own cells, which begin at the start of `cells`.
    fn write(self, cells: &'static [AtomicU64], state: State, change: Change) {
        let tag = state.tag();
        match change {
            Change::Add(bits) if self.is_plain() => match self.value_type() {
                ValueType::U64 => drop(self.add_to_cell(u64::from_bits(bits))),
                ValueType::I64 | ValueType::F64 => drop(self.add_to_cell(i64::from_bits(bits))),
            },
            Change::Add(bits) => {
                let Some(run) = cells.first_chunk() else { return };
                let add = |tag| match self.value_type() {
                    ValueType::U64 => sum::add(run, tag, u64::from_bits(bits)),
                    ValueType::I64 => sum::add(run, tag, i64::from_bits(bits)),
                    ValueType::F64 => sum::add(run, tag, f64::from_bits(bits)),
                };
                if !add(tag) {
                    sum::restart(run, tag, self.counts(sum::tag(run), state));
                    add(tag);
                }
            }
            Change::Record(value) => {
                let boundaries = self.block.descriptor().boundaries();
                let Some(run) = cells.get(..histogram::width(boundaries.len())) else { return };
                self.take_over(run, state);
                histogram::record(run, tag, boundaries, value);
            }
            Change::Set(_) => self.write_shared(change),
        }
    }

    /// Writes to the cells that all threads share.
    fn write_shared(self, change: Change) {
        let Some(writing) = self.block.enter(self.tenancy) else {
            return self.overflowing().store(change);
        };
        let place = self.place();
        match (self.block.shared(), change) {
            (Shared::Cells(cells), Change::Set(bits)) => cells[place].set(bits),
            (Shared::Cells(cells), Change::Add(bits)) => match self.value_type() {
                ValueType::U64 => cells[place].add(u64::from_bits(bits)),
                ValueType::I64 => cells[place].add(i64::from_bits(bits)),
                ValueType::F64 => cells[place].add(f64::from_bits(bits)),
            },
            (Shared::Histograms(histograms), Change::Record(value)) => {
                histograms[place].record(self.block.descriptor().boundaries(), value);
            }
            // The kind of the handle decides on both.
            (Shared::Cells(_), Change::Record(_)) | (Shared::Histograms(_), _) => {}
        }
        // Before anything that waits.
        drop(writing);
        scope::tap(self, change);
    }

    /// The series as it is now, and its block's state: a handle to a removed series brings it back;
    /// one to a series whose memory serves other labels since goes to the overflow series.
    fn current(self) -> (Self, State) {
        let state = self.block.state();
        if state.tenancy() == self.tenancy {
            (self, state)
        } else if self.block.has_labels_of(self.tenancy) {
            (Self { tenancy: state.tenancy(), ..self }, state)
        } else {
            self.overflowing().current()
        }
    }

    /// The family's overflow series, for a measurement that has to go there.
    fn overflowing(self) -> Self {
        let family = self.block.family();
        family.dropped.note(Reason::Overflow);
        Self::of(family.overflow_block())
    }

    /// Whether what was counted under `tag` belongs to the series as it is in `state`.
    pub(crate) fn counts(self, tag: u64, state: State) -> bool {
        self.counting(state)(tag)
    }

    /// As [`counts`](Self::counts), for many tags.
    pub(crate) fn counting(self, state: State) -> impl Fn(u64) -> bool {
        let since = match self.removed() {
            Some((Removed::Epoch(epoch), _)) => epoch,
            Some((Removed::Baseline(_), _)) | None => 0,
        };
        move |tag| state.same_tenancy(tag) && State::epoch_of(tag) >= since
    }

    /// How a series with fixed labels was removed last, and how often it was.
    pub(crate) fn removed(self) -> Option<(Removed, u32)> {
        if self.tenancy == FIXED { self.block.removed(self.place()) } else { None }
    }

    /// What tells this series from all others, and from itself before it was removed.
    pub(crate) fn id(self) -> SeriesId {
        let place = self.place();
        let removals =
            if self.tenancy == FIXED { self.block.removals(place) } else { self.tenancy };
        SeriesId { block: std::ptr::from_ref(self.block).addr(), place, removals }
    }

    /// Tells whether the series was removed between two calls: then the results differ.
    #[inline]
    pub(crate) fn removals(self) -> u32 {
        if self.tenancy == FIXED {
            self.block.removals(self.place())
        } else {
            self.block.state().tenancy()
        }
    }

    /// Forgets the value of a gauge; the series stays ready for the next one.
    pub(crate) fn unset(self) {
        let (series, _) = self.current();
        if let Some(_writing) = series.block.enter(series.tenancy) {
            series.block.clear_shared(series.place());
        }
    }

    /// Whether the sharded cells of this sum are plain ones, without a tag.
    pub(crate) fn is_plain(self) -> bool {
        self.tenancy == FIXED && self.block.layout().width() == 1
    }

    pub(crate) fn labels(self) -> Labels {
        let fixed = || fixed_labels(self.block.descriptor(), self.place());
        self.block.labels().unwrap_or_else(fixed)
    }

    pub(crate) fn value_type(self) -> ValueType {
        self.block.descriptor().value_type()
    }
}

/// Whether a histogram of `u64` can hold `value`.
#[cold]
fn is_u64(value: f64) -> bool {
    value >= 0.0 && value.fract() == 0.0
}
