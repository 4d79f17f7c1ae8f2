//! Readers: taking snapshots, and telling what came since the last one.

mod changes;
mod fit;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use foldhash::fast::FixedState;

use crate::block::Block;
use crate::cells::histogram::{Extremes, Totals};
use crate::descriptor::{Descriptor, MetricType};
use crate::dropped::Reason;
use crate::family::Family;
use crate::observe::run_callbacks;
use crate::read::{View, histogram, read};
use crate::registry;
use crate::scope::Scope;
use crate::series::{Series, SeriesId};
use crate::snapshot::{HistogramSnapshot, MetricSnapshot, SeriesSnapshot, Snapshot, Value};
use crate::sync::lock;

use fit::Interval;

pub use changes::{Changes, MetricChanges, SeriesChange};

/// What all metrics hold now.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{MetricType, attributes, record_metric};
///
/// record_metric("visits", 2, MetricType::Counter, attributes!()).unwrap();
/// assert_eq!(typed_metrics::snapshot().get("visits").unwrap().series[0].value.as_f64(), 2.0);
/// ```
#[must_use]
pub fn snapshot() -> Snapshot {
    collect(None)
}

/// Takes snapshots that also tell what came since this reader's last one.
///
/// Each reader has intervals of its own; any number of them can read at their own pace.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, Reader, attributes, register_metric};
///
/// let size = register_metric("size", Metric::histogram("size").unit("By")).unwrap();
/// let reader = Reader::new();
/// size.record(100, attributes!()).unwrap();
/// let _ = reader.collect();
///
/// size.record(7, attributes!()).unwrap();
/// size.record(8, attributes!()).unwrap();
/// let snapshot = reader.collect();
/// let size = snapshot.get("size").unwrap().series[0].value.as_histogram().unwrap();
/// assert_eq!((size.count, size.max), (3, 100.0));
/// let interval = size.interval.as_ref().unwrap();
/// assert_eq!((interval.count, interval.min, interval.max), (2, 7.0, 8.0));
/// ```
#[derive(Debug)]
pub struct Reader(u64);

/// What is kept between collections. Held while cells are read, so that whatever moves counts from
/// one place to another can keep readers out.
#[derive(Debug)]
pub(crate) struct Collecting {
    next: u64,
    readers: Vec<Progress>,
}

/// How far one reader is.
#[derive(Debug)]
struct Progress {
    reader: u64,
    histograms: HashMap<SeriesId, Seen, FixedState>,
    /// Of the families of other kinds, by address, for [`Reader::changes`].
    numbers: HashMap<usize, changes::Places>,
}

/// What a reader knows of a histogram.
#[derive(Debug)]
struct Seen {
    family: &'static Family,
    /// At its last collection.
    sum: f64,
    buckets: Vec<u64>,
    extremes: Option<Extremes>,
    /// Since then, from intervals that other readers ended.
    pending: Option<Extremes>,
    /// Whether the collection that is under way found it.
    found: bool,
}

static COLLECTING: Mutex<Collecting> = Mutex::new(Collecting { next: 0, readers: Vec::new() });

/// Keeps readers out.
pub(crate) fn collecting() -> MutexGuard<'static, Collecting> {
    lock(&COLLECTING)
}

impl Reader {
    /// A reader whose first interval begins at the beginning.
    #[must_use]
    pub fn new() -> Self {
        let mut all = collecting();
        all.next += 1;
        let reader = all.next;
        let (histograms, numbers) = (HashMap::default(), HashMap::new());
        all.readers.push(Progress { reader, histograms, numbers });
        Self(reader)
    }

    /// What all metrics hold now, histograms with what came since the last call.
    #[must_use]
    pub fn collect(&self) -> Snapshot {
        collect(Some(self.0))
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        collecting().readers.retain(|progress| progress.reader != self.0);
    }
}

fn collect(reader: Option<u64>) -> Snapshot {
    let families = registry::families();
    families.iter().for_each(|family| run_callbacks(family));
    let mut news = News::default();
    let mut all = collecting();
    let view = View::everything();
    let mut metrics: Vec<MetricSnapshot> = Vec::with_capacity(families.len());
    let mut by_name: HashMap<&'static str, usize> = HashMap::with_capacity(families.len());
    for family in families {
        let metric = MetricSnapshot {
            descriptor: family.descriptor(),
            series: series_of(family, reader, &view, &mut all),
            dropped: family.dropped.read(),
        };
        news.note(family, &metric.dropped);
        match by_name.get(metric.descriptor.name()) {
            Some(&first) if metrics[first].descriptor.difference(metric.descriptor).is_none() => {
                metrics[first].join(metric);
            }
            _ => {
                by_name.insert(metric.descriptor.name(), metrics.len());
                metrics.push(metric);
            }
        }
    }
    if let Some(reader) = reader {
        all.forget_removed(reader, |_| true);
    }
    drop(all);
    news.warn();
    Snapshot { metrics }
}

/// What `scope` recorded.
pub(crate) fn collect_scope(scope: &Scope) -> Snapshot {
    let view = View::of(scope);
    let metric = |family: &'static Family| {
        let mut series = Vec::new();
        family.for_each_series(|found| {
            let value = read(found, &view).map(|read| Value::new(family.descriptor(), read));
            series.extend(value.and_then(|value| found.snapshot(value)));
        });
        MetricSnapshot { descriptor: family.descriptor(), series, dropped: Vec::new() }
    };
    let recorded = |metric: &MetricSnapshot| !metric.series.is_empty();
    Snapshot { metrics: registry::families().into_iter().map(metric).filter(recorded).collect() }
}

fn series_of(
    family: &'static Family,
    reader: Option<u64>,
    view: &View<'_>,
    all: &mut Collecting,
) -> Vec<SeriesSnapshot> {
    let mut snapshots = Vec::new();
    if family.descriptor().metric_type() == MetricType::Histogram
        && let Some(reader) = reader
    {
        each_histogram(family, |series| {
            let totals = histogram(series, view, true)?;
            let ends = !totals.interval.is_none();
            let interval = all.interval(reader, series, &totals).map(Box::new);
            let mut value = HistogramSnapshot::new(family.descriptor().boundaries(), totals);
            value.interval = interval;
            snapshots.extend(series.snapshot(Value::Histogram(value)));
            Some(ends)
        });
    } else {
        family.for_each_series(|series| {
            let value = read(series, view).map(|read| Value::new(family.descriptor(), read));
            snapshots.extend(value.and_then(|value| series.snapshot(value)));
        });
    }
    snapshots
}

/// Visits the histograms of `family`, and ends the interval of those of which `visit` says so, which
/// has read them.
fn each_histogram(family: &'static Family, mut visit: impl FnMut(Series) -> Option<bool>) {
    let mut ended: Option<&'static Block> = None;
    family.for_each_series(|series| {
        if visit(series) == Some(true) {
            ended = Some(series.block);
        }
        // A block with one series ends its interval right after it was read.
        if series.tenancy != crate::block::FIXED
            && let Some(block) = ended.take()
        {
            block.end_interval();
        }
    });
    if let Some(block) = ended {
        block.end_interval();
    }
}

impl Series {
    /// With its labels; `None` if it was removed meanwhile. It gets new labels after the tenancy under
    /// which it has them has begun, so what is current afterwards was so with these.
    fn snapshot(self, value: Value) -> Option<SeriesSnapshot> {
        let snapshot = SeriesSnapshot { id: self.id(), labels: self.labels(), value };
        self.is_current().then_some(snapshot)
    }
}

impl Collecting {
    /// What came in a histogram since `reader` collected last; whatever interval is under way is noted
    /// for every reader.
    fn interval(
        &mut self,
        reader: u64,
        series: Series,
        totals: &Totals,
    ) -> Option<HistogramSnapshot> {
        self.note(series, totals.interval);
        let progress = self.readers.iter_mut().find(|progress| progress.reader == reader)?;
        progress.seen(series).advance(series.block.descriptor().boundaries(), totals)
    }

    /// Forgets the histograms that a reader's collection did not find any more, in the families that
    /// it visited, and says which they are.
    fn forget_removed(
        &mut self,
        reader: u64,
        visited: impl Fn(&'static Family) -> bool,
    ) -> Vec<(&'static Descriptor, SeriesId)> {
        let Some(progress) = self.readers.iter_mut().find(|p| p.reader == reader) else {
            return Vec::new();
        };
        let is_removed = |_: &SeriesId, seen: &mut Seen| {
            !std::mem::take(&mut seen.found) && visited(seen.family)
        };
        let removed = progress.histograms.extract_if(is_removed);
        removed.map(|(id, seen)| (seen.family.descriptor(), id)).collect()
    }

    /// Notes the extremes of an interval that is about to end, for every reader.
    fn note(&mut self, series: Series, interval: Extremes) {
        if interval.is_none() {
            return;
        }
        for progress in &mut self.readers {
            progress.seen(series).pending.get_or_insert(Extremes::NONE).merge(interval);
        }
    }
}

impl Progress {
    fn seen(&mut self, series: Series) -> &mut Seen {
        self.histograms.entry(series.id()).or_insert_with(|| Seen {
            family: series.block.family(),
            sum: 0.0,
            buckets: Vec::new(),
            extremes: None,
            pending: None,
            found: false,
        })
    }
}

impl Seen {
    /// What came since the last time, if anything did.
    fn advance(
        &mut self,
        boundaries: &'static [f64],
        totals: &Totals,
    ) -> Option<HistogramSnapshot> {
        let noted = self.pending.take().unwrap_or(Extremes::NONE);
        self.found = true;
        if self.buckets == totals.buckets {
            return None;
        }
        self.buckets.resize(totals.buckets.len(), 0);
        let new = totals.buckets.iter().zip(&self.buckets);
        let buckets: Vec<u64> = new.map(|(now, before)| now.saturating_sub(*before)).collect();
        let before = self.extremes.unwrap_or(Extremes::NONE);
        let interval = Interval::new(boundaries, &buckets, totals, self.sum, before);
        let (sum, extremes) = (interval.sum, interval.fit(noted));
        self.sum = totals.sum;
        self.buckets.clone_from(&totals.buckets);
        self.extremes = Some(totals.extremes);
        let totals = Totals { sum, extremes, interval: Extremes::NONE, buckets };
        Some(HistogramSnapshot::new(boundaries, totals))
    }
}

/// Notes the extremes of a block's histograms for every reader: their interval is about to end. The
/// caller holds readers out.
pub(crate) fn note_intervals_of(block: &'static Block, all: &mut Collecting) {
    let view = View::everything();
    for place in 0..block.series() {
        let series = Series::at(block, block.layout(), place);
        if let Some(totals) = histogram(series, &view, true) {
            all.note(series, totals.interval);
        }
    }
}

/// Measurements that were dropped for a reason that nobody was told of yet.
#[derive(Debug, Default)]
struct News(Vec<(&'static Descriptor, Reason, u64)>);

impl News {
    fn note(&mut self, family: &'static Family, dropped: &[(Reason, u64)]) {
        let is_news = |(reason, _): &&(Reason, u64)| family.dropped.is_news(*reason);
        let news = dropped.iter().filter(is_news);
        self.0.extend(news.map(|(reason, count)| (family.descriptor(), *reason, *count)));
    }

    /// To be called outside the lock: a logger may do anything, take a snapshot too.
    fn warn(self) {
        for (metric, reason, count) in self.0 {
            let name = metric.name();
            log::warn!(
                target: "typed_metrics",
                "metric `{name}`: {count} measurements are {reason} (said once; the snapshot counts \
                 them)"
            );
        }
    }
}

impl MetricSnapshot {
    /// Adds what another definition of the same metric holds.
    fn join(&mut self, other: Self) {
        let is_gauge = self.descriptor.metric_type() == MetricType::Gauge;
        for series in other.series {
            match self.series.iter_mut().find(|found| found.labels == series.labels) {
                Some(found) => found.value.join(series.value, is_gauge),
                None => self.series.push(series),
            }
        }
        for (reason, count) in other.dropped {
            match self.dropped.iter_mut().find(|(found, _)| *found == reason) {
                Some((_, total)) => *total += count,
                None => self.dropped.push((reason, count)),
            }
        }
    }
}
