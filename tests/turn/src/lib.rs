//! One test at a time: handlers, readers, callbacks and the logger belong to the whole process.
//!
//! A test that uses one of them begins with [`my_turn`]. Other tests of the same program that also
//! begin so wait until its [`Turn`] ends.

mod logger;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use log::Level;
pub use logger::{Line, at_each_line, lines, logged};

/// While a test holds this, handlers and the logger are that test's. Handlers are cleared at its
/// end.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub struct Turn {
    _held: MutexGuard<'static, ()>,
}

/// Waits for this test's turn. It begins without handlers and with nothing logged.
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

/// A test that failed has poisoned the lock; the next test is not concerned.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
