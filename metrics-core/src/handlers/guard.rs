//! The guard that shuts all handlers down at the end of a program.

use std::thread::ThreadId;

use super::installed;
use crate::collect::last_values;

/// Shuts all handlers down when the guard is dropped, so that they export the last values. Keep it
/// in `main`:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// fn main() {
///     let _shutdown = typed_metrics::shutdown_guard();
///     // set handlers, run the program
/// }
/// ```
///
/// A program that ends without dropping the guard exports nothing then: by
/// [`std::process::exit`], by a signal, or by a panic under `panic = "abort"`.
pub fn shutdown_guard() -> ShutdownGuard {
    ShutdownGuard { thread: last_values::hold() }
}

/// Shuts all handlers down when it is dropped. From [`shutdown_guard`].
///
/// Errors of handlers are logged, or written to standard error if the program has no logger. If
/// another thread shuts handlers down at the moment, the guard waits for that thread.
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, which shuts down"]
#[derive(Debug)]
pub struct ShutdownGuard {
    /// The thread that made the guard.
    thread: ThreadId,
}

impl Drop for ShutdownGuard {
    fn drop(&mut self) {
        let last_values = last_values::show();
        let removed = installed::take_all();
        installed::retire(removed);
        // `main` returns next, which ends the other threads.
        installed::wait_for_other_threads();
        drop(last_values);
        last_values::release(self.thread);
    }
}
