//! How far each reader is.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, TryLockError};

use super::histogram_progress::HistogramProgress;
use super::numbers::FamilyProgress;
use crate::cells::totals::{Extremes, Totals};
use crate::labels::hash::Seeded;
use crate::metric::series_id::SeriesId;
use crate::store::family::Family;
use crate::store::series::Series;
use crate::store::value::{HistogramSnapshot, Value};
use crate::sync::lock;

/// The state of all readers between collections. It is locked while cells are read, so that code
/// that moves counts can keep readers out.
#[derive(Debug)]
pub(crate) struct Readers {
    next: u64,
    readers: Vec<ReaderProgress>,
}

/// The reports of a reader beside values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reports {
    Nothing,
    /// The series that were removed.
    Removals,
}

/// How far one reader is.
#[derive(Debug)]
struct ReaderProgress {
    reader: u64,
    reports: Reports,
    histograms: HashMap<SeriesId, HistogramProgress, Seeded>,
    /// Removed histograms that the reader has yet to report.
    removed: Vec<(&'static Family, SeriesId)>,
    /// The progress in sums and gauges, by the address of their family. Empty unless the reader
    /// reports changes.
    numbers: HashMap<usize, FamilyProgress>,
}

static READERS: Mutex<Readers> = Mutex::new(Readers { next: 0, readers: Vec::new() });

/// Keeps readers out while the guard is held.
pub(crate) fn lock_readers() -> MutexGuard<'static, Readers> {
    lock(&READERS)
}

/// Keeps readers out while the guard is held; `None` if a reader is reading now.
pub(crate) fn try_lock_readers() -> Option<MutexGuard<'static, Readers>> {
    match READERS.try_lock() {
        Ok(readers) => Some(readers),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl Readers {
    /// Adds a reader that has read nothing yet, and returns its id.
    pub(super) fn add_reader(&mut self, reports: Reports) -> u64 {
        self.next += 1;
        self.readers.push(ReaderProgress::new(self.next, reports));
        self.next
    }

    pub(super) fn remove_reader(&mut self, reader: u64) {
        self.readers.retain(|progress| progress.reader != reader);
    }

    /// How far `reader` is in the sums and gauges of `family`.
    pub(super) fn numbers(
        &mut self,
        reader: u64,
        family: &'static Family,
    ) -> Option<&mut FamilyProgress> {
        let progress = self.readers.iter_mut().find(|progress| progress.reader == reader)?;
        Some(progress.numbers.entry(std::ptr::from_ref(family).addr()).or_default())
    }

    /// The histogram, with the interval since `reader` collected last.
    pub(super) fn cumulative(
        &mut self,
        reader: u64,
        family: &'static Family,
        series: Series,
        totals: Totals,
    ) -> Value {
        let interval = self.interval(reader, family, series, &totals);
        let boundaries = series.descriptor().boundaries();
        let mut snapshot = HistogramSnapshot::new(boundaries, totals);
        snapshot.interval = interval.map(Box::new);
        Value::Histogram(snapshot)
    }

    /// The values recorded in a histogram since `reader` collected last. Adds the interval that
    /// ends with `totals` to the progress of every reader.
    pub(super) fn interval(
        &mut self,
        reader: u64,
        family: &'static Family,
        series: Series,
        totals: &Totals,
    ) -> Option<HistogramSnapshot> {
        self.add_interval(family, series, totals.interval);
        let progress = self.readers.iter_mut().find(|progress| progress.reader == reader)?;
        let histogram = progress.histogram(family, series);
        histogram.advance(series.descriptor().boundaries(), totals)
    }

    /// Forgets a removed series, for every reader.
    pub(crate) fn forget(&mut self, id: SeriesId) {
        for progress in &mut self.readers {
            // Only the removal of a series that was returned before must be reported.
            if let Some(histogram) = progress.histograms.remove(&id)
                && histogram.was_returned()
                && progress.reports == Reports::Removals
            {
                progress.removed.push((histogram.family(), id));
            }
        }
    }

    /// Forgets the histograms that a reader's collection did not find any more, in the families
    /// that the collection visited. Returns these histograms and the ones forgotten before.
    pub(super) fn forget_removed(
        &mut self,
        reader: u64,
        visited: impl Fn(&'static Family) -> bool,
    ) -> Vec<(&'static Family, SeriesId)> {
        let Some(progress) = self.readers.iter_mut().find(|p| p.reader == reader) else {
            return Vec::new();
        };
        let is_removed = |_: &SeriesId, histogram: &mut HistogramProgress| {
            !histogram.take_found() && visited(histogram.family())
        };
        let mut removed: Vec<_> =
            progress.removed.extract_if(.., |(family, _)| visited(family)).collect();
        let gone = progress.histograms.extract_if(is_removed);
        let returned = gone.filter(|(_, histogram)| histogram.was_returned());
        removed.extend(returned.map(|(id, histogram)| (histogram.family(), id)));
        removed
    }

    /// Adds the extremes of an ended interval to the progress of every reader.
    fn add_interval(&mut self, family: &'static Family, series: Series, interval: Extremes) {
        if interval.is_none() {
            return;
        }
        for progress in &mut self.readers {
            progress.histogram(family, series).add_pending(interval);
        }
    }
}

impl ReaderProgress {
    fn new(reader: u64, reports: Reports) -> Self {
        Self {
            reader,
            reports,
            histograms: HashMap::default(),
            removed: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn histogram(&mut self, family: &'static Family, series: Series) -> &mut HistogramProgress {
        self.histograms.entry(series.id()).or_insert_with(|| HistogramProgress::new(family))
    }
}
