//! Reading a series: adding its cells up over all shards.

use std::cell::{OnceCell, RefCell};

use super::block::Shared;
use super::series::Series;
use super::state::Removed;
use crate::cells::change::Reading;
use crate::cells::histogram::{Copied, acknowledge};
use crate::cells::sum;
use crate::cells::totals::Totals;
use crate::metric::kind::{MetricType, with_number};
use crate::number::Number;
use crate::shards::layout::SHARED;
use crate::shards::scope::Scope;
use crate::shards::shard::{self, SEGMENT, SEGMENTS, Segment};
use crate::shards::written;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed},
    fence,
};

/// Which shards are read: all of them, or those of one capture.
pub(crate) struct View<'a> {
    /// By segment number, fetched when first needed.
    copies: Box<[OnceCell<Vec<&'static Segment>>]>,
    scope: Option<&'a Scope>,
    copied: RefCell<Copied>,
}

impl<'a> View<'a> {
    /// All shards.
    pub(crate) fn everything() -> Self {
        Self::new(None)
    }

    /// What was recorded in `scope`.
    pub(crate) fn of(scope: &'a Scope) -> Self {
        Self::new(Some(scope))
    }

    fn new(scope: Option<&'a Scope>) -> Self {
        Self {
            copies: (0..SEGMENTS).map(|_| OnceCell::new()).collect(),
            scope,
            copied: RefCell::default(),
        }
    }

    /// The copies of the segment that holds the cell `index`.
    fn copies(&self, index: u32) -> &[&'static Segment] {
        let number = index as usize / SEGMENT;
        self.copies[number].get_or_init(|| match self.scope {
            None => shard::copies(number),
            Some(scope) => scope.copies(number),
        })
    }

    /// The runs of a histogram's sharded cells.
    pub(crate) fn runs(&self, series: Series) -> impl Iterator<Item = &'static [AtomicU64]> {
        let copies = if series.index < SHARED { self.copies(series.index) } else { &[] };
        let first = series.index as usize % SEGMENT;
        let width = series.block.layout().width();
        copies.iter().map(move |segment| &segment[first..first + width])
    }
}

/// What `series` holds; `None` if nothing was recorded.
pub(crate) fn read(series: Series, view: &View<'_>) -> Option<Reading> {
    let before = series.block.state();
    let reading = match series.descriptor().metric_type() {
        MetricType::Histogram => histogram(series, view, false).map(Reading::Histogram),
        MetricType::Gauge => gauge(series, view).map(Reading::Number),
        MetricType::Counter | MetricType::UpDownCounter => {
            with_number!(series.value_type(), N => total::<N>(series, view)).map(Reading::Number)
        }
    };
    // Pairs with the release fence in `sum::restart`: what was counted since a removal was seen only
    // together with the removal.
    fence(Acquire);
    // Removed while it was read: some of the cells may belong to what came after.
    reading.filter(|_| series.block.state().tenancy() == before.tenancy())
}

fn total<T: Number>(series: Series, view: &View<'_>) -> Option<u64> {
    let (mut total, mut recorded) = cells_sum::<T>(series, view);
    if view.scope.is_none() && series.is_plain() {
        if let Some((Removed::Baseline(bits), _)) = series.removed() {
            recorded = total.to_bits() != bits;
            total = total.minus(T::from_bits(bits));
            if recorded && series.index < SHARED {
                // Who was told of it now must be told when the sum is back at zero, which looks as if
                // nothing had come since the removal.
                written::mark_written(series.index);
            }
        }
        recorded |= series.index < SHARED && written::is_marked(series.index);
    }
    if let Some(bits) = shared_cell(series, view) {
        total = total.plus(T::from_bits(bits));
        recorded = true;
    }
    recorded.then(|| total.to_bits())
}

/// The sum of the sharded cells, removed or not, and whether anything is in them.
pub(crate) fn cells_sum<T: Number>(series: Series, view: &View<'_>) -> (T, bool) {
    let (mut total, mut recorded) = (T::ZERO, false);
    if series.index >= SHARED {
        return (total, recorded);
    }
    let state = series.block.state();
    let first = series.index as usize % SEGMENT;
    let counts = series.counting(state);
    for segment in view.copies(series.index) {
        let bits = if series.is_plain() {
            Some(segment[first].load(Relaxed)).filter(|bits| *bits != 0)
        } else {
            let run = segment[first..].first_chunk();
            run.and_then(|run| sum::read(run, &counts))
        };
        if let Some(bits) = bits {
            total = total.plus(T::from_bits(bits));
            recorded = true;
        }
    }
    (total, recorded)
}

fn gauge(series: Series, view: &View<'_>) -> Option<u64> {
    shared_cell(series, view)
}

fn shared_cell(series: Series, view: &View<'_>) -> Option<u64> {
    if let Some(scope) = view.scope {
        return match scope.tapped(series.id())? {
            Reading::Number(bits) => Some(bits),
            Reading::Histogram(_) => None,
        };
    }
    match series.block.shared_if_any()? {
        Shared::Cells(cells) => cells[series.place()].read(),
        Shared::Histograms(_) => None,
    }
}

/// What a histogram holds; `None` if nothing was recorded. With `end_interval`, its interval ends with
/// what was read. For the interval, the caller holds other readers out.
pub(crate) fn histogram(series: Series, view: &View<'_>, end_interval: bool) -> Option<Totals> {
    let boundaries = series.descriptor().boundaries().len();
    let mut totals = Totals::new(boundaries);
    let state = series.block.state();
    let mut copied = view.copied.borrow_mut();
    for run in view.runs(series) {
        let Some(copied) = copied.read(run) else { continue };
        if end_interval {
            // At once: what the owner records until it notices is known less well.
            acknowledge(run, copied);
        }
        if series.counts(copied.tag(), state) {
            totals.merge(copied.sum(), copied.extremes(), copied.interval(), copied.buckets());
        }
    }
    let shared = match view.scope {
        Some(scope) => match scope.tapped(series.id()) {
            Some(Reading::Histogram(totals)) => Some(totals),
            Some(Reading::Number(_)) | None => None,
        },
        None => match series.block.shared_if_any() {
            Some(Shared::Histograms(all)) => Some(all[series.place()].read(end_interval)),
            Some(Shared::Cells(_)) | None => None,
        },
    };
    if let Some(shared) = shared {
        totals.merge(shared.sum, shared.extremes, shared.interval, &shared.buckets);
    }
    (totals.count() > 0).then_some(totals)
}

impl Series {
    /// Whether anything was recorded since it was made or removed.
    pub(crate) fn is_recorded(self) -> bool {
        read(self, &View::everything()).is_some()
    }
}
