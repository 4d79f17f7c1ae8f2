//! Values that belong to the process in which they were made.

use std::ops::Deref;
use std::process;

/// A value with threads, whose drop would wait for them. In a process that was forked from the
/// value's own, these threads do not exist, so the value is forgotten there instead of dropped.
#[derive(Debug)]
pub(crate) struct OfProcess<T> {
    /// `None` only during the drop.
    value: Option<T>,
    process: u32,
}

impl<T> OfProcess<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Some(value), process: process::id() }
    }

    /// Whether this process was forked from the value's own.
    pub(crate) fn is_of_parent(&self) -> bool {
        self.process != process::id()
    }
}

impl<T> Deref for OfProcess<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect("the value is there until the drop")
    }
}

impl<T> Drop for OfProcess<T> {
    fn drop(&mut self) {
        let value = self.value.take();
        if self.is_of_parent() {
            std::mem::forget(value);
        }
    }
}
