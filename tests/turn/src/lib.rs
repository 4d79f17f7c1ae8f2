//! One test at a time: handlers, readers, callbacks and the logger belong to the whole process.
//!
//! A test that uses one of these first calls [`my_turn`]. Other tests of the same program that call
//! [`my_turn`] wait until the [`Turn`] of the first test ends.

mod logger;
mod paper;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use log::Level;
pub use logger::{Line, at_each_line, lines, logged};
pub use paper::Paper;

/// The test that holds this value has the handlers and the logger to itself. The handlers are
/// cleared when the value is dropped.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub struct Turn {
    _held: MutexGuard<'static, ()>,
}

/// Waits for the test's turn, which begins without handlers and with an empty log.
pub fn my_turn() -> Turn {
    static TURN: Mutex<()> = Mutex::new(());
    let held = lock(&TURN);
    typed_metrics_core::clear_metric_handlers();
    logger::start();
    Turn { _held: held }
}

impl Drop for Turn {
    fn drop(&mut self) {
        typed_metrics_core::clear_metric_handlers();
    }
}

/// Locks the mutex even if it was poisoned by a test that failed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
