//! The callbacks that observe series of one metric.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::locks::lock;

/// A callback, and the action that records its result in a series.
pub(crate) trait Observe: Send + Sync {
    /// Calls the callback and records its result, at the beginning of a collection.
    fn run(&self);
}

/// The callbacks of one family.
pub(crate) struct Observers(Mutex<Vec<Arc<dyn Observe>>>);

impl Observers {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    pub(crate) fn add(&self, observer: Arc<dyn Observe>) {
        lock(&self.0).push(observer);
    }

    pub(crate) fn remove(&self, observer: &Arc<impl Observe>) {
        let is_other = |other: &Arc<dyn Observe>| {
            !std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(observer))
        };
        lock(&self.0).retain(is_other);
    }

    /// Runs all callbacks.
    pub(crate) fn run(&self) {
        // A copy, because callbacks may start and end observations.
        let observers = lock(&self.0).clone();
        observers.iter().for_each(|observer| observer.run());
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").finish_non_exhaustive()
    }
}
