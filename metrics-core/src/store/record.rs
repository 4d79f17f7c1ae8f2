//! Recording: the paths of a measurement into the cells of a series.

use super::forward;
use super::series::Series;
use super::shared::Shared;
use super::state::{NEVER_RECYCLED, State};
use crate::cells::change::Change;
use crate::cells::histogram::{self, Copied};
use crate::cells::sum;
use crate::metric::dropped::DropReason;
use crate::metric::kind::{ValueType, with_number};
use crate::number::Number;
use crate::shards::layout::SHARED;
use crate::shards::{scope, shard, written};
use crate::sync::{AtomicU64, Ordering::Relaxed};

impl Series {
    /// Adds to a sum.
    #[inline(always)]
    pub(crate) fn add<N: Number>(self, n: N) {
        let written = if N::EXACT && self.tenancy == NEVER_RECYCLED {
            !self.block.state().is_subscribed() && self.add_to_cell(n)
        } else {
            let state = self.block.state();
            // No run has a tag with the `SUBSCRIBED` bit, so a subscribed series takes the slow
            // path too.
            state.tenancy() == self.tenancy
                && shard::cells(self.index)
                    .and_then(|cells| cells.first_chunk())
                    .is_some_and(|run| sum::add(run, state.bits(), n))
        };
        if !written {
            self.slow(Change::Add(n.to_bits()));
        }
    }

    /// Adds to the plain cell of a series with fixed labels, if the cell is allocated.
    #[inline(always)]
    fn add_to_cell<N: Number>(self, n: N) -> bool {
        let Some(cell) = shard::cell(self.index) else { return false };
        // Relaxed: this thread wrote the cell itself, or took the shard over under a lock, which
        // orders the previous owner's writes before this load.
        let value = N::from_bits(cell.load(Relaxed)).plus(n).to_bits();
        if value == 0 {
            // Without a mark, a plain cell that is zero looks unrecorded.
            written::mark_written(self.index);
        }
        cell.store(value, Relaxed);
        true
    }

    /// Records into a histogram.
    #[inline(always)]
    pub(crate) fn record(self, value: f64) {
        if !value.is_finite() {
            return self.drop_for(DropReason::NotFinite);
        }
        let state = self.block.state();
        let descriptor = self.descriptor();
        if descriptor.value_type() == ValueType::U64 && !is_u64(value) {
            return self.drop_for(if value < 0.0 {
                DropReason::Negative
            } else {
                DropReason::WrongType
            });
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
            if self.tenancy == NEVER_RECYCLED {
                return cell.set(n.to_bits());
            }
            if let Some(_writing) = self.block.enter(self.tenancy) {
                return cell.set(n.to_bits());
            }
        }
        self.slow(Change::Set(n.to_bits()));
    }

    /// Counts a measurement that is dropped.
    #[cold]
    pub(crate) fn drop_for(self, reason: DropReason) {
        self.block.owner().dropped().note(reason);
    }

    /// Records in the uncommon cases: a thread's first measurement in a segment or after a removal,
    /// subscribers, and shared cells.
    #[cold]
    #[inline(never)]
    fn slow(self, change: Change) {
        let (series, state) = self.current();
        if state.is_subscribed() {
            forward::to_subscribers(series, change);
        }
        series.store(change);
    }

    /// Writes a measurement to the cells, sharded or shared.
    pub(crate) fn store(self, change: Change) {
        let (series, state) = self.current();
        match shard::cells_or_claim(series.index) {
            Some(cells) if series.tenancy == NEVER_RECYCLED => series.write(cells, state, change),
            Some(cells) => {
                let Some(_writing) = series.block.enter(series.tenancy) else {
                    return series.overflowing().store(change);
                };
                // The state is read inside the gate. If the series is removed from here on, this
                // measurement came before the removal.
                let state = series.block.state();
                Self { tenancy: state.tenancy(), ..series }.write(cells, state, change);
            }
            None => series.write_shared(change),
        }
    }

    /// Adds a histogram run of another shard, which no thread writes any more, to this thread's
    /// run. The caller keeps readers out.
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

    /// Gives this thread's run of a histogram the tag of `state`.
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

    /// Writes to this thread's own cells, which begin at `cells[0]`.
    fn write(self, cells: &'static [AtomicU64], state: State, change: Change) {
        let tag = state.tag();
        match change {
            // Sums of `f64` are never plain.
            Change::Add(bits) if self.is_plain() => {
                let _ = with_number!(self.value_type(), N => self.add_to_cell(N::from_bits(bits)));
            }
            Change::Add(bits) => {
                let Some(run) = cells.first_chunk() else { return };
                let add = |tag| with_number!(self.value_type(), N => sum::add(run, tag, N::from_bits(bits)));
                if !add(tag) {
                    sum::restart(run, tag, self.counts(sum::tag(run), state));
                    add(tag);
                }
            }
            Change::Record(value) => {
                let boundaries = self.descriptor().boundaries();
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
        let position = self.position();
        match (self.block.shared(), change) {
            (Shared::Cells(cells), Change::Set(bits)) => cells[position].set(bits),
            (Shared::Cells(cells), Change::Add(bits)) => {
                with_number!(self.value_type(), N => cells[position].add(N::from_bits(bits)));
            }
            (Shared::Histograms(histograms), Change::Record(value)) => {
                histograms[position].record(self.descriptor().boundaries(), value);
            }
            // The kind of the handle determines both the cells and the change.
            (Shared::Cells(_), Change::Record(_)) | (Shared::Histograms(_), _) => {}
        }
        // The writer leaves the gate before `tap`, which may wait for a lock.
        drop(writing);
        scope::tap(self.id(), self.descriptor(), change);
    }
}

/// Whether a histogram of `u64` can record `value`.
#[cold]
fn is_u64(value: f64) -> bool {
    value >= 0.0 && value.fract() == 0.0
}
