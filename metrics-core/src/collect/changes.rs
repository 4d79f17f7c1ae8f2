//! Change readers: the changes since a reader's last call. The cost depends on the number of
//! changed series.

use std::time::SystemTime;

use super::ended::Ended;
use super::exemplars::kept::ByCell;
use super::expiry::look_for_expired;
use super::fold::fold_ended;
use super::merge::MergedMetrics;
use super::observation::run_callbacks;
use super::progress::{Readers, Reports, lock_readers};
use super::reader::series_of;
use super::registry;
use super::series_labels::SeriesLabels;
use super::shown::OldNames;
use super::snapshot::{MetricSnapshot, SeriesSnapshot};
use super::warn::warn_of_news;
use crate::cells::change::Reading;
use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::read::{View, histogram, read};
use crate::store::value::Value;

/// The changes since a reader's last call of [`changes`](ChangeReader::changes).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Changes {
    /// The metrics that changed. Several definitions of one metric are separate entries, except
    /// those of states and infos.
    pub metrics: Vec<MetricChanges>,
}

/// The changes of one metric.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetricChanges {
    /// The descriptor of the metric.
    pub descriptor: &'static Descriptor,
    /// The changed series. For a gauge, all series that have a value. A counter or a histogram that
    /// was removed is here a last time, with what was recorded up to its removal. If a series was
    /// removed several times since the last call, its last values are one entry.
    pub series: Vec<SeriesChange>,
    /// The removed series, if they are part of `series` or of earlier changes. Apply the changes of
    /// `series` first.
    pub removed: Vec<SeriesId>,
}

/// The change of one series.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeriesChange {
    /// Identifies the series among all series of the process.
    pub id: SeriesId,
    /// For a counter or an up-down counter, the difference since the last call. For a gauge, its
    /// value. For a histogram, the values recorded in the interval. The first difference of a sum
    /// is returned even if it is zero.
    pub value: Value,
    /// When the series was created: see [`SeriesSnapshot`](crate::SeriesSnapshot::created).
    pub created: SystemTime,
    labels: SeriesLabels,
}

impl SeriesChange {
    fn of(series: SeriesSnapshot) -> Self {
        let SeriesSnapshot { id, labels, value, created, .. } = series;
        Self { id, value, created, labels: SeriesLabels::Kept(labels) }
    }

    /// The labels of the series.
    ///
    /// Call this function only when needed: making the labels may cost more than reading a sum.
    #[must_use]
    pub fn labels(&self) -> Labels {
        self.labels.to_labels()
    }
}

/// Gives the changes since its last call, for back ends that export differences.
///
/// Any number of readers can read, each at its own pace. With 10,000 series of which few changed,
/// the changes cost a fraction of a snapshot. A [`Reader`](crate::Reader) takes snapshots.
#[derive(Debug)]
pub struct ChangeReader {
    reader: u64,
    /// The reader of the old names of metrics. A handler may want a metric under one name earlier
    /// than under the other.
    old_names: u64,
}

impl ChangeReader {
    /// A reader whose first changes are those since the start of the program. Series that were
    /// removed earlier are part of them if no reader has collected yet.
    #[must_use]
    pub fn new() -> Self {
        let mut readers = lock_readers();
        let reader = readers.add_reader(Reports::Changes);
        Self { reader, old_names: readers.add_reader(Reports::RenamedChanges) }
    }

    /// The changes since this reader's last call, in the metrics that are `wanted`. Changes in
    /// other metrics are kept until these metrics are wanted.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{ChangeReader, MetricType, Value, attributes, record_metric};
    ///
    /// let reader = ChangeReader::new();
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
    /// assert_eq!(bob.labels().to_string(), "to=bob");
    /// ```
    #[must_use]
    pub fn changes(&self, wanted: impl Fn(&'static Descriptor) -> bool) -> Changes {
        let old_names = OldNames::of(&registry::families());
        let is_wanted = |metric| wanted(metric) || old_names.get(metric).is_some_and(&wanted);
        run_callbacks(is_wanted);
        // Callbacks may register metrics.
        let mut read = registry::families();
        let old_names = OldNames::of(&read);
        let (mut families, mut renamed) = (Vec::new(), Vec::new());
        read.retain(|&family| {
            let is_wanted = wanted(family.descriptor());
            let is_old_wanted = old_names.get(family.descriptor()).is_some_and(&wanted);
            families.extend(is_wanted.then_some(family));
            renamed.extend(is_old_wanted.then_some(family));
            is_wanted || is_old_wanted
        });
        let mut readers = lock_readers();
        fold_ended(&mut readers);
        look_for_expired(&read, &mut readers);
        let view = View::everything();
        let mut metrics = changes_of(&families, self.reader, &view, &mut readers);
        for mut metric in changes_of(&renamed, self.old_names, &view, &mut readers) {
            if let Some(old) = old_names.get(metric.descriptor) {
                metric.show_under_old_name(old);
                metrics.push(metric);
            }
        }
        drop(readers);
        // Outside the lock, as in `collect`.
        warn_of_news(&MergedMetrics::dropped(&families));
        Changes { metrics }
    }
}

impl Default for ChangeReader {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ChangeReader {
    fn drop(&mut self) {
        let mut readers = lock_readers();
        readers.remove_reader(self.reader);
        readers.remove_reader(self.old_names);
    }
}

/// The changes of `families` since the last call for `reader`.
fn changes_of(
    families: &[&'static Family],
    reader: u64,
    view: &View<'_>,
    readers: &mut Readers,
) -> Vec<MetricChanges> {
    let mut changes = Vec::new();
    // The definitions of a state or an info have one value together, so they are read first.
    let mut shown = MergedMetrics::default();
    for &family in families {
        let descriptor = family.descriptor();
        let mut metric = MetricChanges::none(descriptor);
        if descriptor.is_state_or_info() {
            let series = series_of(family, None, view, readers, &ByCell::default());
            shown.push(family, MetricSnapshot { series, ..MetricSnapshot::new(descriptor) });
            continue;
        }
        match descriptor.metric_type() {
            MetricType::Histogram => metric.add_histograms(reader, family, view, readers),
            _ => metric.add_numbers(reader, family, view, readers),
        }
        metric.add_ended(readers.take_ended(reader, descriptor));
        changes.push(metric);
    }
    for snapshot in shown.into_shown() {
        let mut metric = MetricChanges::none(snapshot.descriptor);
        if let Some(progress) = readers.shown(reader, snapshot.descriptor) {
            let (series, removed) = progress.advance(snapshot.series);
            metric.series.extend(series.into_iter().map(SeriesChange::of));
            metric.removed = removed;
        }
        changes.push(metric);
    }
    changes.retain(|metric| !(metric.series.is_empty() && metric.removed.is_empty()));
    changes
}

/// In a forked process, lets all later readers of changes begin after what the parent recorded, and
/// what this process has recorded so far.
///
/// Runs no callbacks: these have values of the parent, too.
pub(crate) fn begin_after_parent() {
    let families = registry::families();
    let mut readers = lock_readers();
    fold_ended(&mut readers);
    let reader = readers.add_reader(Reports::Changes);
    let view = View::everything();
    for &family in &families {
        let mut metric = MetricChanges::none(family.descriptor());
        // The child has its own states, and every reader reads them whole.
        if family.descriptor().is_state_or_info() {
            continue;
        }
        match family.descriptor().metric_type() {
            MetricType::Histogram => metric.add_histograms(reader, family, &view, &mut readers),
            _ => metric.add_numbers(reader, family, &view, &mut readers),
        }
        if family.descriptor().metric_type() == MetricType::Gauge {
            note_gauges(reader, family, &view, &mut readers);
        }
        drop(readers.take_ended(reader, family.descriptor()));
    }
    readers.begin_after_parent(reader);
}

fn note_gauges(reader: u64, family: &'static Family, view: &View<'_>, readers: &mut Readers) {
    let Some(progress) = readers.numbers(reader, family) else { return };
    family.for_each_series(|series| {
        if let Some(Reading::Number(now)) = read(series, view) {
            progress.of(series.row()).note_of_parent(now);
        }
    });
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
        readers: &mut Readers,
    ) {
        let (mut steady, unchanged) = readers.take_steady(reader, family, view);
        family.for_each_series_but(&unchanged, |series| {
            series.settle();
            steady.note(series, view);
            let Some(totals) = histogram(series, view, true) else { return };
            let (labels, created) = (SeriesLabels::of(series), series.created());
            // If the series was recycled after it was found, labels and totals may be later ones.
            if !series.is_current() {
                return;
            }
            let created = readers.created(created);
            if let Some(interval) = readers.interval(reader, series, &totals) {
                let value = Value::Histogram(interval);
                self.series.push(SeriesChange { id: series.id(), value, created, labels });
            }
        });
        readers.keep_steady(reader, family.descriptor(), steady);
    }

    /// Adds the changes of sums and gauges.
    fn add_numbers(
        &mut self,
        reader: u64,
        family: &'static Family,
        view: &View<'_>,
        readers: &mut Readers,
    ) {
        let began = readers.created(SystemTime::UNIX_EPOCH);
        let (mut steady, unchanged) = readers.take_steady(reader, family, view);
        let Some(progress) = readers.numbers(reader, family) else { return };
        let descriptor = family.descriptor();
        family.for_each_series_but(&unchanged, |series| {
            series.settle();
            steady.note(series, view);
            let Some(Reading::Number(now)) = read(series, view) else { return };
            let (labels, created) = (SeriesLabels::of(series), series.created());
            // If the series was recycled after it was found, labels and counts may be later ones.
            if !series.is_current() {
                return;
            }
            let id = series.id();
            if let Some(bits) = progress.of(series.row()).advance(id, now, descriptor) {
                let value = Value::new(descriptor, Reading::Number(bits));
                let created = created.max(began);
                self.series.push(SeriesChange { id, value, created, labels });
            }
        });
        readers.keep_steady(reader, descriptor, steady);
    }

    fn show_under_old_name(&mut self, old: &'static Descriptor) {
        self.descriptor = old;
        let ids = self.series.iter_mut().map(|series| &mut series.id);
        for id in ids.chain(&mut self.removed) {
            *id = id.under_old_name();
        }
    }

    /// Adds the series that were removed.
    fn add_ended(&mut self, ended: Ended) {
        self.series.extend(ended.series.into_iter().map(SeriesChange::of));
        self.removed.extend(ended.removed);
    }
}
