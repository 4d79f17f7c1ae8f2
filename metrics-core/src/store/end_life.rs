//! The end of a life of a series: what was recorded in it, and what comes late.
//!
//! All functions here are for callers that keep readers and other removals out.

#[cfg(test)]
mod tests;

use super::late::Ledger;
use super::read::{View, cells_sum};
use super::series::Series;
use super::state::End;
use crate::cells::change::{Change, Reading};
use crate::cells::histogram::copied::Copied;
use crate::cells::totals::Totals;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::MetricType;
use crate::shards::layout::SHARED;
use crate::shards::scope;
use crate::shards::shard::{self, SEGMENT};
use crate::sync::AtomicU64;

/// The contents of void runs that no reader has seen, and the tag under which it was recorded.
pub(super) type Unread = (u64, Contents);

#[derive(Debug)]
pub(super) enum Contents {
    Sum(u64),
    Histogram(Copied),
}

impl Series {
    /// Removes the series. Returns what was recorded in the life that ends; `None` for gauges and
    /// up-down counters, whose values end with the life, and if nothing was recorded.
    pub(crate) fn end_life(self, end: End) -> Option<Reading> {
        if !self.is_fixed() {
            return self.block.owner().end_life(self.block, self.life(), end);
        }
        if self.is_plain() && self.is_flow() {
            let view = View::everything();
            let total = cells_sum::<u64>(self, &view).0;
            let before = self.removal().map_or(0, |removal| removal.baseline);
            let shared = self.block.remove(self.position(), total, end);
            let recorded = (total != before).then(|| Reading::Number(total.wrapping_sub(before)));
            return self.sum_of(recorded, shared);
        }
        self.void_and_read(|| self.block.remove(self.position(), 0, end)).0
    }

    /// Ends the life with `void`, which returns what the shared cells held. Returns what was
    /// recorded in the life, and what came late under labels that an open block had before.
    pub(super) fn void_and_read(
        self,
        void: impl FnOnce() -> Option<Reading>,
    ) -> (Option<Reading>, Vec<Unread>) {
        if !self.is_flow() {
            void();
            return (None, Vec::new());
        }
        // Locked before the stamp changes: no owner starts a run over before it is read here.
        let mut ledger = self.block.late().lock();
        let mut total = void();
        let unread = self.read_void_runs(&mut ledger);
        drop(ledger);
        let (own, late): (Vec<_>, _) =
            unread.into_iter().partition(|(tag, _)| self.has_labels_of(*tag));
        for (_, contents) in own {
            total = self.sum_of(total, Some(self.reading(&contents)));
        }
        let recorded = total.filter(|total| match total {
            Reading::Number(_) => true,
            Reading::Histogram(totals) => totals.count() > 0,
        });
        (recorded, late)
    }

    /// Adds what came late for earlier lives to the life that goes on.
    pub(crate) fn settle(self) {
        // A late measurement in a plain cell is not subtracted with the baseline.
        if !self.block.is_any_removed() || !self.is_flow() || self.is_plain() {
            return;
        }
        let unread = self.read_void_runs(&mut self.block.late().lock());
        self.add_late(unread);
    }

    /// Whether measurements add up over the lives of a series, so that none must be lost with the
    /// end of a life.
    pub(super) fn is_flow(self) -> bool {
        matches!(self.descriptor().stored_type(), MetricType::Counter | MetricType::Histogram)
    }

    fn has_labels_of(self, tag: u64) -> bool {
        self.is_fixed() || self.block.has_labels_of(tag)
    }

    /// Adds what came late for earlier lives to the life that goes on, or to the overflow series
    /// if it came late for other labels. The caller holds no lock of the family.
    pub(super) fn add_late(self, unread: Vec<Unread>) {
        for (tag, contents) in unread {
            scope::outside(|| {
                let series =
                    if self.has_labels_of(tag) { self.current().0 } else { self.overflowing() };
                match &contents {
                    Contents::Sum(bits) => {
                        series.store(Change::Add(*bits));
                    }
                    Contents::Histogram(copied) => series.absorb_late(copied),
                }
            });
        }
    }

    fn read_void_runs(self, ledger: &mut Ledger) -> Vec<Unread> {
        let life = if self.is_fixed() { self.life() } else { self.block.stamp() };
        let is_void = |tag| tag < life;
        let mut unread = Vec::new();
        let runs: Vec<_> = self.runs().collect();
        if !self.is_fixed() {
            ledger.keep_only(&runs);
        }
        for run in runs {
            if self.descriptor().metric_type() == MetricType::Histogram {
                let copied = ledger.read_histogram(run, self.block.grid(), is_void);
                unread.extend(copied.map(|copied| (copied.tag(), Contents::Histogram(copied))));
            } else if let Some(run) = run.first_chunk()
                && let Some((tag, before, now)) = ledger.read_sum(run, is_void)
            {
                let bits = with_number!(self.value_type(), N => {
                    let before = before.map_or(N::ZERO, N::from_bits).finite();
                    N::from_bits(now).finite().minus(before).to_bits()
                });
                unread.push((tag, Contents::Sum(bits)));
            }
        }
        unread
    }

    /// The runs of this series in all shards.
    fn runs(self) -> impl Iterator<Item = &'static [AtomicU64]> {
        let index = self.block.reserved_base_if_any().map_or(SHARED, |base| base + self.offset());
        let copies = if index < SHARED { shard::copies(index as usize / SEGMENT) } else { vec![] };
        let first = index as usize % SEGMENT;
        let width = self.block.layout().width();
        copies.into_iter().map(move |segment| &segment[first..first + width])
    }

    fn reading(self, contents: &Contents) -> Reading {
        match contents {
            Contents::Sum(bits) => Reading::Number(*bits),
            Contents::Histogram(copied) => {
                let mut totals = Totals::new(self.block.grid());
                copied.add_to(&mut totals);
                Reading::Histogram(totals)
            }
        }
    }

    fn sum_of(self, a: Option<Reading>, b: Option<Reading>) -> Option<Reading> {
        match (a, b) {
            (Some(Reading::Number(a)), Some(Reading::Number(b))) => {
                Some(Reading::Number(self.value_type().sum(a, b)))
            }
            (Some(Reading::Histogram(mut a)), Some(Reading::Histogram(b))) => {
                a.merge(&b);
                Some(Reading::Histogram(a))
            }
            (a, b) => a.or(b),
        }
    }
}
