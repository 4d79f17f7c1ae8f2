//! How far each reader is.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use foldhash::fast::FixedState;

use super::extremes::fit;
use super::numbers::FamilyProgress;
use crate::cells::totals::{Extremes, Totals};
use crate::metric::series_id::SeriesId;
use crate::store::family::Family;
use crate::store::series::Series;
use crate::store::value::{HistogramSnapshot, Value};
use crate::sync::lock;

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
    histograms: HashMap<SeriesId, HistogramProgress, FixedState>,
    /// Histograms that are removed, as far as [`Reader::changes`] has to say so.
    removed: Vec<(&'static Family, SeriesId)>,
    /// Of the families of other kinds, by address, for [`Reader::changes`].
    numbers: HashMap<usize, FamilyProgress>,
}

/// What a reader knows of a histogram.
#[derive(Debug)]
struct HistogramProgress {
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
pub(crate) fn lock_readers() -> MutexGuard<'static, Collecting> {
    lock(&COLLECTING)
}

impl Collecting {
    /// A new reader, which has read nothing yet.
    pub(super) fn add_reader(&mut self) -> u64 {
        self.next += 1;
        self.readers.push(Progress::new(self.next));
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

    /// The histogram with what came since `reader` collected last.
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

    /// What came in a histogram since `reader` collected last; the interval that ended with it is
    /// noted for every reader.
    pub(super) fn interval(
        &mut self,
        reader: u64,
        family: &'static Family,
        series: Series,
        totals: &Totals,
    ) -> Option<HistogramSnapshot> {
        self.note(family, series, totals.interval);
        let progress = self.readers.iter_mut().find(|progress| progress.reader == reader)?;
        progress.seen(family, series).advance(series.descriptor().boundaries(), totals)
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
    pub(super) fn forget_removed(
        &mut self,
        reader: u64,
        visited: impl Fn(&'static Family) -> bool,
    ) -> Vec<(&'static Family, SeriesId)> {
        let Some(progress) = self.readers.iter_mut().find(|p| p.reader == reader) else {
            return Vec::new();
        };
        let is_removed = |_: &SeriesId, seen: &mut HistogramProgress| {
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
    fn note(&mut self, family: &'static Family, series: Series, interval: Extremes) {
        if interval.is_none() {
            return;
        }
        for progress in &mut self.readers {
            progress.seen(family, series).pending.get_or_insert(Extremes::NONE).merge(interval);
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

    fn seen(&mut self, family: &'static Family, series: Series) -> &mut HistogramProgress {
        self.histograms.entry(series.id()).or_insert_with(|| HistogramProgress {
            family,
            sum: 0.0,
            buckets: Vec::new(),
            extremes: None,
            pending: None,
            found: false,
        })
    }
}

impl HistogramProgress {
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
