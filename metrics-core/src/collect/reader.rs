//! Readers: taking snapshots, and telling what came since the last one.

use super::merge::MergedMetrics;
use super::observation::run_callbacks;
use super::progress::{Collecting, lock_readers};
use super::registry;
use super::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
use super::warn::warn_of_news;
use crate::metric::kind::MetricType;
use crate::shards::scope::Scope;
use crate::store::family::Family;
use crate::store::read::{View, histogram, read};
use crate::store::series::Series;
use crate::store::value::Value;

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
pub struct Reader(pub(super) u64);

impl Reader {
    /// A reader whose first interval begins at the beginning.
    #[must_use]
    pub fn new() -> Self {
        Self(lock_readers().add_reader())
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
        lock_readers().remove_reader(self.0);
    }
}

fn collect(reader: Option<u64>) -> Snapshot {
    run_callbacks(|_| true);
    let families = registry::families();
    let mut all = lock_readers();
    let view = View::everything();
    let mut metrics = MergedMetrics::default();
    for family in families {
        let metric = MetricSnapshot {
            descriptor: family.descriptor(),
            series: series_of(family, reader, &view, &mut all),
            dropped: family.dropped().read(),
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
    let _collecting = lock_readers();
    let mut metrics = MergedMetrics::default();
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
                totals.map(|totals| all.cumulative(reader, family, series, totals))
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
