//! The last values of observations that `main` drops before its shutdown guard.
//!
//! Locals are dropped in reverse order. An observation that is declared after the guard has ended
//! when the guard exports for the last time. Its last value is kept here until then.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::{self, ThreadId};

use crate::locks::lock;
use crate::rules::kind::MetricType;
use crate::store::record::Counted;
use crate::store::series::Series;
use crate::sync::Mutex;

/// Changes a series from the last observed value to the value that is observed now, and returns the
/// observed value that the series then has. `None` stands for no value: before the first value, and
/// after the last one.
pub(super) type Apply = fn(Series, last: Option<Observed>, now: Option<u64>) -> Option<Observed>;

/// An observed value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    /// The value, as bits.
    pub(super) bits: u64,
    /// Where an up-down counter counted the value.
    pub(super) counted: Option<Counted>,
}

/// The most values that are kept.
const MOST: usize = 1000;

/// How many collections have begun in the process.
static COLLECTIONS: AtomicU64 = AtomicU64::new(0);

/// The threads that hold a shutdown guard, once for each guard.
static HOLDERS: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());

static KEPT: Mutex<VecDeque<LastValue>> = Mutex::new(VecDeque::new());

#[derive(Debug)]
struct LastValue {
    series: Series,
    /// The value, as bits.
    value: u64,
    apply: Apply,
    /// How many collections had begun when the observation ended.
    collections: u64,
}

/// Counts the beginning of a collection, on any thread.
pub(super) fn collection_begins() {
    // Relaxed: code that compares two of these numbers orders the calls by other means.
    COLLECTIONS.fetch_add(1, Relaxed);
}

/// How many collections have begun.
pub(crate) fn collections() -> u64 {
    COLLECTIONS.load(Relaxed)
}

/// From now on, the last values of observations that this thread drops are kept.
pub(crate) fn hold() -> ThreadId {
    let own = thread::current().id();
    lock(&HOLDERS).push(own);
    own
}

/// Ends one [`hold`] of `thread`.
pub(crate) fn release(thread: ThreadId) {
    let mut holders = lock(&HOLDERS);
    if let Some(at) = holders.iter().position(|holder| *holder == thread) {
        holders.swap_remove(at);
    }
    if holders.is_empty() {
        lock(&KEPT).clear();
    }
}

/// Whether the last values of observations that this thread drops are kept.
pub(super) fn are_kept_here() -> bool {
    lock(&HOLDERS).contains(&thread::current().id())
}

/// Keeps the last value of an observation that has ended.
pub(super) fn keep(series: Series, value: u64, apply: Apply) {
    let mut kept = lock(&KEPT);
    let collections = collections();
    kept.retain(|last| last.collections == collections);
    if kept.len() == MOST {
        kept.pop_front();
    }
    kept.push_back(LastValue { series, value, apply, collections });
}

/// Forgets the last values of a series that the program removes.
pub(super) fn forget(series: Series) {
    lock(&KEPT).retain(|last| !last.series.is_same(series));
}

/// Records the values of the observations that ended after the last collection, until the result is
/// dropped. An observation that ended earlier was already missing from an export, and stays
/// missing.
pub(crate) fn show() -> Shown {
    let kept = std::mem::take(&mut *lock(&KEPT));
    let collections = collections();
    // The latest observed value of a series wins.
    let latest = kept.into_iter().rev().filter(|last| last.collections == collections);
    Shown(latest.filter_map(LastValue::show).collect())
}

/// See [`show`].
#[derive(Debug)]
pub(crate) struct Shown(Vec<(LastValue, Option<Observed>)>);

impl LastValue {
    /// Records the value, unless its series has a newer value or is gone.
    fn show(self) -> Option<(Self, Option<Observed>)> {
        let series = self.series;
        let is_gauge = series.descriptor().stored_type() == MetricType::Gauge;
        // The memory of a removed series may hold other labels by now. A gauge that was set since
        // then has a newer value.
        let shows = series.has_its_labels() && !(is_gauge && series.current().0.is_recorded());
        shows.then(|| (self.apply)(series, None, Some(self.value))).map(|observed| (self, observed))
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        for (last, observed) in self.0.drain(..) {
            (last.apply)(last.series.current().0, observed, None);
        }
    }
}
