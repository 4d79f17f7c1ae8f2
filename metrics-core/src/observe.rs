//! Observed metrics: values that a callback reads at every collection.
//!
//! What a callback says goes into the same cells as what is recorded: a counter gets the difference
//! to what was said before, a gauge is set. So readers know nothing of observers.

mod collections;

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use crate::descriptor::{Descriptor, MetricType};
use crate::dropped::Reason;
use crate::number::Number;
use crate::registry;
use crate::remove::remove;
use crate::scope;
use crate::series::Series;
use crate::sync::lock;

use collections::Callback;
pub use collections::observe;

/// Keeps a callback observed until it is dropped. From [`observe`](crate::Gauge::observe) of a
/// handle, and from [`observe`](fn@crate::observe).
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, and nothing is observed"]
#[derive(Debug)]
pub struct Observation(Observed);

#[derive(Debug)]
enum Observed {
    /// One series.
    Series(Arc<Observer>),
    /// Whatever its callback records.
    Collections(Arc<Callback>),
}

/// The callbacks of one family.
#[derive(Debug)]
pub(crate) struct Observers(Mutex<Vec<Arc<Observer>>>);

struct Observer {
    series: Series,
    callback: Box<dyn Fn() -> Result<u64, Reason> + Send + Sync>,
    progress: Mutex<Progress>,
    /// Brings the series from what was said last to what is said now; `None` when it ends.
    apply: fn(Series, last: Option<u64>, now: Option<u64>),
}

/// How far an observer is. Never locked while foreign code runs.
#[derive(Debug, Default)]
struct Progress {
    /// What the callback said last, as bits, and how often the series had been removed then.
    last: Option<(u64, u32)>,
    /// Whether the callback runs, in some thread's collection.
    running: bool,
    /// Whether the observation was dropped.
    ended: bool,
}

/// The observation has ended, or its callback is running in another thread's collection, whose result
/// is as good.
struct NothingToDo;

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").field("series", &self.series).finish_non_exhaustive()
    }
}

thread_local! {
    /// Whether this thread is inside a callback: a snapshot taken there runs no callbacks.
    static OBSERVING: Cell<bool> = const { Cell::new(false) };
}

/// Observes `series` through `callback`.
pub(crate) fn observe_series<T: Number>(
    series: Series,
    callback: impl Fn() -> Result<T, Reason> + Send + Sync + 'static,
) -> Observation {
    let metric_type = series.block.descriptor().metric_type();
    let valid = move |value: T| {
        if !value.is_finite() {
            Err(Reason::NotFinite)
        } else if metric_type == MetricType::Counter && value < T::ZERO {
            Err(Reason::Negative)
        } else {
            Ok(value.to_bits())
        }
    };
    let observer = Arc::new(Observer {
        series,
        // Checked before it is noted: the next difference is to what was said last and made sense.
        callback: Box::new(move || callback().and_then(valid)),
        progress: Mutex::default(),
        apply: match metric_type {
            MetricType::Counter => count::<T>,
            MetricType::UpDownCounter => count_up_and_down::<T>,
            MetricType::Gauge | MetricType::Histogram => set::<T>,
        },
    });
    lock(&series.block.family().observers.0).push(Arc::clone(&observer));
    Observation(Observed::Series(observer))
}

impl Observation {
    /// Observes to the end of the program.
    ///
    /// What is observed as long as `main` runs, and shown at shutdown, has no good place to be dropped.
    pub fn forever(self) {
        // The observer stays in its family's list; only the guard that would take it out goes.
        std::mem::forget(self);
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        let observer = match &self.0 {
            Observed::Series(observer) => observer,
            Observed::Collections(callback) => return callback.end(),
        };
        lock(&observer.series.block.family().observers.0).retain(|o| !Arc::ptr_eq(o, observer));
        let mut progress = lock(&observer.progress);
        progress.ended = true;
        // The callback may be running in a collection now, or this drop may come from inside it: then
        // that collection takes back what was observed.
        if !progress.running {
            let last = progress.last.take();
            drop(progress);
            (observer.apply)(observer.series, observer.counted(last), None);
        }
    }
}

impl Observers {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

/// Runs the callbacks of a collection that reads the metrics that are `wanted`. They may register
/// metrics, so it lists them afterwards.
pub(crate) fn run_callbacks(wanted: impl Fn(&'static Descriptor) -> bool) {
    if OBSERVING.replace(true) {
        return;
    }
    // Nothing observed belongs to a capture that this thread happens to be in.
    scope::outside(|| {
        collections::run();
        for family in registry::families().iter().filter(|family| wanted(family.descriptor())) {
            // A copy: callbacks may observe, or stop observing, as they like.
            let observers = lock(&family.observers.0).clone();
            observers.iter().for_each(|observer| observer.run());
        }
    });
    OBSERVING.set(false);
}

impl Observer {
    fn run(&self) {
        let Ok(last) = self.begin() else { return };
        let said = catch_unwind(AssertUnwindSafe(|| (self.callback)()));
        let now = match said.unwrap_or(Err(Reason::CallbackPanicked)) {
            Ok(now) => {
                (self.apply)(self.series, self.counted(last), Some(now));
                Some((now, self.series.removals()))
            }
            Err(reason) => {
                self.series.drop_for(reason);
                // A stale value would look like a fresh one.
                if self.series.block.descriptor().metric_type() == MetricType::Gauge {
                    self.series.unset();
                }
                last
            }
        };
        if self.finish(now) {
            (self.apply)(self.series, self.counted(now), None);
        }
    }

    /// Of what was said last, what the series still counts. A removed up-down counter counts nothing
    /// of it; a counter goes on with what comes after the removal.
    fn counted(&self, last: Option<(u64, u32)>) -> Option<u64> {
        let (last, removals) = last?;
        let is_up_down = self.series.block.descriptor().metric_type() == MetricType::UpDownCounter;
        (!is_up_down || removals == self.series.removals()).then_some(last)
    }

    /// What was said last, if anything was.
    fn begin(&self) -> Result<Option<(u64, u32)>, NothingToDo> {
        let mut progress = lock(&self.progress);
        if progress.running || progress.ended {
            return Err(NothingToDo);
        }
        progress.running = true;
        Ok(progress.last)
    }

    /// Notes what was said, and tells whether the observation ended meanwhile.
    fn finish(&self, now: Option<(u64, u32)>) -> bool {
        let mut progress = lock(&self.progress);
        progress.running = false;
        progress.last = now;
        progress.ended
    }
}

fn count<T: Number>(series: Series, last: Option<u64>, now: Option<u64>) {
    // At the end, what was counted stays counted.
    let Some(now) = now.map(T::from_bits) else { return };
    let last = last.map_or(T::ZERO, T::from_bits);
    // A total that fell has begun again from zero, as in Prometheus' `rate`.
    series.add(if now < last { now } else { now.minus(last) });
}

fn count_up_and_down<T: Number>(series: Series, last: Option<u64>, now: Option<u64>) {
    if last.is_none() && now.is_none() {
        return;
    }
    let of = |bits: Option<u64>| bits.map_or(T::ZERO, T::from_bits);
    let change = of(now).minus(of(last));
    if change.is_finite() {
        series.add(change);
    } else {
        series.drop_for(Reason::NotFinite);
    }
}

fn set<T: Number>(series: Series, _: Option<u64>, now: Option<u64>) {
    match now.map(T::from_bits) {
        Some(now) => series.set(now),
        None => remove(series),
    }
}
