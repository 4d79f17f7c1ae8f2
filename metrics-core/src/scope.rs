//! Scopes: what a capture records goes into shards of its own.
//!
//! A thread inside a scope writes to a shard that began at zero; those shards count in the totals of
//! the process like any other. When nobody is in the scope any more, the last to leave adds its
//! shards to its own and keeps the emptied segments for the next capture.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, hash_map::Entry};
use std::sync::{Arc, Mutex};

use crate::cells::histogram::{Copied, Totals};
use crate::descriptor::{MetricType, ValueType};
use crate::number::Number;
use crate::read::{Reading, View, cells_sum};
use crate::reader::collecting;
use crate::registry;
use crate::series::{Change, Series, SeriesId};
use crate::shard::{self, Numbered, Segment, Shard};
use crate::sync::{Ordering::Relaxed, lock};

/// What a capture records into.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Shards of threads that have left for the moment.
    idle: Mutex<Vec<Shard>>,
    /// The segments of all its shards.
    segments: Mutex<Vec<Numbered>>,
    /// What went into shared cells.
    tapped: Mutex<HashMap<SeriesId, (Series, Reading)>>,
}

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Option<Arc<Scope>>> = const { RefCell::new(None) };
}

/// Whether this thread is inside a scope.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.get()
}

/// The scope that this thread is inside.
pub(crate) fn current() -> Option<Arc<Scope>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Calls `f` outside of any scope.
pub(crate) fn outside<R>(f: impl FnOnce() -> R) -> R {
    if is_active() {
        let _outside = Inside::enter(None);
        f()
    } else {
        f()
    }
}

/// Keeps the thread inside a scope, or outside of any, until it is dropped.
#[derive(Debug)]
pub(crate) struct Inside {
    scope: Option<Arc<Scope>>,
    before: Option<Arc<Scope>>,
    /// The shard that the thread wrote to before; `None` if its storage is gone.
    shard: Option<Shard>,
}

impl Inside {
    pub(crate) fn enter(scope: Option<Arc<Scope>>) -> Self {
        let shard = match &scope {
            Some(scope) => lock(&scope.idle).pop().unwrap_or_else(Shard::for_capture),
            None => Shard::UNCLAIMED,
        };
        let shard = shard::swap(shard).ok();
        let before = replace_current(scope.clone());
        Self { scope, before, shard }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        replace_current(self.before.take());
        let Some(shard) = self.shard.take() else { return };
        if let Ok(left) = shard::swap(shard) {
            match &self.scope {
                Some(scope) => lock(&scope.idle).push(left),
                None => left.release(),
            }
        }
    }
}

fn replace_current(scope: Option<Arc<Scope>>) -> Option<Arc<Scope>> {
    let active = scope.is_some();
    let before = CURRENT.try_with(|current| current.replace(scope)).ok();
    ACTIVE.set(active && before.is_some());
    before.flatten()
}

/// Keeps a segment that was made for the current scope's shard.
pub(crate) fn note_segment(segment: Numbered) {
    if let Some(scope) = current() {
        lock(&scope.segments).push(segment);
    }
}

/// Keeps what goes into shared cells, if this thread is inside a scope.
pub(crate) fn tap(series: Series, change: Change) {
    let Some(scope) = current() else { return };
    let mut tapped = lock(&scope.tapped);
    let boundaries = series.block.descriptor().boundaries();
    let (_, reading) = tapped.entry(series.id()).or_insert_with(|| {
        let nothing = match change {
            Change::Record(_) => Reading::Histogram(Totals::new(boundaries.len())),
            Change::Add(_) | Change::Set(_) => Reading::Number(0),
        };
        (series, nothing)
    });
    match (reading, change) {
        (Reading::Histogram(totals), Change::Record(value)) => totals.record(boundaries, value),
        (Reading::Number(bits), Change::Set(new)) => *bits = new,
        (Reading::Number(bits), Change::Add(new)) => *bits = series.sum_of(*bits, new),
        // The kind of the metric decides on both.
        (Reading::Histogram(_), _) | (Reading::Number(_), Change::Record(_)) => {}
    }
}

impl Scope {
    /// The copies of a segment in the scope's shards.
    pub(crate) fn copies(&self, number: usize) -> Vec<&'static Segment> {
        let segments = lock(&self.segments);
        segments.iter().filter(|(n, _)| *n == number).map(|(_, segment)| *segment).collect()
    }

    /// What went into the shared cells of `series`.
    pub(crate) fn tapped(&self, series: Series) -> Option<Reading> {
        lock(&self.tapped).get(&series.id()).map(|(_, reading)| reading.clone())
    }
}

impl Drop for Scope {
    /// Adds all that was recorded to where this thread records now.
    fn drop(&mut self) {
        // At the end of a thread there is no such place: the shards stay as they are, and count.
        if !shard::is_available() {
            return;
        }
        // Readers would see counts twice, or not at all.
        let _collecting = collecting();
        let view = View::of(self);
        for family in registry::families() {
            family.for_each_series(|series| absorb(series, &view));
        }
        if let Some(outer) = current() {
            for (id, (series, inner)) in lock(&self.tapped).drain() {
                join(series, lock(&outer.tapped).entry(id), inner);
            }
        }
        for (_, segment) in lock(&self.segments).iter() {
            // Relaxed: nobody writes there any more, and the lock of the list publishes it.
            segment.iter().for_each(|cell| cell.store(0, Relaxed));
        }
        lock(&self.idle).drain(..).for_each(Shard::recycle);
    }
}

fn absorb(series: Series, view: &View<'_>) {
    match series.block.descriptor().metric_type() {
        MetricType::Gauge => {}
        MetricType::Histogram => absorb_histogram(series, view),
        MetricType::Counter | MetricType::UpDownCounter => {
            let (bits, recorded) = match series.value_type() {
                ValueType::U64 => sum::<u64>(series, view),
                ValueType::I64 => sum::<i64>(series, view),
                ValueType::F64 => sum::<f64>(series, view),
            };
            if recorded {
                series.store(Change::Add(bits));
            }
        }
    }
}

fn sum<T: Number>(series: Series, view: &View<'_>) -> (u64, bool) {
    let (total, recorded) = cells_sum::<T>(series, view);
    (total.to_bits(), recorded)
}

fn absorb_histogram(series: Series, view: &View<'_>) {
    let mut copied = Copied::default();
    for run in view.runs(series) {
        if let Some(copied) = copied.read(run) {
            series.absorb(copied);
        }
    }
}

/// Adds what an inner scope tapped to what the outer one did.
fn join(series: Series, outer: Entry<'_, SeriesId, (Series, Reading)>, inner: Reading) {
    match (outer, inner) {
        (Entry::Vacant(outer), inner) => drop(outer.insert((series, inner))),
        (Entry::Occupied(mut outer), inner) => match (&mut outer.get_mut().1, inner) {
            (Reading::Histogram(outer), Reading::Histogram(inner)) => {
                outer.merge(inner.sum, inner.extremes, inner.interval, &inner.buckets);
            }
            (Reading::Number(outer), Reading::Number(inner)) => {
                let is_gauge = series.block.descriptor().metric_type() == MetricType::Gauge;
                *outer = if is_gauge { inner } else { series.sum_of(*outer, inner) };
            }
            // One series has readings of one kind.
            (Reading::Histogram(_), Reading::Number(_))
            | (Reading::Number(_), Reading::Histogram(_)) => {}
        },
    }
}
