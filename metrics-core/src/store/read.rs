//! Reading a series: summing its cells over all shards.

use std::cell::{OnceCell, RefCell};

use super::series::Series;
use super::shared::Shared;
use crate::cells::change::Reading;
use crate::cells::grid::Grid;
use crate::cells::histogram::copied::{Copied, acknowledge};
use crate::cells::histogram::run;
use crate::cells::sum;
use crate::cells::totals::Totals;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::MetricType;
use crate::shards::layout::SHARED;
use crate::shards::scope::Scope;
use crate::shards::shard::{self, SEGMENT, SEGMENTS, Segment};
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed},
    fence,
};

/// The shards that are read: all shards, or the shards of one capture.
pub(crate) struct View<'a> {
    /// By segment number, filled at the first use.
    copies: Box<[OnceCell<Vec<&'static Segment>>]>,
    scope: Option<&'a Scope>,
    copied: RefCell<Copied>,
}

impl<'a> View<'a> {
    /// The shards of all threads and captures.
    pub(crate) fn everything() -> Self {
        Self::new(None)
    }

    /// The shards of `scope`.
    pub(crate) fn of(scope: &'a Scope) -> Self {
        Self::new(Some(scope))
    }

    fn new(scope: Option<&'a Scope>) -> Self {
        Self {
            copies: (0..SEGMENTS).map(|_| OnceCell::new()).collect(),
            scope,
            copied: RefCell::new(Copied::of(Grid::Explicit(&[]))),
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
        let index = series.reserved_index();
        let copies = if index < SHARED { self.copies(index) } else { &[] };
        let first = index as usize % SEGMENT;
        let width = series.block.layout().width();
        copies.iter().map(move |segment| &segment[first..first + width])
    }
}

/// The contents of `series`; `None` if nothing was recorded.
pub(crate) fn read(series: Series, view: &View<'_>) -> Option<Reading> {
    let before = series.block.stamp();
    let reading = match series.descriptor().stored_type() {
        MetricType::Histogram => histogram(series, view, false).map(Reading::Histogram),
        MetricType::Gauge => gauge(series, view).map(Reading::Number),
        MetricType::Counter | MetricType::UpDownCounter => {
            with_number!(series.value_type(), N => total::<N>(series, view)).map(Reading::Number)
        }
    };
    // Acquire fence: pairs with the release fence in `sum::restart`. If a value from after a
    // removal was read above, the load of the stamp below sees the removal.
    fence(Acquire);
    // If the series was removed while it was read, some of the cells may hold later counts.
    reading.filter(|_| series.is_fixed() || series.block.stamp() == before)
}

fn total<T: Number>(series: Series, view: &View<'_>) -> Option<u64> {
    let (mut total, mut recorded) = cells_sum::<T>(series, view);
    if view.scope.is_none()
        && series.is_plain()
        && let Some(removal) = series.removal()
    {
        // Plain cells only grow, so a difference of zero means that nothing came after the removal.
        recorded = total.to_bits() != removal.baseline;
        total = total.minus(T::from_bits(removal.baseline));
    }
    if let Some(bits) = shared_cell(series, view) {
        total = total.plus(T::from_bits(bits));
        recorded = true;
    }
    recorded.then(|| total.to_bits())
}

/// The sum of the cells from `index` on, of a [steady](Series::steady_index) series; `None` if
/// nothing was recorded.
pub(crate) fn steady_sum<T: Number>(index: u32, view: &View<'_>) -> Option<u64> {
    let first = index as usize % SEGMENT;
    let runs = view.copies(index).iter().filter_map(|segment| segment[first..].first_chunk());
    // Of a series that was never removed, every run counts that was ever written.
    let recorded = runs.filter_map(|run| sum::read(run, |tag| tag != 0)).map(T::from_bits);
    recorded.reduce(T::plus).map(T::to_bits)
}

/// The sum of the sequences of the runs from `index` on, of a [steady](Series::steady_index)
/// histogram; `None` if nothing was recorded. While no counts are moved between shards, the sum
/// grows with each measurement.
pub(crate) fn steady_sequences(index: u32, view: &View<'_>) -> Option<u64> {
    let first = index as usize % SEGMENT;
    let sequences = view.copies(index).iter().map(|segment| run::sequence(&segment[first..]));
    sequences.reduce(u64::wrapping_add)
}

/// The sum of the sharded cells, and whether any of them was written. In plain cells, counts from
/// before a removal are included.
pub(crate) fn cells_sum<T: Number>(series: Series, view: &View<'_>) -> (T, bool) {
    let (mut total, mut recorded) = (T::ZERO, false);
    let index = series.reserved_index();
    if index >= SHARED {
        return (total, recorded);
    }
    let first = index as usize % SEGMENT;
    let counts = series.counting();
    for segment in view.copies(index) {
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
        Shared::Gauges(gauges) => gauges[series.position()].read(),
        Shared::Sums(sums) => sums[series.position()].read(),
        Shared::Histograms(_) => None,
    }
}

/// The contents of a histogram; `None` if nothing was recorded. With `end_interval`, the interval
/// ends at this read. To read the interval, the caller must keep other readers out.
pub(crate) fn histogram(series: Series, view: &View<'_>, end_interval: bool) -> Option<Totals> {
    let mut totals = Totals::new(series.block.grid());
    add_runs(series, view, end_interval, &mut totals);
    (totals.count() > 0).then_some(totals)
}

/// Adds the contents of a histogram to `totals`. Returns whether they belong together: they do not
/// if the series was removed meanwhile.
pub(crate) fn add_histogram(series: Series, view: &View<'_>, totals: &mut Totals) -> bool {
    let before = series.block.stamp();
    add_runs(series, view, false, totals);
    // As in `read`.
    fence(Acquire);
    series.is_fixed() || series.block.stamp() == before
}

fn add_runs(series: Series, view: &View<'_>, end_interval: bool, totals: &mut Totals) {
    let mut copied = view.copied.borrow_mut();
    let copied = copied.with(series.block.grid());
    for run in view.runs(series) {
        let Some(copied) = copied.read(run) else { continue };
        if end_interval {
            // Immediately after the copy, because late values are known less precisely.
            acknowledge(run, copied);
        }
        if series.counts(copied.tag()) {
            copied.add_to(totals);
        }
    }
    let shared = match view.scope {
        Some(scope) => match scope.tapped(series.id()) {
            Some(Reading::Histogram(totals)) => Some(totals),
            Some(Reading::Number(_)) | None => None,
        },
        None => match series.block.shared_if_any() {
            Some(Shared::Histograms(histograms)) => {
                histograms[series.position()].get().map(|histogram| histogram.read(end_interval))
            }
            Some(Shared::Gauges(_) | Shared::Sums(_)) | None => None,
        },
    };
    if let Some(shared) = shared {
        totals.merge(&shared);
    }
}

impl Series {
    /// Whether anything was recorded since the series was made or removed.
    pub(crate) fn is_recorded(self) -> bool {
        read(self, &View::everything()).is_some()
    }
}
