//! Observed metrics: callbacks give the values of any series at every collection.

use std::fmt;
use std::sync::{Arc, Mutex};

use hashbrown::HashTable;
use hashbrown::hash_table::OccupiedEntry;

use super::last_values::{Apply, Observed};
use super::observer::{apply, valid};
use super::remove::remove;
use super::running::Running;
use crate::foreign::{self, Foreign};
use crate::labels::given::GivenAttributes;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::locks::lock;
use crate::metric::dropped::DropReason;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::MetricType;
use crate::store::family::Family;
use crate::store::observers::Observe;
use crate::store::series::Series;

type Callback = Foreign<Box<dyn Fn(&Observations<'_>) + Send + Sync>>;

/// The callbacks that observe a metric, and the values that they gave last.
pub(crate) struct SeriesObserver {
    family: &'static Family,
    apply: Apply,
    callbacks: Mutex<Vec<Arc<Callback>>>,
    progress: Mutex<Progress>,
}

/// It is never locked while foreign code runs, nor while a series is recorded.
#[derive(Debug, Default)]
struct Progress {
    running: Running,
    /// They stay here while callbacks run, for a process that is forked meanwhile.
    rows: HashTable<Row>,
}

/// An observed series.
#[derive(Debug, Clone)]
struct Row {
    hash: u64,
    labels: Labels,
    series: Series,
    last: Option<Observed>,
    /// The value that this collection gives.
    now: Option<u64>,
}

/// Takes the values of one collection.
#[doc(hidden)]
pub struct Observations<'a> {
    observer: &'a SeriesObserver,
    values: Mutex<Vec<Given>>,
}

/// A value that a callback gave.
struct Given {
    series: Series,
    /// The labels of the series when the value was given. The memory of the series can get other
    /// labels before all callbacks have run.
    labels: Labels,
    bits: u64,
}

impl Observations<'_> {
    /// Observes a value, of the metric's type. The last value with the same attributes counts.
    pub fn observe<N: Number>(&self, value: N, attributes: &impl GivenAttributes) {
        let family = self.observer.family;
        match valid(family.descriptor().stored_type(), value) {
            Ok(bits) => {
                let (series, labels) = find(family, attributes);
                lock(&self.values).push(Given { series, labels, bits });
            }
            Err(reason) => family.dropped().note(reason),
        }
    }
}

/// The series with these attributes, and its labels.
pub(super) fn find(family: &'static Family, attributes: &impl GivenAttributes) -> (Series, Labels) {
    loop {
        let series = family.find_given(attributes);
        let labels = series.labels();
        // Checked after the labels were read: then they are those of the series. Otherwise the
        // series was removed meanwhile, and its memory has other labels.
        if series.has_its_labels() {
            return (series, labels);
        }
    }
}

impl SeriesObserver {
    /// An observer of `family`, which stays for ever.
    pub(crate) fn leak(family: &'static Family) -> &'static Self {
        let metric = family.descriptor();
        let observer = Arc::new(Self {
            family,
            apply: with_number!(metric.value_type(), N => apply::<N>(metric.stored_type())),
            callbacks: Mutex::default(),
            progress: Mutex::default(),
        });
        let observers = family.observers();
        observers.add(Arc::clone(&observer) as Arc<dyn Observe>);
        Box::leak(Box::new(observer))
    }

    pub(crate) fn add(&self, callback: Box<dyn Fn(&Observations<'_>) + Send + Sync>) {
        lock(&self.callbacks).push(Arc::new(Foreign::new(callback)));
    }

    /// Changes the metric to the values that `observe` gives. Series without a value are removed.
    pub(crate) fn take(&self, observe: impl FnOnce(&Observations<'_>)) {
        self.collect(|observations| {
            observe(observations);
            false
        });
    }

    /// Changes the metric to the values that `observe` gives, which returns whether a callback
    /// panicked.
    fn collect(&self, observe: impl FnOnce(&Observations<'_>) -> bool) {
        // The callbacks run in another thread, or in a callback of this thread.
        if !lock(&self.progress).running.begin() {
            return;
        }
        let observations = Observations { observer: self, values: Mutex::default() };
        let has_panicked = observe(&observations);
        let given = std::mem::take(&mut *lock(&observations.values));
        let rows = self.note(given);
        self.change(rows, has_panicked);
        lock(&self.progress).running.end();
    }

    /// Notes the observed values in the rows of their series. Returns all rows, with the values.
    fn note(&self, given: Vec<Given>) -> Vec<Row> {
        let metric = self.family.descriptor();
        let is_level = metric.stored_type() == MetricType::Gauge;
        let rows = &mut lock(&self.progress).rows;
        for Given { series, labels, bits } in given {
            let hash = hash_of(&labels);
            let has_labels = |row: &Row| same_labels(&row.labels, &labels);
            let row = match rows.find_mut(hash, has_labels) {
                Some(row) => row,
                None => {
                    let row = Row { hash, labels, series, last: None, now: None };
                    rows.insert_unique(hash, row, |row| row.hash).into_mut()
                }
            };
            // The series may have been removed, and come back in other memory.
            row.series = series;
            row.now = match row.now {
                // Series that have no room of their own are added up.
                Some(sum) if series.is_overflow() && !is_level => {
                    Some(metric.value_type().sum(sum, bits))
                }
                _ => Some(bits),
            };
        }
        let with_value = |row: &mut Row| {
            let now = row.now.take();
            Row { now, ..row.clone() }
        };
        rows.iter_mut().map(with_value).collect()
    }

    /// Changes the series to the values of this collection. The rows that have none leave, unless a
    /// callback panicked, which may have observed them.
    fn change(&self, rows: Vec<Row>, has_panicked: bool) {
        let is_gauge = self.family.descriptor().stored_type() == MetricType::Gauge;
        for row in rows {
            match row.now {
                Some(bits) => {
                    // The series was removed after it was observed, and its memory has other
                    // labels: then the series comes back in other memory.
                    let is_there = row.series.has_its_labels();
                    let found = || find(self.family, &row.labels).0;
                    let series = if is_there { row.series } else { found() };
                    let last = (self.apply)(series, row.last, Some(bits));
                    self.update(&row, |kept| {
                        let kept = kept.into_mut();
                        (kept.series, kept.last) = (series, last);
                    });
                }
                // The last value of a gauge would look like a current one.
                None if has_panicked && !is_gauge => {}
                None => {
                    if !is_gauge {
                        (self.apply)(row.series, row.last, None);
                    }
                    remove(row.series);
                    self.update(&row, |kept| drop(kept.remove()));
                }
            }
        }
    }

    fn update(&self, row: &Row, change: impl FnOnce(OccupiedEntry<'_, Row>)) {
        let rows = &mut lock(&self.progress).rows;
        let found = rows.find_entry(row.hash, |kept| same_labels(&kept.labels, &row.labels));
        if let Ok(kept) = found {
            change(kept);
        }
    }
}

impl Observe for SeriesObserver {
    fn run(&self) {
        let callbacks = lock(&self.callbacks).clone();
        if callbacks.is_empty() {
            return;
        }
        self.collect(|observations| {
            let mut has_panicked = false;
            for callback in &callbacks {
                if foreign::call(|| (**callback)(observations)).is_err() {
                    has_panicked = true;
                    self.family.dropped().note(DropReason::CallbackPanicked);
                }
            }
            has_panicked
        });
    }
}

impl fmt::Debug for SeriesObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeriesObserver").field("family", self.family).finish_non_exhaustive()
    }
}

impl fmt::Debug for Observations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observations").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
