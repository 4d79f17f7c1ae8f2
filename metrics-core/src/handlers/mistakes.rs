//! Mistakes with the shutdown guard. Each of them loses the last values of a program. A mistake is
//! reported only if it is certain, and a program reports one of them at most.
//!
//! - The main thread drops a guard at once, and then sets handlers. Reported when it sets them.
//! - The main thread drops a guard, which removes the handlers, long before the program ends.
//!   Reported [at the end](end) of the program if measurements since then are lost.
//! - The program ends while handlers are installed that have exported nothing. Also reported at the
//!   end.
//!
//! Nothing is reported in a process that runs tests, or in a process that was forked from the one
//! that made the guard.

mod end;
mod program;

use std::panic::Location;
use std::time::{Duration, Instant};

use log::Level;

use crate::collect::last_values::collections;
use crate::collect::recorded::recorded;
use crate::report::{is_test, report};
use crate::sync::lock;
use program::{Ended, FIX, HandlersSet, PROGRAM, is_main_thread};

/// A guard that lived longer was kept in a variable for some purpose.
const AT_ONCE: Duration = Duration::from_millis(10);

/// Counts a new guard, and returns whether the main thread made it.
pub(super) fn guard_is_made() -> bool {
    let is_of_main = is_main_thread();
    let mut program = lock(&PROGRAM);
    program.is_this_process();
    *program.guards(is_of_main) += 1;
    drop(program);
    if is_of_main {
        end::watch();
    }
    is_of_main
}

/// Notes that handlers were set or added. Reports a guard that was dropped at once before.
pub(super) fn handlers_are_set() {
    if is_test() {
        return;
    }
    let is_main = is_main_thread();
    if is_main {
        end::watch();
    }
    let recorded = recorded();
    let mut program = lock(&PROGRAM);
    program.handlers = Some(HandlersSet { recorded });
    program.ended = None;
    let is_own = program.is_this_process();
    let place = program.dropped_at_once.take();
    let is_mistake = is_main && is_own && !program.has_guards() && !program.reported;
    if let Some(place) = place.filter(|_| is_mistake) {
        program.reported = true;
        drop(program);
        let text = format_args!(
            "the shutdown guard made at {place} was dropped at once, before the handlers were \
             set, so this guard exports nothing; {FIX}"
        );
        report(Level::Warn, "a guard is dropped before handlers are set", text);
    }
}

/// Notes that a guard was dropped. `removed_any` tells whether the drop removed handlers.
pub(super) fn guard_is_dropped(
    place: &'static Location<'static>,
    is_of_main: bool,
    lived: Duration,
    removed_any: bool,
) {
    let is_watched = is_of_main && !is_test() && is_main_thread();
    let ended = (is_watched && removed_any).then(|| Ended {
        place,
        lived,
        at: Instant::now(),
        recorded: recorded(),
        collections: collections(),
    });
    let mut program = lock(&PROGRAM);
    let guards = program.guards(is_of_main);
    *guards = guards.saturating_sub(1);
    if is_watched && program.handlers.is_none() && lived < AT_ONCE {
        program.dropped_at_once = Some(place);
    }
    program.ended = ended.or(program.ended);
}
