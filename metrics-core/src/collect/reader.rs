//! Readers: taking snapshots, with the values since the reader's last snapshot.

use std::time::SystemTime;

use super::exemplars::exemplar::Exemplar;
use super::exemplars::kept::ByCell;
use super::expiry::look_for_expired;
use super::fold::fold_ended;
use super::merge::MergedMetrics;
use super::observation::observe_now;
use super::progress::{Readers, Reports, address, lock_readers};
use super::shown::OldNames;
use super::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
use super::warn::warn_of_news;
use super::{joined, registry};
use crate::rules::kind::MetricType;
use crate::shards::scope::Scope;
use crate::store::family::Family;
use crate::store::read::{View, histogram, read};
use crate::store::series::Series;
use crate::store::value::Value;

/// A snapshot of all metrics now.
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

/// A snapshot of all metrics now, with the values that observed callbacks gave last. No callback is
/// called; [`observe_now`](super::observation::observe_now) calls them.
///
/// So a callback that hangs keeps no reader from the other values.
#[must_use]
pub fn snapshot_as_observed() -> Snapshot {
    read_all(None)
}

/// Takes snapshots that also hold the interval since this reader's last snapshot.
///
/// Each reader has its own intervals. Any number of readers can collect, each at its own pace. A
/// [`ChangeReader`](crate::ChangeReader) gives only what changed.
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

impl Reader {
    /// A reader whose first interval begins at the start of the program. Series that were removed
    /// earlier are part of it if no reader has collected yet.
    #[must_use]
    pub fn new() -> Self {
        Self(lock_readers().add_reader(Reports::Snapshots))
    }

    /// A snapshot of all metrics now. Histograms also hold the interval since the last call.
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
        lock_readers().remove_reader(self.0);
    }
}

fn collect(reader: Option<u64>) -> Snapshot {
    observe_now();
    read_all(reader)
}

fn read_all(reader: Option<u64>) -> Snapshot {
    let families = registry::families();
    let old_names = OldNames::of(&families);
    let mut readers = lock_readers();
    joined::sweep();
    fold_ended(&mut readers);
    readers.exemplars.end_interval();
    // Without a reader, the snapshot itself reports the series that it removes.
    let watcher = readers.add_watcher();
    look_for_expired(&families, &mut readers);
    let mut expired = readers.remove_watcher(watcher);
    let view = View::everything();
    let exemplars = readers.exemplars.take(reader);
    let mut metrics = MergedMetrics::default();
    for family in families {
        let metric = MetricSnapshot {
            descriptor: family.descriptor(),
            series: series_of(family, reader, &view, &mut readers, &exemplars),
            removed: match reader {
                Some(reader) => readers.take_ended(reader, family.descriptor()),
                None => expired.remove(&address(family.descriptor())).unwrap_or_default(),
            }
            .series,
            dropped: family.dropped().read(),
        };
        metrics.push(family, metric);
    }
    drop(readers);
    // Outside the lock, because a logger may run any code, and may take a snapshot too.
    warn_of_news(&metrics);
    Snapshot { metrics: old_names.shown(metrics).collect() }
}

/// A snapshot of the measurements recorded in `scope`.
pub(crate) fn collect_scope(scope: &Scope) -> Snapshot {
    let view = View::of(scope);
    // A scope inside this one may end concurrently and move its counts.
    let _readers = lock_readers();
    joined::sweep();
    let mut metrics = MergedMetrics::default();
    for family in registry::families() {
        let mut series = Vec::new();
        family.for_each_series(|found| {
            let value = read(found, &view).map(|read| Value::new(family.descriptor(), read));
            series.extend(value.and_then(|value| found.snapshot(value, None, Vec::new())));
        });
        let metric = MetricSnapshot { series, ..MetricSnapshot::new(family.descriptor()) };
        metrics.push(family, metric);
    }
    let metrics = metrics.into_shown().filter(|metric| !metric.series.is_empty());
    Snapshot { metrics: metrics.collect() }
}

/// The stored series of a family.
pub(super) fn series_of(
    family: &'static Family,
    reader: Option<u64>,
    view: &View<'_>,
    readers: &mut Readers,
    exemplars: &ByCell,
) -> Vec<SeriesSnapshot> {
    let descriptor = family.descriptor();
    let is_histogram = descriptor.metric_type() == MetricType::Histogram;
    let mut snapshots = Vec::new();
    family.for_each_series(|series| {
        series.settle();
        let value = match reader {
            Some(reader) if is_histogram => {
                // A recycled series must leave no progress under its old id.
                let totals = histogram(series, view, true).filter(|_| series.is_current());
                totals.map(|totals| readers.cumulative(reader, series, totals))
            }
            _ => read(series, view).map(|reading| Value::new(descriptor, reading)),
        };
        snapshots.extend(value.and_then(|value| {
            let exemplars = exemplars.of(series);
            series.snapshot(value, readers.last_recorded.time(series), exemplars)
        }));
    });
    snapshots
}

impl Series {
    /// The series with its labels; `None` if it was removed meanwhile. A recycled block gets new
    /// labels only after it has its new stamp. So if the series is current after the labels
    /// were read, the labels are its own.
    fn snapshot(
        self,
        value: Value,
        last_recorded: Option<SystemTime>,
        exemplars: Vec<Exemplar>,
    ) -> Option<SeriesSnapshot> {
        let (id, labels, created) = (self.id(), self.labels(), self.created());
        let snapshot = SeriesSnapshot { id, labels, value, created, last_recorded, exemplars };
        self.is_current().then_some(snapshot)
    }
}
