//! The guard that shuts all handlers down at the end of a program.

use std::panic::Location;
use std::thread::ThreadId;
use std::time::Instant;

use super::{list, mistakes};
use crate::collect::last_values;

/// Shuts all handlers down when the guard is dropped, so that they export the last values. Keep the
/// guard in `main`:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// fn main() {
///     let _shutdown = typed_metrics::shutdown_guard();
///     // set handlers, run the program
/// }
/// ```
///
/// Keep the guard in a named variable of `main`: `let _ = shutdown_guard()` drops the guard at
/// once, and a guard in another function is dropped when that function returns. The guide on
/// shutdown lists which of these mistakes are reported. The lint `let_underscore_drop` of rustc,
/// which is off by default, finds the first one at compile time.
///
/// In an async program, make the guard outside of the runtime. Tasks may record something while the
/// runtime ends them, and the guard exports these measurements only if it is dropped afterwards.
///
/// A program that ends without dropping the guard does not export the last values. That happens at
/// [`std::process::exit`], at a signal, and at a panic under `panic = "abort"`.
#[track_caller]
pub fn shutdown_guard() -> ShutdownGuard {
    let is_of_main = mistakes::guard_is_made();
    let (thread, place) = (last_values::hold(), Location::caller());
    ShutdownGuard { thread, is_of_main, made: Instant::now(), place }
}

/// Shuts all handlers down when it is dropped. [`shutdown_guard`] returns it.
///
/// Errors of handlers are logged, or written to standard error if the program has no logger. If
/// another thread is shutting handlers down, the guard waits for that thread.
#[must_use = "keep it: `let _guard = …`; `let _ = …` drops it at once, which shuts down"]
#[derive(Debug)]
pub struct ShutdownGuard {
    /// The thread that made the guard.
    thread: ThreadId,
    /// Whether the main thread made the guard.
    is_of_main: bool,
    made: Instant,
    place: &'static Location<'static>,
}

impl Drop for ShutdownGuard {
    fn drop(&mut self) {
        let lived = self.made.elapsed();
        let last_values = last_values::show();
        let removed = list::take_all();
        let removed_any = !removed.is_empty();
        list::retire(removed);
        // `main` returns next, which ends the other threads.
        list::wait_for_other_threads();
        drop(last_values);
        last_values::release(self.thread);
        mistakes::guard_is_dropped(self.place, self.is_of_main, lived, removed_any);
    }
}
