//! Callbacks that record at the beginning of every collection.

use std::fmt;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use log::Level;

use crate::foreign::{self, Foreign};
use crate::locks::lock;
use crate::report::report;

pub(super) struct Callback {
    record: Foreign<Box<dyn Fn() + Send + Sync>>,
    /// Whether a panic of the callback has been logged.
    warned: AtomicBool,
}

static CALLBACKS: Mutex<Vec<Arc<Callback>>> = Mutex::new(Vec::new());

/// Runs all callbacks.
pub(super) fn run() {
    // A copy, because callbacks may start and end observations.
    let callbacks = lock(&CALLBACKS).clone();
    callbacks.iter().for_each(|callback| callback.run());
}

impl Callback {
    /// Adds a callback, which runs at every collection.
    pub(super) fn add(record: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let record: Box<dyn Fn() + Send + Sync> = Box::new(record);
        let callback =
            Arc::new(Self { record: Foreign::new(record), warned: AtomicBool::new(false) });
        lock(&CALLBACKS).push(Arc::clone(&callback));
        callback
    }

    pub(super) fn run(&self) {
        let panicked = foreign::call(|| (self.record)()).is_err();
        // Relaxed: no other data depends on the flag.
        if panicked && !self.warned.swap(true, Relaxed) {
            let text = format_args!(
                "a callback that records at every collection panicked (reported once)"
            );
            report(Level::Warn, "panic of a callback of all collections", text);
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
