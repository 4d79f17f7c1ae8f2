//! The end of the program: a destructor of the main thread looks for mistakes.
//!
//! It runs when `main` returns and when the main thread calls `std::process::exit`, on Unix. On
//! other platforms a terminated thread may hold the lock of standard error by then.
//!
//! Nothing in here waits for a lock: its holder may be waiting for the main thread.

use std::time::Duration;

use super::program::{Ended, FIX, PROGRAM, Program};
use crate::collect::last_values::collections;
use crate::collect::recorded::recorded;
use crate::handlers::{list, names};
use crate::report::{self, is_test};

/// The end of `main` takes less time, including its drops and a runtime that ends its tasks.
const LONG: Duration = Duration::from_secs(5);

/// Looks for mistakes at the end of the program. Called by the main thread.
pub(super) fn watch() {
    thread_local! {
        static END: End = const { End };
    }
    if cfg!(unix) && !is_test() {
        // Fails while the thread's storage is being destroyed, which is too late for the check.
        let _ = END.try_with(|_| {});
    }
}

/// Owned by the main thread.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        // Without the logger, which may have lost its own storage in this thread, or may never be
        // flushed.
        if let Some(text) = mistake() {
            report::write(format_args!("{text}"));
        }
    }
}

fn mistake() -> Option<String> {
    let mut program = PROGRAM.try_lock().ok()?;
    if !program.is_this_process() || program.reported {
        return None;
    }
    let text = lost_after_guard(&program).or_else(|| never_exported(&program));
    program.reported = text.is_some();
    text
}

/// The mistake, if handlers were removed long before the end, and something recorded since then is
/// not exported.
fn lost_after_guard(program: &Program) -> Option<String> {
    let Ended { place, lived, at, recorded: before, collections: read } = program.ended?;
    let since = at.elapsed();
    let is_mistake = since >= LONG
        && since > lived
        && !program.has_guards()
        && collections() == read
        && recorded()? != before?;
    is_mistake.then(|| {
        format!(
            "the shutdown guard made at {place} was dropped after {lived:.1?} and removed all \
             handlers {since:.1?} before the end of the program; what was recorded since then is \
             not exported; keep the guard to the end of `main`, outside of an async runtime"
        )
    })
}

/// The mistake, if installed handlers have exported nothing although something was recorded.
///
/// Only back ends of this project that export at the end are named. Another handler may have
/// nothing to export at the end, for example one that is read over the network or by the program
/// itself.
fn never_exported(program: &Program) -> Option<String> {
    let mut without_export = list::without_export()?;
    without_export.retain(|name| names::exports_at_the_end(name));
    if without_export.is_empty() || recorded()? == program.handlers?.recorded? {
        return None;
    }
    let names = without_export.join("`, `");
    let reason = if program.guards_of_main > 0 {
        "the shutdown guard is not dropped; keep the guard in a variable of `main`, and return \
         from `main` instead of calling `std::process::exit`, or call `typed_metrics::shutdown()` \
         before"
            .to_owned()
    } else if program.other_guards > 0 {
        format!("the shutdown guard is in another thread, and is not dropped; {FIX}")
    } else {
        format!("there is no shutdown guard; {FIX}")
    };
    Some(format!("the program ends, and nothing was exported by `{names}`: {reason}"))
}
