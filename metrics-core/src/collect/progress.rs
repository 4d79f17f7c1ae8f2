//! How far each reader is.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::SystemTime;

use super::ended::{Ended, Ending};
use super::exemplars::kept::Kept;
use super::histogram_progress::HistogramProgress;
use super::last_recorded::LastRecorded;
use super::numbers::FamilyProgress;
use super::registry::is_renamed;
use super::shown::ShownProgress;
use super::steady::Steady;
use crate::cells::change::Reading;
use crate::cells::totals::{Extremes, Totals};
use crate::clock;
use crate::labels::hash::Seeded;
use crate::locks::{LockedMutex, force, lock, try_lock};
use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::read::View;
use crate::store::series::Series;
use crate::store::value::{HistogramSnapshot, Value};

/// The state of all readers between collections. It is locked while cells are read, so that code
/// that moves counts can keep readers out.
#[derive(Debug)]
pub(crate) struct Readers {
    next: u64,
    progress: Vec<ReaderProgress>,
    /// The series that were removed before any reader collected. Every reader that is made before
    /// that reports them.
    early: Option<ReaderProgress>,
    /// In a forked process: what its parent recorded, and when this process began to read. Readers
    /// of changes begin there, because the parent sends its own values.
    parent: Option<(Box<ReaderProgress>, SystemTime)>,
    pub(super) last_recorded: LastRecorded,
    /// How often counts were moved between shards.
    moved: u64,
    pub(super) exemplars: Kept,
}

/// The reports of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reports {
    /// Snapshots, which hold totals.
    Snapshots,
    Changes,
    /// Changes, in metrics that have an old name.
    RenamedChanges,
    /// Points: changes, and a last zero of removed up-down counters.
    Points,
}

/// How far one reader is.
#[derive(Debug, Clone)]
struct ReaderProgress {
    reader: u64,
    reports: Reports,
    histograms: HashMap<SeriesId, HistogramProgress, Seeded>,
    /// The progress in sums and gauges, by the address of their descriptor. Empty unless the reader
    /// reports changes.
    numbers: HashMap<usize, FamilyProgress>,
    /// Which sums and histograms need not be read, by the address of their descriptor.
    steady: HashMap<usize, Steady>,
    /// The same for states and infos, by the address of the first definition.
    shown: HashMap<usize, ShownProgress>,
    /// The removed series that the reader has yet to report, by the address of their descriptor.
    ended: HashMap<usize, Ended>,
}

static READERS: LazyLock<Mutex<Readers>> = LazyLock::new(|| Mutex::new(Readers::new()));

/// Keeps readers out while the guard is held.
pub(crate) fn lock_readers() -> LockedMutex<'static, Readers> {
    lock(force(&READERS))
}

/// Keeps readers out while the guard is held; `None` if a reader is reading now.
pub(crate) fn try_lock_readers() -> Option<LockedMutex<'static, Readers>> {
    try_lock(force(&READERS))
}

impl Readers {
    fn new() -> Self {
        clock::start();
        let early = Some(ReaderProgress::new(0, Reports::Changes));
        let last_recorded = LastRecorded::default();
        let exemplars = Kept::default();
        let (next, progress, parent, moved) = (0, Vec::new(), None, 0);
        Self { next, progress, early, parent, last_recorded, moved, exemplars }
    }

    /// Makes a reader's progress the beginning of all later readers of changes: what it has read
    /// belongs to the process that this one was forked from.
    pub(super) fn begin_after_parent(&mut self, reader: u64) {
        self.early = None;
        self.exemplars.end_interval();
        self.exemplars.forget();
        let at = self.progress.iter().position(|progress| progress.reader == reader);
        if let Some(at) = at {
            let parent = Box::new(self.progress.swap_remove(at));
            self.parent = Some((parent, SystemTime::now()));
        }
    }

    /// Whether this process was forked from one that recorded something.
    pub(super) fn have_parent(&self) -> bool {
        self.parent.is_some()
    }

    /// The values recorded in a histogram since `reader` began, if it has advanced never: since the
    /// fork of this process.
    pub(super) fn since_fork(
        &self,
        reader: u64,
        series: Series,
        totals: &Totals,
    ) -> Option<HistogramSnapshot> {
        let progress = self.progress.iter().find(|progress| progress.reader == reader)?;
        let before = progress.histograms.get(&series.id()).cloned();
        let mut before = before.unwrap_or_else(HistogramProgress::new);
        before.advance(series.block.grid(), totals)
    }

    /// The later of the time at which a series was created, and of the time at which a forked
    /// process began to read.
    pub(super) fn created(&self, created: SystemTime) -> SystemTime {
        self.parent.as_ref().map_or(created, |(_, began)| created.max(*began))
    }

    /// Counts that counts are moved between shards.
    pub(super) fn note_moved(&mut self) {
        self.moved += 1;
    }

    /// Takes the steady series of `family` as `reader` saw them last. [`keep_steady`] keeps them
    /// for the next call. Also returns for each row whether its series is unchanged.
    ///
    /// [`keep_steady`]: Self::keep_steady
    pub(super) fn take_steady(
        &mut self,
        reader: u64,
        family: &'static Family,
        view: &View<'_>,
    ) -> (Steady, Vec<bool>) {
        let metric = family.descriptor();
        let progress = self.progress.iter_mut().find(|progress| progress.reader == reader);
        let taken = progress.and_then(|progress| progress.steady.remove(&address(metric)));
        let mut steady = taken.unwrap_or_default();
        let unchanged = steady.unchanged(family, self.moved, view);
        (steady, unchanged)
    }

    pub(super) fn keep_steady(&mut self, reader: u64, metric: &'static Descriptor, steady: Steady) {
        let progress = self.progress.iter_mut().find(|progress| progress.reader == reader);
        if let Some(progress) = progress {
            progress.steady.insert(address(metric), steady);
        }
    }

    /// Adds a reader that has read nothing yet, and returns its id.
    pub(super) fn add_reader(&mut self, reports: Reports) -> u64 {
        self.next += 1;
        let mut progress = ReaderProgress::new(self.next, reports);
        match (&self.parent, &self.early) {
            (Some((parent, _)), _) if reports != Reports::Snapshots => {
                progress = ReaderProgress { reader: self.next, reports, ..(**parent).clone() };
            }
            (None, Some(early)) => progress.ended.clone_from(&early.ended),
            _ => {}
        }
        if reports == Reports::Snapshots {
            progress.ended.values_mut().for_each(Ended::end_interval);
        }
        if matches!(reports, Reports::Snapshots | Reports::Points) {
            self.exemplars.add_reader(self.next);
        }
        self.progress.push(progress);
        self.next
    }

    /// Adds a reader that gets the last values of series that are removed from here on, and returns
    /// its id.
    pub(super) fn add_watcher(&mut self) -> u64 {
        self.next += 1;
        self.progress.push(ReaderProgress::new(self.next, Reports::Snapshots));
        self.next
    }

    /// Removes a reader of [`add_watcher`](Self::add_watcher). Returns the removed series, by the
    /// address of their descriptor.
    pub(super) fn remove_watcher(&mut self, watcher: u64) -> HashMap<usize, Ended> {
        let removed = self.progress.pop_if(|progress| progress.reader == watcher);
        removed.map(|progress| progress.ended).unwrap_or_default()
    }

    pub(super) fn remove_reader(&mut self, reader: u64) {
        self.progress.retain(|progress| progress.reader != reader);
        self.exemplars.remove_reader(reader);
    }

    /// How far `reader` is in the sums and gauges of `family`.
    pub(super) fn numbers(
        &mut self,
        reader: u64,
        family: &'static Family,
    ) -> Option<&mut FamilyProgress> {
        let progress = self.progress.iter_mut().find(|progress| progress.reader == reader)?;
        Some(progress.numbers.entry(address(family.descriptor())).or_default())
    }

    /// How far `reader` is in a metric with states or an info.
    pub(super) fn shown(
        &mut self,
        reader: u64,
        first: &'static Descriptor,
    ) -> Option<&mut ShownProgress> {
        let progress = self.progress.iter_mut().find(|progress| progress.reader == reader)?;
        Some(progress.shown.entry(address(first)).or_default())
    }

    /// The histogram, with the interval since `reader` collected last.
    pub(super) fn cumulative(&mut self, reader: u64, series: Series, totals: Totals) -> Value {
        let interval = self.interval(reader, series, &totals);
        let mut snapshot = HistogramSnapshot::new(series.block.grid(), totals);
        snapshot.interval = interval.map(Box::new);
        Value::Histogram(snapshot)
    }

    /// The values recorded in a histogram since `reader` collected last. Adds the interval that
    /// ends with `totals` to the progress of every reader.
    pub(super) fn interval(
        &mut self,
        reader: u64,
        series: Series,
        totals: &Totals,
    ) -> Option<HistogramSnapshot> {
        self.add_interval(series.descriptor(), series.id(), totals.interval);
        let progress = self.progress.iter_mut().find(|progress| progress.reader == reader)?;
        progress.histogram(series.id()).advance(series.block.grid(), totals)
    }

    /// Hands the last values of a removed series to every reader. `reading` is what was recorded in
    /// the life that ended.
    ///
    /// An up-down counter has no last value. `had_level`: whether it had a value.
    pub(super) fn end(
        &mut self,
        series: Series,
        ending: &Ending,
        reading: Option<&Reading>,
        had_level: bool,
    ) {
        if let Some(Reading::Histogram(totals)) = reading {
            self.add_interval(series.descriptor(), ending.id, totals.interval);
        }
        for progress in self.progress.iter_mut().chain(&mut self.early) {
            progress.end(series, ending, reading, had_level);
        }
        if let Some((parent, _)) = &mut self.parent {
            parent.forget(series, ending.id);
        }
    }

    /// The removed series of a metric that `reader` has yet to report.
    pub(super) fn take_ended(&mut self, reader: u64, metric: &'static Descriptor) -> Ended {
        self.early = None;
        let progress = self.progress.iter_mut().find(|progress| progress.reader == reader);
        progress.and_then(|progress| progress.ended.remove(&address(metric))).unwrap_or_default()
    }

    /// Adds the extremes of an ended interval to the progress of every reader.
    fn add_interval(&mut self, metric: &'static Descriptor, id: SeriesId, interval: Extremes) {
        if interval.is_none() {
            return;
        }
        for progress in self.progress.iter_mut().filter(|progress| progress.reads(metric)) {
            progress.histogram(id).add_pending(interval);
        }
    }
}

impl ReaderProgress {
    /// Forgets a series that was removed.
    fn forget(&mut self, series: Series, id: SeriesId) {
        self.histograms.remove(&id);
        self.forget_steady(series);
        if let Some(numbers) = self.numbers.get_mut(&address(series.descriptor())) {
            std::mem::take(numbers.of(series.row()));
        }
    }

    fn new(reader: u64, reports: Reports) -> Self {
        Self {
            reader,
            reports,
            histograms: HashMap::default(),
            numbers: HashMap::new(),
            steady: HashMap::new(),
            shown: HashMap::new(),
            ended: HashMap::new(),
        }
    }

    fn forget_steady(&mut self, series: Series) {
        if let Some(steady) = self.steady.get_mut(&address(series.descriptor())) {
            steady.forget(series);
        }
    }

    /// Whether the reader reads the metric.
    fn reads(&self, metric: &Descriptor) -> bool {
        self.reports != Reports::RenamedChanges || is_renamed(metric)
    }

    fn histogram(&mut self, id: SeriesId) -> &mut HistogramProgress {
        self.histograms.entry(id).or_insert_with(HistogramProgress::new)
    }

    /// See [`Readers::end`].
    fn end(&mut self, series: Series, ending: &Ending, reading: Option<&Reading>, had_level: bool) {
        let (metric, id) = (series.descriptor(), ending.id);
        if !self.reads(metric) {
            return;
        }
        self.forget_steady(series);
        let mut was_returned = false;
        let value = if metric.metric_type() == MetricType::Histogram {
            let progress = self.histograms.remove(&id);
            let mut progress = progress.unwrap_or_else(HistogramProgress::new);
            was_returned = progress.was_returned();
            self.last_histogram(metric, reading, &mut progress)
        } else if self.reports == Reports::Points && had_level {
            Some(Value::from_bits(0, metric.value_type()))
        } else if self.reports != Reports::Snapshots {
            let numbers = self.numbers.entry(address(metric)).or_default();
            let mut sum = std::mem::take(numbers.of(series.row()));
            was_returned = sum.id == Some(id);
            match reading {
                Some(Reading::Number(bits)) => sum
                    .advance(id, *bits, metric)
                    .map(|bits| Value::from_bits(bits, metric.value_type())),
                _ => None,
            }
        } else {
            reading.map(|reading| Value::new(metric, reading.clone()))
        };
        if value.is_none() && !was_returned {
            return;
        }
        let ended = self.ended.entry(address(metric)).or_default();
        let is_reported = value.is_some_and(|value| {
            ended.push(ending.with(value, self.reader), metric.series_limit(), || {
                metric.overflow_labels()
            })
        });
        if is_reported || was_returned {
            ended.removed.push(id);
        }
    }

    /// The last value of a removed histogram, in the form that the reader reports.
    fn last_histogram(
        &self,
        metric: &'static Descriptor,
        reading: Option<&Reading>,
        progress: &mut HistogramProgress,
    ) -> Option<Value> {
        let Some(Reading::Histogram(totals)) = reading else { return None };
        let interval = progress.advance(metric.grid(), totals);
        if self.reports != Reports::Snapshots {
            return interval.map(Value::Histogram);
        }
        let mut snapshot = HistogramSnapshot::new(metric.grid(), totals.clone());
        snapshot.interval = interval.map(Box::new);
        Some(Value::Histogram(snapshot))
    }
}

/// The key of a metric in maps.
pub(super) fn address(metric: &'static Descriptor) -> usize {
    std::ptr::from_ref(metric).addr()
}
