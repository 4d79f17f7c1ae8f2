//! What came since a reader looked last, at a cost that follows what changed.

use super::merge::MergedMetrics;
use super::numbers::SumProgress;
use super::observation::run_callbacks;
use super::progress::{Collecting, lock_readers};
use super::reader::Reader;
use super::registry;
use super::snapshot::MetricSnapshot;
use super::warn::warn_of_news;
use crate::cells::change::Reading;
use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::MetricType;
use crate::metric::series_id::SeriesId;
use crate::store::family::Family;
use crate::store::read::{View, histogram, read};
use crate::store::series::Series;
use crate::store::value::Value;

/// What came since a reader's last [`changes`](Reader::changes).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Changes {
    /// Metrics in which something changed, typed ones first. Several definitions of one metric come
    /// apart from each other.
    pub metrics: Vec<MetricChanges>,
}

/// What came in one metric.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetricChanges {
    /// What is known of it.
    pub descriptor: &'static Descriptor,
    /// Its series that changed; of a gauge all that have a value.
    pub series: Vec<SeriesChange>,
    /// Its series that changed before and are removed now.
    pub removed: Vec<SeriesId>,
}

/// What came in one series.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeriesChange {
    /// Tells the series from all others of the process.
    pub id: SeriesId,
    /// Of a counter or an up-down counter the difference, of a gauge its value, of a histogram what
    /// was recorded in the interval. The first time, a sum is there even if it is zero.
    pub value: Value,
    series: Series,
}

impl SeriesChange {
    /// Its labels; `None` if the series was removed meanwhile.
    ///
    /// Asked for only when it is needed: making them costs more than reading a sum.
    #[must_use]
    pub fn labels(&self) -> Option<Labels> {
        let labels = self.series.labels();
        // In this order: see `Series::snapshot`.
        self.series.is_current().then_some(labels)
    }
}

impl Reader {
    /// What came since this reader's last call, in the metrics that are `wanted`; what comes in
    /// others waits until they are.
    ///
    /// For back ends that hand differences on: 10,000 series of which few changed cost a fraction of
    /// a snapshot. A reader is for this or for [`collect`](Self::collect), not for both.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{MetricType, Reader, Value, attributes, record_metric};
    ///
    /// let reader = Reader::new();
    /// let add = |n: u64, key: &'static str| {
    ///     record_metric("letters", n, MetricType::Counter, attributes!("to" => key)).unwrap();
    /// };
    /// add(3, "ann");
    /// add(4, "bob");
    /// assert_eq!(reader.changes(|_| true).metrics[0].series.len(), 2);
    ///
    /// add(5, "bob");
    /// let changes = reader.changes(|metric| metric.name() == "letters");
    /// let [bob] = &*changes.metrics[0].series else { panic!("only one changed") };
    /// assert_eq!(bob.value, Value::F64(5.0));
    /// assert_eq!(bob.labels().unwrap().to_string(), "to=bob");
    /// ```
    #[must_use]
    pub fn changes(&self, wanted: impl Fn(&'static Descriptor) -> bool) -> Changes {
        run_callbacks(&wanted);
        let mut families = registry::families();
        families.retain(|family| wanted(family.descriptor()));
        let mut changes = Changes::default();
        let mut dropped = MergedMetrics::default();
        let mut all = lock_readers();
        let view = View::everything();
        for &family in &families {
            let descriptor = family.descriptor();
            let none =
                MetricSnapshot { descriptor, series: Vec::new(), dropped: family.dropped().read() };
            dropped.push(family, none);
            let mut metric = MetricChanges::none(descriptor);
            match descriptor.metric_type() {
                MetricType::Histogram => metric.add_histograms(self.0, family, &view, &mut all),
                _ => metric.add_numbers(self.0, family, &view, &mut all),
            }
            if !(metric.series.is_empty() && metric.removed.is_empty()) {
                changes.metrics.push(metric);
            }
        }
        let visited = |family: &'static Family| families.iter().any(|f| std::ptr::eq(*f, family));
        for (family, id) in all.forget_removed(self.0, visited) {
            changes.of(family.descriptor()).removed.push(id);
        }
        drop(all);
        // Outside the lock, as in `collect`.
        warn_of_news(&dropped);
        changes
    }
}

impl Changes {
    fn of(&mut self, descriptor: &'static Descriptor) -> &mut MetricChanges {
        let of = |metric: &MetricChanges| std::ptr::eq(metric.descriptor, descriptor);
        let at = self.metrics.iter().position(of).unwrap_or_else(|| {
            self.metrics.push(MetricChanges::none(descriptor));
            self.metrics.len() - 1
        });
        &mut self.metrics[at]
    }
}

impl MetricChanges {
    fn none(descriptor: &'static Descriptor) -> Self {
        Self { descriptor, series: Vec::new(), removed: Vec::new() }
    }

    fn add_histograms(
        &mut self,
        reader: u64,
        family: &'static Family,
        view: &View<'_>,
        all: &mut Collecting,
    ) {
        family.for_each_series(|series| {
            let Some(totals) = histogram(series, view, true) else { return };
            // Removed since it was found: what was read may be of what came after.
            if !series.is_current() {
                return;
            }
            if let Some(interval) = all.interval(reader, family, series, &totals) {
                let value = Value::Histogram(interval);
                self.series.push(SeriesChange { id: series.id(), value, series });
            }
        });
    }

    /// Sums and gauges.
    fn add_numbers(
        &mut self,
        reader: u64,
        family: &'static Family,
        view: &View<'_>,
        all: &mut Collecting,
    ) {
        let Some(places) = all.numbers(reader, family) else { return };
        let descriptor = family.descriptor();
        let mut at = 0;
        family.for_each_series(|series| {
            let place = if series.is_overflow() {
                &mut places.overflow
            } else {
                if places.series.len() == at {
                    places.series.push(SumProgress::default());
                }
                at += 1;
                &mut places.series[at - 1]
            };
            // Not if it was removed since it was found: it may be of what came after.
            let reading = read(series, view).filter(|_| series.is_current());
            let id = series.id();
            if let Some(old) = place.id.filter(|old| *old != id) {
                self.removed.push(old);
                *place = SumProgress::default();
            }
            let Some(Reading::Number(now)) = reading else { return };
            if let Some(bits) = place.advance(id, now, descriptor) {
                let value = Value::new(descriptor, Reading::Number(bits));
                self.series.push(SeriesChange { id, value, series });
            }
        });
    }
}
