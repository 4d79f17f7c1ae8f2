//! Observations: the guards of observed callbacks, and the run of all callbacks at a collection.

use std::cell::Cell;
use std::sync::Arc;

use super::callbacks::{self, Callback};
use super::observer::Observer;
use super::{last_values, registry};
use crate::foreign::{Foreign, Outermost};
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::shards::scope;
use crate::store::observers::Observe;
use crate::store::series::Series;

thread_local! {
    /// Whether this thread is inside a callback: a snapshot taken there runs no callbacks.
    static OBSERVING: Cell<bool> = const { Cell::new(false) };
}

/// Keeps a callback observed until this guard is dropped. The guard comes from
/// [`observe`](crate::Gauge::observe) of a handle, or from [`observe`](fn@crate::observe).
///
/// When the guard is dropped, a gauge is removed, and an up-down counter takes the value back. On a
/// thread that holds a [`ShutdownGuard`](crate::ShutdownGuard), the drop calls the callback once
/// more, and the last export still has the value. So `main` may drop its observations and the
/// shutdown guard in any order. Do not drop an observation while you hold a lock that its callback
/// takes.
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, and nothing is observed"]
#[derive(Debug)]
pub struct Observation(Observed);

#[derive(Debug)]
enum Observed {
    /// One series.
    Series(Arc<Observer>),
    /// All measurements of a callback.
    Collections(Arc<Callback>),
}

/// Observes `series` through `callback`.
pub(crate) fn observe_series<T: Number>(
    series: Series,
    callback: impl Fn() -> Result<T, DropReason> + Send + Sync + 'static,
) -> Observation {
    // The callback is dropped with the last list of observers that holds it, in any thread.
    let callback = Foreign::new(callback);
    let observer = Observer::new(series, move || (*callback)());
    series.block.owner().observers().add(Arc::clone(&observer) as Arc<dyn Observe>);
    Observation(Observed::Series(observer))
}

/// Calls `record` at the beginning of every collection, until the returned guard is dropped. The
/// collection contains the measurements of this call.
///
/// Use it for series whose labels are known only at the collection, and for several metrics that
/// come from one reading. For a single series, use [`observe` of its
/// handle](crate::Gauge::observe).
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{MetricType, attributes, record_metric};
///
/// let queues = || [("mail", 3), ("print", 0)]; // as they are at the moment
/// let observation = typed_metrics::observe(move || {
///     for (name, waiting) in queues() {
///         let queue = attributes!("queue" => name);
///         record_metric("waiting", waiting, MetricType::Gauge, queue).unwrap();
///     }
/// });
/// let snapshot = typed_metrics::snapshot();
/// let mail = snapshot.get("waiting").unwrap().series_with(&[("queue", "mail")]).unwrap();
/// assert_eq!(mail.value.as_f64(), 3.0);
/// # drop(observation);
/// ```
///
/// Readers wait for `record`, so `record` should be quick. Readers that collect at the same time
/// call `record` at the same time. Its measurements stay when the guard is dropped, and a call in
/// progress runs to its end. A panic of `record` is caught, and the first one is logged.
pub fn observe(record: impl Fn() + Send + Sync + 'static) -> Observation {
    Observation(Observed::Collections(Callback::add(record)))
}

impl Observation {
    /// Observes to the end of the program.
    ///
    /// Use this for a value that is observed as long as `main` runs, and exported at shutdown:
    /// there is no good place to drop the guard.
    pub fn forever(self) {
        // The observer stays in its family's list, because only the drop of the guard would remove
        // it.
        std::mem::forget(self);
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        // Inside a callback, nothing is read again: the collection in progress is the last one.
        let read_again = last_values::are_kept_here()
            && observing(|| match &self.0 {
                Observed::Series(observer) => observer.run(),
                Observed::Collections(callback) => callback.run(),
            });
        match &self.0 {
            Observed::Series(observer) => {
                observer.series().block.owner().observers().remove(observer);
                observer.end(read_again);
            }
            Observed::Collections(callback) => callback.end(),
        }
    }
}

/// Runs all callbacks, as at the beginning of a collection.
///
/// A callback of a series that is running in another thread is passed over.
pub fn observe_now() {
    run_callbacks(|_| true);
}

/// Whether this thread is inside a callback of a collection.
pub fn is_observing() -> bool {
    OBSERVING.with(Cell::get)
}

/// Runs the callbacks of a collection that reads the `wanted` metrics. Callbacks may register
/// metrics, so the families are listed after the first callbacks have run.
pub(crate) fn run_callbacks(wanted: impl Fn(&'static Descriptor) -> bool) {
    last_values::collection_begins();
    observing(|| {
        callbacks::run();
        for family in registry::families().iter().filter(|family| wanted(family.descriptor())) {
            family.observers().run();
        }
    });
}

/// Runs callbacks; false if this thread is inside a callback already.
fn observing(run: impl FnOnce()) -> bool {
    let Some(_outermost) = Outermost::begin(&OBSERVING) else { return false };
    // Observed values never belong to a capture that this thread is in.
    scope::outside(run);
    true
}
