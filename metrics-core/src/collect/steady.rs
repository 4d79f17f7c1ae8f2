//! Steady series: a reader of changes finds those that did not change without their blocks.
//!
//! A collection of many series waits mostly for memory. The cells of the series lie side by side,
//! but each block is a piece of memory of its own. So a reader notes where the cells of a series
//! are, and what it saw in them. If the cells hold the same at its next call, the reader leaves out
//! the series.
//!
//! That is right for a series only while all its values are in cells of shards and all written runs
//! count. Two events end that:
//!
//! - The series is removed. Then [`Steady::forget`] is called, and the block is not steady again.
//! - Shared cells are allocated. The family counts that before anything is recorded in them. If the
//!   count has moved, the reader forgets all series of the family.
//!
//! The cells are noted before the series is read. So a measurement between the two is reported now,
//! and the series is read once more at the next call.

use crate::metric::descriptor::Descriptor;
use crate::metric::value_type::with_number;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::read::{View, steady_sequences, steady_sum};
use crate::store::series::Series;

/// The steady series of one family, as a reader saw them last.
#[derive(Debug, Clone, Default)]
pub(super) struct Steady {
    /// The events of the family and the process at the reader's last call.
    events: Events,
    /// By row.
    seen: Vec<Option<Seen>>,
}

/// Events after which cells may hold less than before, or not all of the values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Events {
    /// [`Family::shared_blocks`]
    shared: u32,
    /// How often counts were moved between shards. Sums stay the same then.
    moved: u64,
}

impl Events {
    /// The events until now. `moved`: how often counts were moved between shards.
    fn of(family: &'static Family, moved: u64) -> Self {
        let moved = if is_histogram(family.descriptor()) { moved } else { 0 };
        Self { shared: family.shared_blocks(), moved }
    }
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    /// The index of the first cell.
    index: u32,
    /// The sum as bits; for a histogram, the sum of the sequences of its runs.
    contents: u64,
}

impl Steady {
    /// For each row, whether nothing was recorded in its series since the last call. Rows at the
    /// end may be missing.
    pub(super) fn unchanged(
        &mut self,
        family: &'static Family,
        moved: u64,
        view: &View<'_>,
    ) -> Vec<bool> {
        let events = Events::of(family, moved);
        if std::mem::replace(&mut self.events, events) != events {
            self.seen.clear();
        }
        let seen = self.seen.iter();
        if is_histogram(family.descriptor()) {
            seen.map(|seen| is_same(*seen, |index| steady_sequences(index, view))).collect()
        } else {
            with_number!(family.descriptor().value_type(), N => {
                seen.map(|seen| is_same(*seen, |index| steady_sum::<N>(index, view))).collect()
            })
        }
    }

    /// Notes what is in the cells of a series. Call this before the series is read.
    pub(super) fn note(&mut self, series: Series, view: &View<'_>) {
        let Some(row) = series.row() else { return };
        let seen = series.steady_index().and_then(|index| {
            let contents = if is_histogram(series.descriptor()) {
                steady_sequences(index, view)
            } else {
                with_number!(series.value_type(), N => steady_sum::<N>(index, view))
            };
            Some(Seen { index, contents: contents? })
        });
        if self.seen.len() <= row {
            self.seen.resize(row + 1, None);
        }
        self.seen[row] = seen;
    }

    /// Forgets a series that was removed.
    pub(super) fn forget(&mut self, series: Series) {
        if let Some(seen) = series.row().and_then(|row| self.seen.get_mut(row)) {
            *seen = None;
        }
    }
}

fn is_same(seen: Option<Seen>, contents: impl Fn(u32) -> Option<u64>) -> bool {
    seen.is_some_and(|seen| contents(seen.index) == Some(seen.contents))
}

fn is_histogram(metric: &Descriptor) -> bool {
    metric.metric_type() == MetricType::Histogram
}
