//! Moving counts into this thread's cells, and taking over runs that other tags have counted.

use super::series::Series;
use super::shared::Shared;
use crate::cells::change::Change;
use crate::cells::histogram::copied::Copied;
use crate::cells::histogram::{owner, run};
use crate::cells::{plain, sum};
use crate::shards::shard;
use crate::sync::AtomicU64;

impl Series {
    /// Adds a histogram run of another shard, which no thread writes any more, to this thread's
    /// run. The caller keeps readers out.
    pub(crate) fn absorb(self, copied: &Copied) {
        if self.is_current() && self.counts(copied.tag()) {
            self.add_copied(copied);
        }
    }

    /// Records many values of a histogram at once. The caller keeps readers out.
    pub(crate) fn record_all(self, values: &Copied) {
        self.block.owner().note_measured();
        self.absorb_late(values);
    }

    /// Adds values of an earlier life to this thread's run. The caller keeps readers out.
    pub(super) fn absorb_late(self, copied: &Copied) {
        let (series, _) = self.current();
        let cells = shard::cells_or_claim(series.reserved_index());
        let Some(writing) = series.enter() else {
            return series.overflowing().add_copied(copied);
        };
        let series = if series.is_fixed() {
            series
        } else {
            let series = Self::of(series.block);
            series.block.note_recorded(series.life());
            series
        };
        let is_added = series.add_to_cells(cells, copied);
        // See `store`.
        drop(writing);
        if !is_added {
            series.add_to_shared(copied);
        }
    }

    fn add_copied(self, copied: &Copied) {
        if !self.add_to_cells(shard::cells_or_claim(self.reserved_index()), copied) {
            self.add_to_shared(copied);
        }
    }

    /// Adds to a run of this thread, which begins at `cells[0]`, unless the run cannot be taken
    /// over.
    fn add_to_cells(self, cells: Option<&'static [AtomicU64]>, copied: &Copied) -> bool {
        let stamp = self.block.stamp();
        let run = cells.and_then(|cells| cells.get(..self.block.layout().width()));
        run.filter(|run| self.take_over(run, stamp))
            .inspect(|run| owner::absorb(run, copied))
            .is_some()
    }

    fn add_to_shared(self, copied: &Copied) {
        if let Shared::Histograms(histograms) = self.block.shared() {
            histograms[self.position()].absorb(self.block.grid(), copied);
        }
    }

    /// Adds the sum of cells of other shards, which no thread writes any more. The caller keeps
    /// readers out.
    pub(crate) fn absorb_sum(self, bits: u64) {
        let is_absorbed = self.is_plain()
            && shard::cells_or_claim(self.reserved_index())
                .and_then(|cells| cells.first())
                .is_some_and(|cell| plain::absorb(cell, bits));
        if !is_absorbed {
            self.store(Change::Add(bits));
        }
    }

    /// Gives this thread's run of a histogram the tag `stamp`, unless the run has contents that no
    /// reader has seen.
    pub(super) fn take_over(self, run: &[AtomicU64], stamp: u64) -> bool {
        let tag = run::tag(run);
        if tag == stamp {
            return true;
        }
        if self.counts(tag) {
            owner::retag(run, stamp);
            return true;
        }
        if !self.block.is_any_removed() {
            // The run was never written, and there is no entry of it.
            owner::restart(run, stamp);
            return true;
        }
        self.block.late().restart_histogram(run, self.block.grid(), stamp)
    }

    /// Gives this thread's run of a sum the tag `stamp`, unless the run has contents that no reader
    /// has seen.
    pub(super) fn take_over_sum(self, run: &[AtomicU64; sum::WIDTH], stamp: u64) -> bool {
        let keep = self.counts(sum::tag(run));
        // Without a removal, the run was never written, and there is no entry of it.
        if keep || !self.is_flow() || !self.block.is_any_removed() {
            sum::restart(run, stamp, keep);
            return true;
        }
        self.block.late().restart_sum(run, stamp)
    }
}
