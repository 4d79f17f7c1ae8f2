//! Recording: the paths of a measurement into the cells of a series.

use super::block::{Block, HistogramSettings};
use super::exemplars::offer::{offer, offer_change};
use super::forward;
use super::series::Series;
use super::shared::Shared;
use super::state::Life;
use crate::cells::adjustment::Adjustment;
use crate::cells::change::Change;
use crate::cells::grid::Grid;
use crate::cells::histogram::{owner, run};
use crate::cells::{plain, sum};
use crate::locks;
use crate::metric::dropped::DropReason;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::ValueType;
use crate::shards::{scope, shard};
use crate::sync::AtomicU64;

/// Where a measurement was counted: in which series, and in which life of the series. The series
/// differs from the one that recorded if the block of that one was recycled.
pub(crate) type Counted = (Series, Life);

impl Series {
    /// Adds to a sum.
    #[inline(always)]
    pub(crate) fn add<N: Number>(self, n: N) {
        if N::PLAIN && self.is_fixed() {
            if !add_to_cell(self.index(), n.to_bits()) {
                add_to_cell_slowly(self.block, self.offset(), n.to_bits());
            }
        } else if self.add_to_own_run(n).is_none() {
            add_slowly::<N>(self, n.to_bits());
        }
    }

    /// Adds to a sum, and returns where the addition was counted.
    ///
    /// `Counted` is returned in memory by a call. Inlined, it stays in registers.
    #[inline(always)]
    pub(crate) fn add_counted<N: Number>(self, n: N) -> Counted {
        // This addition is taken back later. A measurement that interrupts the recording or reading
        // of its own thread could not always be taken back.
        if locks::is_interrupting() {
            return (self, Life::NONE);
        }
        let tag = if self.is_plain() { None } else { self.add_to_own_run(n) };
        match tag {
            Some(tag) => (self, Life::of_run(tag)),
            None => slow(self, Change::Add(n.to_bits())),
        }
    }

    /// Adds to the run of this thread, if the run has the current tag. Returns the tag.
    #[inline(always)]
    fn add_to_own_run<N: Number>(self, n: N) -> Option<u64> {
        if self.is_fixed() { self.add_to_run(self.index(), n) } else { self.add_to_open_run(n) }
    }

    /// As [`add_to_own_run`](Self::add_to_own_run). Adds nothing to a series with fixed labels.
    #[inline(always)]
    pub(crate) fn add_to_open_run<N: Number>(self, n: N) -> Option<u64> {
        let stamp = self.block.stamp();
        if !self.is_open_and_current_at(stamp) {
            return None;
        }
        sum::add(shard::sum(self.block.base())?, stamp, n).then_some(stamp)
    }

    /// Adds to the run of this thread at `index`, which is that of this series, if the run has the
    /// current tag. Returns the tag.
    #[inline(always)]
    fn add_to_run<N: Number>(self, index: u32, n: N) -> Option<u64> {
        let stamp = self.block.stamp();
        let run = shard::cells(index)?.first_chunk()?;
        (self.is_current_at(stamp) && sum::add(run, stamp, n)).then_some(stamp)
    }

    /// Records into a histogram.
    #[inline(always)]
    pub(crate) fn record(self, value: f64) {
        if self.is_fixed() {
            self.record_in_run(value, 1, owner::record);
        } else {
            record_open(self, value);
        }
    }

    /// Records a value `count` times.
    pub(crate) fn record_many(self, value: f64, count: u64) {
        if count > 0 {
            self.record_in_run(value, count, |run, tag, boundaries, value| {
                owner::record_many(run, tag, Grid::Explicit(boundaries), value, count)
            });
        }
    }

    #[inline(always)]
    fn record_in_run(
        self,
        value: f64,
        count: u64,
        record: impl FnOnce(&[AtomicU64], u64, &'static [f64], f64) -> bool,
    ) {
        if !value.is_finite() {
            return self.drop_for(DropReason::NotFinite);
        }
        let stamp = self.block.stamp();
        let descriptor = self.descriptor();
        if descriptor.value_type() == ValueType::U64 && !is_u64(value) {
            return self.drop_for(if value < 0.0 {
                DropReason::Negative
            } else {
                DropReason::WrongType
            });
        }
        let settings = self.block.histogram();
        let boundaries = settings.boundaries();
        if boundaries.is_empty() {
            return match count {
                1 => record_exponential(self, stamp, settings, value),
                _ => record_in_any_bucket(self, value, count),
            };
        }
        if !self.record_at(self.index(), stamp, boundaries, value, record) {
            record_slowly(self, value, count);
        }
    }

    /// Records in the run at `index`, which is that of this series. Returns whether it did.
    #[inline(always)]
    fn record_at(
        self,
        index: u32,
        stamp: u64,
        boundaries: &'static [f64],
        value: f64,
        record: impl FnOnce(&[AtomicU64], u64, &'static [f64], f64) -> bool,
    ) -> bool {
        self.is_current_at(stamp)
            && shard::cells(index)
                .and_then(|cells| cells.get(..run::width(Grid::Explicit(boundaries))))
                .is_some_and(|run| record(run, stamp, boundaries, value))
    }

    /// As [`record_at`](Self::record_at), in any histogram.
    #[inline(always)]
    fn record_any_at(self, index: u32, value: f64, count: u64) -> bool {
        let (stamp, grid) = (self.block.stamp(), self.block.grid());
        self.is_current_at(stamp)
            && shard::cells(index)
                .and_then(|cells| cells.get(..run::width(grid)))
                .is_some_and(|run| owner::record_any(run, stamp, grid, value, count))
    }

    /// The index of the first cell while exemplars are on. No shard has cells at this index if
    /// another reason keeps measurements off the fast path.
    #[inline(always)]
    fn index_beside_exemplars(self) -> u32 {
        self.block.base_beside_exemplars() + self.offset()
    }

    /// Counts an operation on a gauge whose result is beyond the limit of the type.
    #[cold]
    pub(super) fn note_limit(self, adjustment: Adjustment) {
        self.drop_for(match (self.value_type(), adjustment) {
            (ValueType::F64, _) => DropReason::NotFinite,
            (ValueType::U64, Adjustment::Subtract(_)) => DropReason::Negative,
            _ => DropReason::WrongType,
        });
    }

    /// Counts a measurement that is dropped.
    #[cold]
    pub(crate) fn drop_for(self, reason: DropReason) {
        self.block.owner().dropped().note(reason);
    }

    /// Writes a measurement to the cells, sharded or shared.
    pub(crate) fn store(self, change: Change) -> Counted {
        // Here, because the first measurement of every block takes the slow path.
        self.block.owner().note_measured();
        let (series, stamp) = self.current();
        let Some(cells) = shard::cells_or_claim(series.reserved_index()) else {
            return series.write_shared(change);
        };
        if series.is_fixed() {
            let counted = series.write(cells, stamp, change);
            return counted.unwrap_or_else(|| series.write_shared(change));
        }
        let Some(writing) = series.enter() else {
            return series.overflowing().store(change);
        };
        // Read inside the gate, where the labels stay. If the series is removed from here on, this
        // measurement came before the removal.
        let series = Self::of(series.block);
        series.block.note_recorded(series.life());
        let counted = series.write(cells, series.life(), change);
        // Whoever shuts the gate may hold locks. So no code inside the gate waits for a lock, and
        // the writer leaves the gate before it writes to shared cells.
        drop(writing);
        counted.unwrap_or_else(|| series.write_shared(change))
    }

    /// Writes to this thread's own cells, which begin at `cells[0]`; `None` if the measurement
    /// belongs in shared cells.
    fn write(self, cells: &'static [AtomicU64], stamp: u64, change: Change) -> Option<Counted> {
        match change {
            Change::Add(bits) if self.is_plain() => {
                let cell = cells.first().filter(|_| plain::takes(bits))?;
                plain::add(cell, bits);
            }
            Change::Add(bits) => {
                let run = cells.first_chunk()?;
                let add = || with_number!(self.value_type(), N => sum::add(run, stamp, N::from_bits(bits)));
                if !add() {
                    self.take_over_sum(run, stamp).then(add)?;
                }
            }
            Change::Record { value, count } => {
                let grid = self.block.grid();
                let run = cells.get(..run::width(grid))?;
                let is_recorded =
                    self.take_over(run, stamp) && owner::record_any(run, stamp, grid, value, count);
                is_recorded.then_some(())?;
            }
            Change::Set(_) | Change::Adjust(_) => return None,
        }
        Some((self, Life::of_run(stamp)))
    }

    /// Writes to the cells that all threads share.
    fn write_shared(self, change: Change) -> Counted {
        let position = self.position();
        // Allocated outside the gate: see `store`.
        let shared = self.block.shared();
        let claimed = match shared {
            Shared::Histograms(histograms) => Some(histograms[position].claim(self.block.grid())),
            Shared::Gauges(_) | Shared::Sums(_) => None,
        };
        let Some(writing) = self.enter() else {
            // First: whoever has shut the gate may wait for the claim.
            drop(claimed);
            return self.overflowing().store(change);
        };
        let mut life = Life::of_run(self.block.stamp());
        let mut adjusted = None;
        match (shared, change) {
            (Shared::Gauges(gauges), Change::Set(bits)) => {
                with_number!(self.value_type(), N => gauges[position].set(N::from_bits(bits)));
            }
            (Shared::Gauges(gauges), Change::Adjust(adjustment)) => {
                let gauge = &gauges[position];
                let result = with_number!(self.value_type(), N => gauge.adjust::<N>(adjustment));
                adjusted = Some((adjustment, result));
            }
            (Shared::Sums(sums), Change::Add(bits)) => {
                let added =
                    with_number!(self.value_type(), N => sums[position].add(N::from_bits(bits)));
                life = Life::of_shared(added);
            }
            (Shared::Histograms(_), Change::Record { value, count }) => {
                claimed.iter().for_each(|claimed| claimed.record(value, count));
            }
            // The kind of the handle determines both the cells and the change.
            (Shared::Gauges(_) | Shared::Sums(_) | Shared::Histograms(_), _) => {}
        }
        // See `store`: `tap` may wait for a lock.
        drop(writing);
        drop(claimed);
        scope::tap(self.id(), self.descriptor(), change);
        if let Some((adjustment, result)) = adjusted {
            if !result.is_whole {
                self.note_limit(adjustment);
            }
            self.forward(Change::Set(result.bits));
        }
        (self, life)
    }

    /// Forwards a measurement to the subscribers of the metric, if there are any.
    pub(super) fn forward(self, change: Change) {
        if self.block.is_subscribed() {
            forward::to_subscribers(self, change);
        }
    }
}

/// Adds to the plain cell at `index`, if the cell is allocated.
#[inline(always)]
fn add_to_cell(index: u32, n: u64) -> bool {
    plain::takes(n) && shard::cell(index).map(|cell| plain::add(cell, n)).is_some()
}

/// Records into a histogram with open labels. The code is long, and finding such a series takes
/// longer, so this is a function, and not code at each place that records.
///
/// As in [`record_exponential`], the common case calls nothing, and `inline` makes the compiler
/// translate this together with each part of the program that records.
#[inline]
fn record_open(series: Series, value: f64) {
    let series = series.known_as_open();
    if !value.is_finite() {
        return series.drop_for(DropReason::NotFinite);
    }
    if series.value_type() == ValueType::U64 {
        return record_open_u64(series, value);
    }
    let stamp = series.block.stamp();
    let Some(settings) = series.block.histogram_if_any() else {
        return record_in_any_bucket(series, value, 1);
    };
    let boundaries = settings.boundaries();
    if boundaries.is_empty() {
        return record_exponential(series, stamp, settings, value);
    }
    if !series.record_at(series.index(), stamp, boundaries, value, owner::record_steady) {
        // The first measurement of an interval comes here, too.
        record_in_any_bucket(series, value, 1);
    }
}

/// As [`record_open`], in a histogram of `u64`.
#[inline(never)]
fn record_open_u64(series: Series, value: f64) {
    series.record_in_run(value, 1, owner::record);
}

/// Records into an exponential histogram, which has the `settings`.
///
/// It is too long to be inlined at each place that records. `inline` makes the compiler translate
/// it together with the program, whose thread-local storage takes no call there. Nothing else is
/// called in the common case, so nothing is kept on the stack.
#[inline]
fn record_exponential(
    series: Series,
    stamp: u64,
    settings: &'static HistogramSettings,
    value: f64,
) {
    let is_recorded = series.is_current_at(stamp)
        && shard::cells(series.index())
            .zip(settings.exponential())
            .is_some_and(|(run, settings)| owner::record_exponential(run, stamp, *settings, value));
    if !is_recorded {
        record_in_any_bucket(series, value, 1);
    }
}

/// Records a value `count` times into an exponential histogram.
#[inline(never)]
fn record_in_any_bucket(series: Series, value: f64, count: u64) {
    if !series.record_any_at(series.index(), value, count) {
        record_slowly(series, value, count);
    }
}

/// Records in the uncommon cases: a thread's first measurement in a segment or after a removal,
/// subscribers, and shared cells.
#[cold]
#[inline(never)]
pub(super) fn slow(series: Series, change: Change) -> Counted {
    let Some(outermost) = locks::outermost() else { return (series, Life::NONE) };
    let (series, _) = series.current();
    // The new value of a gauge is forwarded when it is known.
    if !matches!(change, Change::Adjust(_)) {
        series.forward(change);
    }
    let counted = series.store(change);
    drop(outermost);
    offer_change(counted.0, change);
    counted
}

// While exemplars are on, every measurement of a counter or a histogram comes here. So the paths
// below first try what the fast path does. `inline` makes the compiler translate them together with
// the program, whose thread-local storage takes no call there.
//
// A `Change` does not fit into two registers. So these paths, which must not touch the stack
// either, and the fast paths hand over its parts.

#[cold]
#[inline]
fn add_to_cell_slowly(block: &'static Block, offset: u32, n: u64) {
    let series = Series::at_offset(block, offset.into());
    let index = block.base_beside_exemplars() + offset;
    if add_to_cell(index, n) {
        offer(series, index, n);
    } else {
        add_in_uncommon_case(series, n);
    }
}

#[cold]
#[inline]
fn add_slowly<N: Number>(series: Series, bits: u64) {
    let index = series.index_beside_exemplars();
    if series.add_to_run(index, N::from_bits(bits)).is_some() {
        offer(series, index, bits);
    } else {
        add_in_uncommon_case(series, bits);
    }
}

#[cold]
#[inline(never)]
fn add_in_uncommon_case(series: Series, bits: u64) {
    slow(series, Change::Add(bits));
}

#[cold]
#[inline]
fn record_slowly(series: Series, value: f64, count: u64) {
    if count == 1 {
        let index = series.index_beside_exemplars();
        let (stamp, boundaries) = (series.block.stamp(), series.block.boundaries());
        let bucket = run::bucket_cell(boundaries, value);
        let is_recorded = if boundaries.is_empty() {
            series.record_any_at(index, value, 1)
        } else {
            series.record_at(index, stamp, boundaries, value, owner::record)
        };
        if is_recorded {
            return offer(series, index + bucket, value.to_bits());
        }
    }
    record_in_uncommon_case(series, value, count);
}

#[cold]
#[inline(never)]
fn record_in_uncommon_case(series: Series, value: f64, count: u64) {
    slow(series, Change::Record { value, count });
}

/// Whether a histogram of `u64` can record `value`.
#[cold]
fn is_u64(value: f64) -> bool {
    value >= 0.0 && value.fract() == 0.0
}
