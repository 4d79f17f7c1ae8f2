//! Observed metrics: callbacks give the values of any series at every collection.

use std::fmt;
use std::sync::{Arc, Mutex};

use hashbrown::HashTable;

use super::last_values::{Apply, Observed};
use super::observer::{apply, valid};
use super::remove::remove;
use crate::foreign::{self, Foreign};
use crate::labels::given::GivenAttributes;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::locks::lock;
use crate::metric::dropped::DropReason;
use crate::metric::kind::{MetricType, with_number};
use crate::number::Number;
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

/// It is never locked while foreign code runs.
#[derive(Debug, Default)]
struct Progress {
    /// Whether the callbacks are running in some thread's collection. Then the series are there.
    running: bool,
    series: HashTable<Row>,
}

/// An observed series.
#[derive(Debug)]
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
    values: Mutex<Vec<(Series, u64)>>,
}

impl Observations<'_> {
    /// Observes a value, of the metric's type. The last value with the same attributes counts.
    pub fn observe<N: Number>(&self, value: N, attributes: &impl GivenAttributes) {
        let family = self.observer.family;
        match valid(family.descriptor().stored_type(), value) {
            Ok(bits) => {
                let series = family.find_given(attributes);
                lock(&self.values).push((series, bits));
            }
            Err(reason) => family.dropped().note(reason),
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

    /// Takes the rows; `None` if the callbacks run in another thread, or in a callback of this
    /// thread.
    fn begin(&self) -> Option<HashTable<Row>> {
        let mut progress = lock(&self.progress);
        if std::mem::replace(&mut progress.running, true) {
            return None;
        }
        Some(std::mem::take(&mut progress.series))
    }

    fn finish(&self, series: HashTable<Row>) {
        let mut progress = lock(&self.progress);
        progress.running = false;
        progress.series = series;
    }

    /// Notes the observed values in the rows of their series.
    fn note(&self, values: Vec<(Series, u64)>, rows: &mut HashTable<Row>) {
        let metric = self.family.descriptor();
        let is_level = metric.stored_type() == MetricType::Gauge;
        for (series, bits) in values {
            let labels = series.labels();
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
    }

    /// Changes the series to the values of this collection. The rows that have none leave, unless a
    /// callback panicked, which may have observed them.
    fn change(&self, rows: &mut HashTable<Row>, has_panicked: bool) {
        let is_gauge = self.family.descriptor().stored_type() == MetricType::Gauge;
        rows.retain(|row| match row.now.take() {
            Some(bits) => {
                row.last = (self.apply)(row.series, row.last, Some(bits));
                true
            }
            // The last value of a gauge would look like a current one.
            None if has_panicked && !is_gauge => true,
            None => {
                if !is_gauge {
                    (self.apply)(row.series, row.last, None);
                }
                remove(row.series);
                false
            }
        });
    }
}

impl Observe for SeriesObserver {
    fn run(&self) {
        let callbacks = lock(&self.callbacks).clone();
        if callbacks.is_empty() {
            return;
        }
        let Some(mut rows) = self.begin() else { return };
        let mut has_panicked = false;
        let observations = Observations { observer: self, values: Mutex::default() };
        for callback in &callbacks {
            if foreign::call(|| (**callback)(&observations)).is_err() {
                has_panicked = true;
                self.family.dropped().note(DropReason::CallbackPanicked);
            }
        }
        let values = std::mem::take(&mut *lock(&observations.values));
        self.note(values, &mut rows);
        self.change(&mut rows, has_panicked);
        self.finish(rows);
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
