//! An observed series: a callback reads its value at every collection.
//!
//! What a callback says goes into the same cells as what is recorded: a counter gets the difference
//! to what was said before, a gauge is set. So readers know nothing of observers.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use super::last_values::{self, Apply};
use super::remove::remove;
use crate::metric::dropped::DropReason;
use crate::metric::kind::MetricType;
use crate::number::Number;
use crate::store::observers::Observe;
use crate::store::series::Series;
use crate::sync::lock;

pub(super) struct Observer {
    series: Series,
    callback: Box<dyn Fn() -> Result<u64, DropReason> + Send + Sync>,
    progress: Mutex<Progress>,
    /// Brings the series from what was said last to what is said now; `None` when it ends.
    apply: Apply,
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
    /// Whether the last export shall have the last value.
    keep: bool,
}

/// The observation has ended, or its callback is running in another thread's collection, whose
/// result is as good.
struct NothingToDo;

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").field("series", &self.series).finish_non_exhaustive()
    }
}

impl Observer {
    pub(super) fn new<T: Number>(
        series: Series,
        callback: impl Fn() -> Result<T, DropReason> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let metric_type = series.descriptor().metric_type();
        let valid = move |value: T| {
            if !value.is_finite() {
                Err(DropReason::NotFinite)
            } else if metric_type == MetricType::Counter && value < T::ZERO {
                Err(DropReason::Negative)
            } else {
                Ok(value.to_bits())
            }
        };
        Arc::new(Self {
            series,
            // Checked before it is noted: the next difference is to what was said last and made
            // sense.
            callback: Box::new(move || callback().and_then(valid)),
            progress: Mutex::default(),
            apply: match metric_type {
                MetricType::Counter => count::<T>,
                MetricType::UpDownCounter => count_up_and_down::<T>,
                MetricType::Gauge | MetricType::Histogram => set::<T>,
            },
        })
    }

    pub(super) fn series(&self) -> Series {
        self.series
    }

    /// Ends the observation, and takes back what was observed. With `keep`, the value is kept for
    /// the last export.
    pub(super) fn end(&self, keep: bool) {
        let mut progress = lock(&self.progress);
        progress.ended = true;
        progress.keep = keep;
        // The callback may be running in a collection now, or this call may come from inside it:
        // then that collection takes back what was observed.
        if !progress.running {
            let last = progress.last.take();
            drop(progress);
            self.take_back(last, keep);
        }
    }

    fn take_back(&self, last: Option<(u64, u32)>, keep: bool) {
        let last = self.counted(last);
        (self.apply)(self.series, last, None);
        // A counter goes on counting what was counted.
        let is_counter = self.series.descriptor().metric_type() == MetricType::Counter;
        if let Some(value) = last.filter(|_| keep && !is_counter) {
            last_values::keep(self.series, value, self.apply);
        }
    }

    /// Of what was said last, what the series still counts. A removed up-down counter counts
    /// nothing of it; a counter goes on with what comes after the removal.
    fn counted(&self, last: Option<(u64, u32)>) -> Option<u64> {
        let (last, removals) = last?;
        let is_up_down = self.series.descriptor().metric_type() == MetricType::UpDownCounter;
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

    /// Notes what was said, and takes it back if the observation ended meanwhile.
    fn finish(&self, now: Option<(u64, u32)>) {
        let mut progress = lock(&self.progress);
        progress.running = false;
        progress.last = now;
        let (ended, keep) = (progress.ended, progress.keep);
        drop(progress);
        if ended {
            self.take_back(now, keep);
        }
    }
}

impl Observe for Observer {
    fn run(&self) {
        let Ok(last) = self.begin() else { return };
        let said = catch_unwind(AssertUnwindSafe(|| (self.callback)()));
        let now = match said.unwrap_or(Err(DropReason::CallbackPanicked)) {
            Ok(now) => {
                (self.apply)(self.series, self.counted(last), Some(now));
                Some((now, self.series.removals()))
            }
            Err(reason) => {
                self.series.drop_for(reason);
                // A stale value would look like a fresh one.
                if self.series.descriptor().metric_type() == MetricType::Gauge {
                    self.series.unset();
                    None
                } else {
                    last
                }
            }
        };
        self.finish(now);
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
        series.drop_for(DropReason::NotFinite);
    }
}

fn set<T: Number>(series: Series, _: Option<u64>, now: Option<u64>) {
    match now.map(T::from_bits) {
        Some(now) => series.set(now),
        None => remove(series),
    }
}
