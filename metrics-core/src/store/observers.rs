//! The callbacks that observe series of one metric.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use crate::locks::lock;

/// A callback, and the action that records its result in a series.
pub(crate) trait Observe: Send + Sync {
    /// Calls the callback and records its result, at the beginning of a collection.
    fn run(&self);
}

/// The callbacks of one family.
pub(crate) struct Observers {
    list: Mutex<Vec<Arc<dyn Observe>>>,
    /// Whether there ever was a callback.
    were_ever: AtomicBool,
}

impl Observers {
    pub(crate) const fn new() -> Self {
        Self { list: Mutex::new(Vec::new()), were_ever: AtomicBool::new(false) }
    }

    pub(crate) fn add(&self, observer: Arc<dyn Observe>) {
        lock(&self.list).push(observer);
        // Relaxed: no other data depends on the flag.
        self.were_ever.store(true, Relaxed);
    }

    /// Whether a callback observes the metric, or did so before.
    pub(crate) fn were_ever(&self) -> bool {
        self.were_ever.load(Relaxed)
    }

    pub(crate) fn remove(&self, observer: &Arc<impl Observe>) {
        let is_other = |other: &Arc<dyn Observe>| {
            !std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(observer))
        };
        lock(&self.list).retain(is_other);
    }

    /// Runs all callbacks.
    pub(crate) fn run(&self) {
        // A copy, because callbacks may start and end observations.
        let observers = lock(&self.list).clone();
        observers.iter().for_each(|observer| observer.run());
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").finish_non_exhaustive()
    }
}
