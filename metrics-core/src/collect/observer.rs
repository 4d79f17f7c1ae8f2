//! An observed series: a callback reads its value at every collection.
//!
//! Observed values go into the same cells as recorded values: a counter adds the difference to the
//! previous observed value, and a gauge is set. So readers do not distinguish the two.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::last_values::{self, Apply, Observed};
use super::remove::remove;
use super::running::Running;
use crate::foreign;
use crate::locks::lock;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::rules::kind::MetricType;
use crate::store::observers::Observe;
use crate::store::series::Series;
use crate::store::take_back::{is_alive, replace};

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
    last: Option<Observed>,
    running: Running,
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
        let metric_type = series.descriptor().stored_type();
        let valid = move |value: T| valid(metric_type, value);
        Arc::new(Self {
            series,
            // Invalid values are rejected before they are stored, so the next difference is to the
            // last valid value.
            callback: Box::new(move || callback().and_then(valid)),
            progress: Mutex::default(),
            apply: apply::<T>(metric_type),
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
        if !progress.running.is_running() {
            let last = progress.last.take();
            drop(progress);
            self.take_back(last, keep);
        }
    }

    fn take_back(&self, last: Option<Observed>, keep: bool) {
        let is_there = |observed: &Observed| observed.counted.is_none_or(is_alive);
        let kept = last.filter(|observed| keep && is_there(observed));
        (self.apply)(self.series, last, None);
        // A counter keeps the observed total.
        let is_counter = self.series.descriptor().stored_type() == MetricType::Counter;
        if let Some(observed) = kept.filter(|_| !is_counter) {
            last_values::keep(self.series, observed.bits, self.apply);
        }
    }

    /// Marks the callback as running, and returns the last observed value, if there is one.
    fn begin(&self) -> Result<Option<Observed>, NothingToDo> {
        let mut progress = lock(&self.progress);
        if progress.ended || !progress.running.begin() {
            return Err(NothingToDo);
        }
        Ok(progress.last)
    }

    /// Stores the observed value, and takes it back if the observation ended meanwhile.
    fn finish(&self, now: Option<Observed>) {
        let mut progress = lock(&self.progress);
        progress.running.end();
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
            Ok(now) => (self.apply)(self.series, last, Some(now)),
            Err(reason) => {
                self.series.drop_for(reason);
                // A stale value would look like a current one.
                if self.series.descriptor().stored_type() == MetricType::Gauge {
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

/// The bits of an observed value.
pub(super) fn valid<T: Number>(metric_type: MetricType, value: T) -> Result<u64, DropReason> {
    if !value.is_finite() {
        Err(DropReason::NotFinite)
    } else if metric_type == MetricType::Counter && value < T::ZERO {
        Err(DropReason::Negative)
    } else {
        Ok(value.to_bits())
    }
}

/// How observed values change the series of a metric of this type.
pub(super) fn apply<T: Number>(metric_type: MetricType) -> Apply {
    match metric_type {
        MetricType::Counter => count::<T>,
        MetricType::UpDownCounter => count_up_and_down::<T>,
        MetricType::Gauge | MetricType::Histogram => set::<T>,
    }
}

fn count<T: Number>(series: Series, last: Option<Observed>, now: Option<u64>) -> Option<Observed> {
    // When the observation ends, the counter keeps its total.
    let bits = now?;
    let (now, last) = (T::from_bits(bits), last.map_or(T::ZERO, |last| T::from_bits(last.bits)));
    // A total that fell has restarted from zero, as in Prometheus' `rate`.
    series.add(if now < last { now } else { now.minus(last) });
    Some(Observed { bits, counted: None })
}

fn count_up_and_down<T: Number>(
    series: Series,
    last: Option<Observed>,
    now: Option<u64>,
) -> Option<Observed> {
    let counted = last.and_then(|last| Some((last.counted?, T::from_bits(last.bits))));
    let Some(bits) = now else {
        if let Some(((series, life), last)) = counted {
            series.add_in(life, T::ZERO.minus(last));
        }
        return None;
    };
    let now = T::from_bits(bits);
    if counted.is_some_and(|(_, last)| !now.minus(last).is_finite()) {
        series.drop_for(DropReason::NotFinite);
        return last;
    }
    Some(Observed { bits, counted: Some(replace(series, counted, now)) })
}

fn set<T: Number>(series: Series, _: Option<Observed>, now: Option<u64>) -> Option<Observed> {
    match now {
        Some(bits) => {
            series.set(T::from_bits(bits));
            Some(Observed { bits, counted: None })
        }
        None => {
            remove(series);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::thread;

    use super::*;
    use crate::cells::change::Reading;
    use crate::metric::definition::Definition;
    use crate::rules::kind::ValueType;
    use crate::store::family::{Family, NO_METRIC};
    use crate::store::read::{View, read};
    use crate::sync::process::Pretended;

    #[test]
    fn a_callback_that_runs_in_the_parent_runs_in_the_forked_process_too() {
        static OBSERVER: OnceLock<Arc<Observer>> = OnceLock::new();
        static IN_FORK: OnceLock<Option<Reading>> = OnceLock::new();
        let family = Family::leak(Definition {
            name: "observed",
            metric_type: MetricType::Counter,
            value_type: ValueType::U64,
            ..NO_METRIC
        });
        let series = family.find_given(&());
        let calls = AtomicUsize::new(0);
        let callback = move || {
            let call = calls.fetch_add(1, Relaxed);
            if call == 1 {
                thread::scope(|scope| {
                    scope.spawn(|| {
                        let _forked = Pretended::begin();
                        OBSERVER.get().unwrap().run();
                        IN_FORK.set(read(series, &View::everything())).unwrap();
                    });
                });
            }
            Ok([5_u64, 7, 7][call])
        };
        let observer = OBSERVER.get_or_init(|| Observer::new(series, callback));
        observer.run();
        observer.run();
        // The forked process knew that 5 were counted before.
        assert!(matches!(IN_FORK.get(), Some(Some(Reading::Number(7)))));
    }
}
