//! Callbacks that record at the beginning of every collection.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use crate::sync::lock;

use super::{Observation, Observed};

pub(super) struct Callback {
    record: Box<dyn Fn() + Send + Sync>,
    /// Whether it was said that it panics.
    warned: AtomicBool,
}

static CALLBACKS: Mutex<Vec<Arc<Callback>>> = Mutex::new(Vec::new());

/// Calls `record` at the beginning of every collection, until the returned guard is dropped; what it
/// records is in that collection.
///
/// For series whose labels are known only then, and for several metrics out of one reading. One
/// series alone is [observed by its handle](crate::Gauge::observe).
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
/// Readers wait for `record`, so it should be quick. Those that collect at the same time call it at
/// the same time. Whatever it records stays when the guard is dropped; a call that is under way then
/// goes on to its end. A panic is warned of once, and harms nobody.
pub fn observe(record: impl Fn() + Send + Sync + 'static) -> Observation {
    let callback = Arc::new(Callback { record: Box::new(record), warned: AtomicBool::new(false) });
    lock(&CALLBACKS).push(Arc::clone(&callback));
    Observation(Observed::Collections(callback))
}

/// Runs them all.
pub(super) fn run() {
    // A copy, as for those of a family.
    let callbacks = lock(&CALLBACKS).clone();
    callbacks.iter().for_each(|callback| callback.run());
}

impl Callback {
    fn run(&self) {
        let panicked = catch_unwind(AssertUnwindSafe(|| (self.record)())).is_err();
        // Relaxed: it orders nothing.
        if panicked && !self.warned.swap(true, Relaxed) {
            log::warn!(
                target: "typed_metrics",
                "a callback that records at every collection panicked (said once)"
            );
        }
    }

    pub(super) fn end(&self) {
        lock(&CALLBACKS).retain(|callback| !ptr::eq(Arc::as_ptr(callback), self));
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}
