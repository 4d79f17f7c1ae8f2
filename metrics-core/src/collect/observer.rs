//! An observed series: a callback reads its value at every collection.
//!
//! Observed values go into the same cells as recorded values: a counter adds the difference to the
//! previous observed value, and a gauge is set. So readers do not distinguish the two.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::last_values::{self, Apply};
use super::remove::remove;
use crate::foreign;
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
    /// Changes the series from the last observed value to the current one. The current one is
    /// `None` when the observation ends.
    apply: Apply,
}

/// The progress of an observer. It is never locked while foreign code runs.
#[derive(Debug, Default)]
struct Progress {
    /// The last observed value, as bits, and how often the series had been removed at that time.
    last: Option<(u64, u32)>,
    /// Whether the callback is running in some thread's collection.
    running: bool,
    /// Whether the observation was dropped.
    ended: bool,
    /// Whether the last value is kept for the last export.
    keep: bool,
}

/// The observation has ended, or its callback is running in another thread's collection, which
/// records the value.
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
            // Invalid values are rejected before they are stored, so the next difference is to the
            // last valid value.
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

    /// Ends the observation, and takes the observed value back. With `keep`, the value is kept for
    /// the last export.
    pub(super) fn end(&self, keep: bool) {
        let mut progress = lock(&self.progress);
        progress.ended = true;
        progress.keep = keep;
        // The callback may be running in a collection now, or this call may come from inside it.
        // Then that collection takes the value back.
        if !progress.running {
            let last = progress.last.take();
            drop(progress);
            self.take_back(last, keep);
        }
    }

    fn take_back(&self, last: Option<(u64, u32)>, keep: bool) {
        let last = self.counted(last);
        (self.apply)(self.series, last, None);
        // A counter keeps the observed total.
        let is_counter = self.series.descriptor().metric_type() == MetricType::Counter;
        if let Some(value) = last.filter(|_| keep && !is_counter) {
            last_values::keep(self.series, value, self.apply);
        }
    }

    /// The last observed value, if it is still the base of the next change. A removed up-down
    /// counter no longer counts the value, so its base is zero. A counter continues with the
    /// difference to the value, also after a removal.
    fn counted(&self, last: Option<(u64, u32)>) -> Option<u64> {
        let (last, removals) = last?;
        let is_up_down = self.series.descriptor().metric_type() == MetricType::UpDownCounter;
        (!is_up_down || removals == self.series.removals()).then_some(last)
    }

    /// Marks the callback as running, and returns the last observed value, if there is one.
    fn begin(&self) -> Result<Option<(u64, u32)>, NothingToDo> {
        let mut progress = lock(&self.progress);
        if progress.running || progress.ended {
            return Err(NothingToDo);
        }
        progress.running = true;
        Ok(progress.last)
    }

    /// Stores the observed value, and takes it back if the observation ended meanwhile.
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
        let said = foreign::call(|| (self.callback)());
        let now = match said.unwrap_or(Err(DropReason::CallbackPanicked)) {
            Ok(now) => {
                (self.apply)(self.series, self.counted(last), Some(now));
                Some((now, self.series.removals()))
            }
            Err(reason) => {
                self.series.drop_for(reason);
                // A stale value would look like a current one.
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
    // When the observation ends, the counter keeps its total.
    let Some(now) = now.map(T::from_bits) else { return };
    let last = last.map_or(T::ZERO, T::from_bits);
    // A total that fell has restarted from zero, as in Prometheus' `rate`.
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
