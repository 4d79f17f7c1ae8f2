//! Point readers: each series of a collection is handed to a visitor.

use std::time::SystemTime;

use hashbrown::HashTable;

use super::definitions::Definitions;
use super::ended::Ended;
use super::exemplars::exemplar::Exemplar;
use super::exemplars::kept::ByCell;
use super::expiry::look_for_expired;
use super::fold::fold_ended;
use super::merge::MergedMetrics;
use super::observation::run_callbacks;
use super::progress::{Readers, Reports, lock_readers};
use super::reader::series_of;
use super::series_labels::SeriesLabels;
use super::shown::OldNames;
use super::snapshot::{MetricSnapshot, SeriesSnapshot};
use super::warn::warn_of_news;
use super::{joined, registry};
use crate::cells::change::Reading;
use crate::clock;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::value::LabelRef;
use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::read::{View, histogram, read};
use crate::store::series::Series;
use crate::store::value::{HistogramSnapshot, Same, Value};

/// Hands each series to a visitor, as a back end needs it that encodes values at once: a collection
/// holds one value at a time, whatever the number of series.
///
/// The last values of a removed counter or histogram are handed out once, and so is the zero to
/// which a removed up-down counter falls. Equal definitions of a metric in several crates are one
/// metric.
#[doc(hidden)]
#[derive(Debug)]
pub struct PointReader(u64);

/// Since when the values of a metric count. A gauge has its last value either way.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Since the creation of the series. Every series is visited that has a value.
    Totals,
    /// Since the reader's last collection. Only series that changed are visited.
    Changes,
}

/// The value of one series at one time.
#[doc(hidden)]
#[derive(Debug)]
#[non_exhaustive]
pub struct Point<'a> {
    /// The value.
    pub value: &'a Value,
    /// When the series was created: see [`SeriesSnapshot::created`].
    pub created: SystemTime,
    /// The time of the value: the time of the collection; or, for the last total of a removed
    /// series that came back, the time of its removal.
    pub time: SystemTime,
    /// Since when the value counts.
    pub counting: Counting,
    /// The place of the labels, for back ends that keep them in their own form; `None` if the
    /// labels have no place.
    pub place: Option<Place>,
    /// Exemplars since the reader's last collection: see
    /// [`SeriesSnapshot`](crate::SeriesSnapshot::exemplars).
    pub exemplars: &'a [Exemplar],
    labels: &'a SeriesLabels,
}

/// The place of the labels of a series in its metric.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The row: below the largest number of series that the metric has ever had.
    pub row: usize,
    /// Which of the series in this row, one after the other, has these labels.
    pub life: u64,
}

impl Point<'_> {
    /// Visits the labels, in the order of the metric's definition.
    pub fn for_each_label(&self, mut visit: impl FnMut(&str, LabelRef<'_>)) {
        self.labels.held().iter().for_each(|(name, value)| visit(name, value));
    }
}

impl PointReader {
    /// A reader whose first changes are those since the start of the program. Series that were
    /// removed earlier are part of them if no reader has collected yet.
    #[must_use]
    pub fn new() -> Self {
        Self(lock_readers().add_reader(Reports::Points))
    }

    /// Visits the series of the metrics that are `wanted`, and returns the time of the collection.
    ///
    /// `counting` is asked once for each metric, with whether callbacks observe the metric or did
    /// so before. States and infos are visited as `Totals` in any case. A metric with an old name
    /// is visited under each of its names that is wanted. The visitor is called for one metric
    /// after the other, and for one scope after the other. It must not call this crate, because
    /// readers are kept out meanwhile.
    pub fn collect(
        &self,
        wanted: impl Fn(&'static Descriptor) -> bool,
        mut counting: impl FnMut(&'static Descriptor, bool) -> Counting,
        mut visit: impl FnMut(&'static Descriptor, &Point<'_>),
    ) -> SystemTime {
        let old_names = OldNames::of(&registry::families());
        run_callbacks(|metric| wanted(metric) || old_names.get(metric).is_some_and(&wanted));
        // Callbacks may register metrics.
        let mut families = registry::families();
        let old_names = OldNames::of(&families);
        families.retain(|family| {
            let metric = family.descriptor();
            wanted(metric) || old_names.get(metric).is_some_and(&wanted)
        });
        let metrics: Vec<_> = Definitions::of(families.clone())
            .into_iter()
            .map(|metric| {
                let is_observed = metric.iter().any(|family| family.observers().were_ever());
                let counting = counting(metric.first.descriptor(), is_observed);
                (metric, counting)
            })
            .collect();
        let mut readers = lock_readers();
        joined::sweep();
        fold_ended(&mut readers);
        readers.exemplars.end_interval();
        look_for_expired(&families, &mut readers);
        let view = View::everything();
        let exemplars = &readers.exemplars.take(Some(self.0));
        let time = clock::time(clock::now());
        let began = readers.created(SystemTime::UNIX_EPOCH);
        for (metric, counting) in metrics {
            let descriptor = metric.first.descriptor();
            let old_name = old_names.get(descriptor);
            let mut reading =
                Visit { reader: self.0, counting, time, began, view: &view, exemplars };
            let shown = if descriptor.is_state_or_info() {
                reading.counting = Counting::Totals;
                shown(&metric, &view, &mut readers)
            } else if metric.others.is_empty() && old_name.is_none() {
                reading.family(metric.first, &mut readers, |point, _| visit(descriptor, point));
                continue;
            } else {
                reading.merged(&metric, &mut readers)
            };
            for mut metric in shown.into_shown() {
                if descriptor.is_state_or_info()
                    && let Some(progress) = readers.shown(self.0, descriptor)
                {
                    progress.add_gone(&mut metric.series);
                }
                if wanted(metric.descriptor) {
                    reading.snapshot(metric.descriptor, &metric, &mut visit);
                }
                if let Some(old) = old_name.filter(|old| wanted(old)) {
                    reading.snapshot(old, &metric, &mut visit);
                }
            }
        }
        drop(readers);
        // Outside the lock, as in `collect`.
        warn_of_news(&MergedMetrics::dropped(&families));
        time
    }
}

impl Default for PointReader {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for PointReader {
    fn drop(&mut self) {
        lock_readers().remove_reader(self.0);
    }
}

/// A collection of one metric.
struct Visit<'a> {
    reader: u64,
    counting: Counting,
    time: SystemTime,
    /// When this process began to record, if it was forked.
    began: SystemTime,
    view: &'a View<'a>,
    exemplars: &'a ByCell,
}

impl Visit<'_> {
    /// Visits the series of one definition. `visit` also gets whether the series was removed.
    fn family(
        &mut self,
        family: &'static Family,
        readers: &mut Readers,
        visit: impl FnMut(&Point<'_>, bool),
    ) {
        let ended = readers.take_ended(self.reader, family.descriptor());
        let (descriptor, view) = (family.descriptor(), self.view);
        // If a series was recycled after it was found, its cells may hold later counts. A current
        // series with a value is not recycled unless it is removed, which waits for this reader.
        let current = |series: &Series| series.is_current();
        match (descriptor.metric_type(), self.counting) {
            (MetricType::Histogram, Counting::Totals) if readers.have_parent() => {
                let (reader, readers) = (self.reader, &*readers);
                self.series(family, &[], ended, visit, |s| {
                    let totals = histogram(s, view, false).filter(|_| current(&s))?;
                    readers.since_fork(reader, s, &totals).map(Value::Histogram)
                });
            }
            (_, Counting::Totals) if readers.have_parent() => {
                let Some(progress) = readers.numbers(self.reader, family) else { return };
                let is_gauge = descriptor.metric_type() == MetricType::Gauge;
                self.series(family, &[], ended, visit, |s| {
                    let reading = read(s, view).filter(|_| current(&s))?;
                    let Reading::Number(now) = reading else { return None };
                    let progress = progress.of(s.row());
                    // A gauge that was set once since the fork is returned from then on. A total
                    // counts since the fork, so the progress of a sum stays there.
                    let mut since_fork = *progress;
                    let bits = since_fork.advance(s.id(), now, descriptor);
                    if is_gauge {
                        *progress = since_fork;
                    }
                    bits.map(|bits| Value::from_bits(bits, descriptor.value_type()))
                });
            }
            (MetricType::Histogram, Counting::Totals) => {
                self.series(family, &[], ended, visit, |s| {
                    let totals = histogram(s, view, false).filter(|_| current(&s))?;
                    Some(Value::Histogram(HistogramSnapshot::new(s.block.grid(), totals)))
                });
            }
            (MetricType::Histogram, Counting::Changes) => {
                let reader = self.reader;
                let (mut steady, unchanged) = readers.take_steady(reader, family, view);
                self.series(family, &unchanged, ended, visit, |s| {
                    steady.note(s, view);
                    let totals = histogram(s, view, true).filter(|_| current(&s))?;
                    readers.interval(reader, s, &totals).map(Value::Histogram)
                });
                readers.keep_steady(reader, descriptor, steady);
            }
            (_, Counting::Totals) => self.series(family, &[], ended, visit, |s| {
                let reading = read(s, view).filter(|_| current(&s))?;
                Some(Value::new(descriptor, reading))
            }),
            (_, Counting::Changes) => {
                let (mut steady, unchanged) = readers.take_steady(self.reader, family, view);
                let Some(progress) = readers.numbers(self.reader, family) else { return };
                self.series(family, &unchanged, ended, visit, |s| {
                    steady.note(s, view);
                    let reading = read(s, view).filter(|_| current(&s))?;
                    let Reading::Number(now) = reading else { return None };
                    let bits = progress.of(s.row()).advance(s.id(), now, descriptor)?;
                    Some(Value::from_bits(bits, descriptor.value_type()))
                });
                readers.keep_steady(self.reader, descriptor, steady);
            }
        }
    }

    /// Visits the series for which `value` is some, and those that have ended. Leaves out the rows
    /// that are `unchanged`.
    fn series(
        &self,
        family: &'static Family,
        unchanged: &[bool],
        mut ended: Ended,
        mut visit: impl FnMut(&Point<'_>, bool),
        mut value: impl FnMut(Series) -> Option<Value>,
    ) {
        let is_level = family.descriptor().metric_type() == MetricType::UpDownCounter;
        family.for_each_series_but(unchanged, |series| {
            series.settle();
            let Some(mut value) = value(series) else { return };
            // The labels are read only if the visitor needs them.
            let (labels, created) = (&SeriesLabels::Of(series), series.created().max(self.began));
            let mut exemplars = self.exemplars.of(series);
            let before =
                if ended.series.is_empty() { None } else { ended.take(&labels.to_labels()) };
            match (before, self.counting) {
                (None, _) => {}
                // The zero of a removed up-down counter, which has a value again.
                (Some(_), _) if is_level => {}
                // One point: a series has one change in an interval.
                (Some(before), Counting::Changes) => {
                    value.merge(before.value.clone(), Same::Sum);
                    Exemplar::merge(&mut exemplars, before.exemplars.clone());
                }
                // The total of the life before, up to the removal, with which this life began.
                (Some(before), Counting::Totals) => {
                    let SeriesSnapshot { value, created: began, exemplars, .. } = before;
                    let point = self.point(value, *began, created, labels);
                    visit(&Point { exemplars, ..point }, true);
                }
            }
            let row = series.row();
            let place = row.map(|row| Place { row, life: series.life() });
            let point = self.point(&value, created, self.time, labels);
            visit(&Point { place, exemplars: &exemplars, ..point }, false);
        });
        for series in ended.rest() {
            let labels = &SeriesLabels::Kept(series.labels.clone());
            let SeriesSnapshot { value, created, exemplars, .. } = series;
            let point = self.point(value, *created, self.time, labels);
            visit(&Point { exemplars, ..point }, true);
        }
    }

    fn point<'p>(
        &self,
        value: &'p Value,
        created: SystemTime,
        time: SystemTime,
        labels: &'p SeriesLabels,
    ) -> Point<'p> {
        Point {
            value,
            created: created.max(self.began),
            time,
            counting: self.counting,
            place: None,
            exemplars: &[],
            labels,
        }
    }

    /// Reads the series of all definitions of a metric.
    fn merged(&mut self, metric: &Definitions, readers: &mut Readers) -> MergedMetrics {
        let mut merged = MergedMetrics::default();
        for family in metric.iter() {
            let mut part = MetricSnapshot::new(family.descriptor());
            let mut is_removed = Vec::new();
            self.family(family, readers, |point, removed| {
                let (value, labels) = (point.value.clone(), point.labels.to_labels());
                // Merging gives the series an id of the metric.
                let id = SeriesId::joined(family.descriptor(), 0);
                let created = point.created;
                part.series.push(SeriesSnapshot {
                    id,
                    labels,
                    value,
                    created,
                    last_recorded: Some(point.time),
                    exemplars: point.exemplars.to_vec(),
                });
                is_removed.push(removed);
            });
            if self.counting == Counting::Totals {
                // A last total is no part of the totals of the series that go on.
                let mut removed = is_removed.into_iter();
                let (ended, going_on) =
                    part.series.into_iter().partition(|_| removed.next() == Some(true));
                (part.removed, part.series) = (ended, going_on);
            }
            merged.push(family, part);
        }
        merged
    }

    /// Visits the series of a metric that was read before.
    fn snapshot(
        &self,
        descriptor: &'static Descriptor,
        metric: &MetricSnapshot,
        visit: &mut impl FnMut(&'static Descriptor, &Point<'_>),
    ) {
        let mut live = HashTable::new();
        if !metric.removed.is_empty() {
            for series in &metric.series {
                let hash = |series: &&SeriesSnapshot| hash_of(&series.labels);
                live.insert_unique(hash(&series), series, hash);
            }
        }
        for series in &metric.removed {
            let returned = live.find(hash_of(&series.labels), |live: &&SeriesSnapshot| {
                same_labels(&live.labels, &series.labels)
            });
            let labels = &SeriesLabels::Kept(series.labels.clone());
            let SeriesSnapshot { value, created, last_recorded, exemplars, .. } = series;
            let time = match returned {
                // The zero of a removed up-down counter, which has a value again.
                Some(_) if descriptor.metric_type() == MetricType::UpDownCounter => continue,
                // The last total counts up to the removal, with which the new life began.
                Some(live) => live.created,
                None => last_recorded.unwrap_or(self.time),
            };
            let point = self.point(value, *created, time, labels);
            visit(descriptor, &Point { exemplars, ..point });
        }
        for series in &metric.series {
            let labels = &SeriesLabels::Kept(series.labels.clone());
            let time = series.last_recorded.unwrap_or(self.time);
            let SeriesSnapshot { value, created, exemplars, .. } = series;
            let point = self.point(value, *created, time, labels);
            visit(descriptor, &Point { exemplars, ..point });
        }
    }
}

/// Reads the stored series of a metric with states or an info.
fn shown(metric: &Definitions, view: &View<'_>, readers: &mut Readers) -> MergedMetrics {
    let mut shown = MergedMetrics::default();
    for family in metric.iter() {
        let mut series = series_of(family, None, view, readers, &ByCell::default());
        // The value is that of the collection, whenever the state was set.
        series.iter_mut().for_each(|series| series.last_recorded = None);
        shown.push(family, MetricSnapshot { series, ..MetricSnapshot::new(family.descriptor()) });
    }
    shown
}
