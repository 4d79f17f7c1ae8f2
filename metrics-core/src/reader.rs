//! Readers: taking snapshots, and telling what came since the last one.

mod changes;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use foldhash::fast::FixedState;

use crate::cells::histogram::{Extremes, Totals, bucket};
use crate::descriptor::{Descriptor, MetricType};
use crate::dropped::Reason;
use crate::family::Family;
use crate::joined::Joined;
use crate::observe::run_callbacks;
use crate::read::{View, histogram, read};
use crate::registry;
use crate::scope::Scope;
use crate::series::{Series, SeriesId};
use crate::snapshot::{HistogramSnapshot, MetricSnapshot, SeriesSnapshot, Snapshot, Value};
use crate::sync::lock;

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
    /// Histograms that are removed, as far as [`Reader::changes`] has to say so.
    removed: Vec<(&'static Family, SeriesId)>,
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
        all.readers.push(Progress::new(reader));
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
    run_callbacks(|_| true);
    let families = registry::families();
    let mut all = collecting();
    let view = View::everything();
    let mut metrics = Joined::default();
    for family in families {
        let metric = MetricSnapshot {
            descriptor: family.descriptor(),
            series: series_of(family, reader, &view, &mut all),
            dropped: family.dropped.read(),
        };
        metrics.push(family, metric);
    }
    if let Some(reader) = reader {
        let _ = all.forget_removed(reader, |_| true);
    }
    drop(all);
    // Outside the lock: a logger may do anything, take a snapshot too.
    warn_of_news(&metrics);
    Snapshot { metrics: metrics.into_metrics() }
}

/// What `scope` recorded.
pub(crate) fn collect_scope(scope: &Scope) -> Snapshot {
    let view = View::of(scope);
    // A scope inside this one may end now, and move its counts.
    let _collecting = collecting();
    let mut metrics = Joined::default();
    for family in registry::families() {
        let mut series = Vec::new();
        family.for_each_series(|found| {
            let value = read(found, &view).map(|read| Value::new(family.descriptor(), read));
            series.extend(value.and_then(|value| found.snapshot(value)));
        });
        let metric =
            MetricSnapshot { descriptor: family.descriptor(), series, dropped: Vec::new() };
        metrics.push(family, metric);
    }
    let mut metrics = metrics.into_metrics();
    metrics.retain(|metric| !metric.series.is_empty());
    Snapshot { metrics }
}

fn series_of(
    family: &'static Family,
    reader: Option<u64>,
    view: &View<'_>,
    all: &mut Collecting,
) -> Vec<SeriesSnapshot> {
    let descriptor = family.descriptor();
    let is_histogram = descriptor.metric_type() == MetricType::Histogram;
    let mut snapshots = Vec::new();
    family.for_each_series(|series| {
        let value = match reader {
            Some(reader) if is_histogram => {
                let totals = histogram(series, view, true);
                totals.map(|totals| all.cumulative(reader, series, totals))
            }
            _ => read(series, view).map(|reading| Value::new(descriptor, reading)),
        };
        snapshots.extend(value.and_then(|value| series.snapshot(value)));
    });
    snapshots
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
    /// The histogram with what came since `reader` collected last.
    fn cumulative(&mut self, reader: u64, series: Series, totals: Totals) -> Value {
        let interval = self.interval(reader, series, &totals);
        let boundaries = series.block.descriptor().boundaries();
        let mut snapshot = HistogramSnapshot::new(boundaries, totals);
        snapshot.interval = interval.map(Box::new);
        Value::Histogram(snapshot)
    }

    /// What came in a histogram since `reader` collected last; the interval that ended with it is
    /// noted for every reader.
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

    /// Forgets a series that is removed, for every reader.
    pub(crate) fn forget(&mut self, id: SeriesId) {
        for progress in &mut self.readers {
            // Of what was never handed out, nobody has to know.
            if let Some(seen) = progress.histograms.remove(&id)
                && seen.extremes.is_some()
            {
                progress.removed.push((seen.family, id));
            }
        }
    }

    /// Forgets the histograms that a reader's collection did not find any more, in the families that
    /// it visited, and gives those and what was forgotten of them before.
    fn forget_removed(
        &mut self,
        reader: u64,
        visited: impl Fn(&'static Family) -> bool,
    ) -> Vec<(&'static Family, SeriesId)> {
        let Some(progress) = self.readers.iter_mut().find(|p| p.reader == reader) else {
            return Vec::new();
        };
        let is_removed = |_: &SeriesId, seen: &mut Seen| {
            !std::mem::take(&mut seen.found) && visited(seen.family)
        };
        let mut removed: Vec<_> =
            progress.removed.extract_if(.., |(family, _)| visited(family)).collect();
        let gone = progress.histograms.extract_if(is_removed);
        let known = gone.filter(|(_, seen)| seen.extremes.is_some());
        removed.extend(known.map(|(id, seen)| (seen.family, id)));
        removed
    }

    /// Notes the extremes of an interval that has ended, for every reader.
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
    fn new(reader: u64) -> Self {
        Self {
            reader,
            histograms: HashMap::default(),
            removed: Vec::new(),
            numbers: HashMap::new(),
        }
    }

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
        self.found = true;
        let pending = self.pending.take();
        if self.buckets == totals.buckets {
            // The sum can be another last bit by now.
            self.sum = totals.sum;
            return None;
        }
        self.buckets.resize(totals.buckets.len(), 0);
        let new = totals.buckets.iter().zip(&self.buckets);
        let buckets: Vec<u64> = new.map(|(now, before)| now.saturating_sub(*before)).collect();
        let count: u64 = buckets.iter().sum();
        let sum = totals.sum - self.sum;
        let mut known = pending.unwrap_or(Extremes::NONE);
        // A new lifetime extreme belongs to this interval for sure.
        let before = self.extremes.unwrap_or(Extremes::NONE);
        if totals.extremes.min < before.min {
            known.merge(Extremes::of(totals.extremes.min));
        }
        if totals.extremes.max > before.max {
            known.merge(Extremes::of(totals.extremes.max));
        }
        self.sum = totals.sum;
        self.buckets.clone_from(&totals.buckets);
        self.extremes = Some(totals.extremes);
        if count == 0 {
            return None;
        }
        // A difference of sums is off by their rounding.
        let noise = 1e-9 * self.sum.abs().max(sum.abs()) / count as f64;
        let mean = sum / count as f64;
        let extremes = fit(known, mean, noise, boundaries, &buckets, totals.extremes);
        let totals = Totals { sum, extremes, interval: Extremes::NONE, buckets };
        Some(HistogramSnapshot::new(boundaries, totals))
    }
}

/// The extremes of an interval of which `known` are values, if it is not none.
///
/// They are its extremes already, unless a thread recorded more than once while its cells were being
/// read, see [`histogram`](crate::cells::histogram). What was lost then is in the outermost bucket
/// that has something in it, or drew the mean out of what is known: the nearest value that can be
/// stands for it.
fn fit(
    known: Extremes,
    mean: f64,
    noise: f64,
    boundaries: &[f64],
    buckets: &[u64],
    lifetime: Extremes,
) -> Extremes {
    let first = buckets.iter().position(|count| *count > 0).unwrap_or(0);
    let last = buckets.iter().rposition(|count| *count > 0).unwrap_or(0);
    let is_single = buckets.iter().sum::<u64>() == 1;
    let Extremes { mut min, mut max } = known;
    if known.is_none() || is_single && (min < max || bucket(boundaries, min) != first) {
        (min, max) = (mean, mean);
    } else if !is_single {
        if mean < min - noise {
            min = mean;
        }
        if mean > max + noise {
            max = mean;
        }
    }
    // Not `clamp`, which panics where this has no answer either. The buckets are in order, so the
    // extremes stay so.
    let into = |i: usize, value: f64| {
        let low = i.checked_sub(1).map_or(f64::NEG_INFINITY, |i| boundaries[i].next_up());
        let high = boundaries.get(i).copied().unwrap_or(f64::INFINITY);
        value.max(low.max(lifetime.min)).min(high.min(lifetime.max))
    };
    Extremes { min: into(first, min), max: into(last, max) }
}

/// Says what was dropped, once for each metric and reason.
fn warn_of_news(metrics: &Joined) {
    for (family, metric) in metrics.iter() {
        let is_news = |(reason, _): &&(Reason, u64)| family.dropped.is_news(*reason);
        for &(reason, count) in metric.dropped.iter().filter(is_news) {
            warn(metric.descriptor, reason, count);
        }
    }
}

fn warn(metric: &'static Descriptor, reason: Reason, count: u64) {
    let name = metric.name();
    log::warn!(
        target: "typed_metrics",
        "metric `{name}`: {count} {reason} (said once; the snapshot counts them)"
    );
}
