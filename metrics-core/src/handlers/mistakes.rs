//! Mistakes with the shutdown guard. Each of them loses the last values of a program. A mistake is
//! reported only if it is certain, and a program reports one of them at most.
//!
//! - The main thread drops a guard at once, and then sets handlers: reported when it sets them.
//! - The main thread drops a guard, which removes the handlers, long before the program ends:
//!   reported [at the end](end) of the program if something recorded since then is lost.
//! - The program ends while handlers are installed that have exported nothing: reported at the end,
//!   too.
//!
//! Nothing is reported in a process that runs tests, or in a process that was forked from the one
//! that made the guard.

mod end;

use std::panic::Location;
use std::process;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use log::Level;

use crate::collect::last_values::collections;
use crate::collect::recorded::recorded;
use crate::report::{is_test, report};
use crate::sync::lock;

/// How to keep a guard.
const FIX: &str = "keep one guard to the end of `main`: \
                   `let _shutdown = typed_metrics::shutdown_guard();`, not `let _ = …`";

/// A guard that lived longer was kept in a variable for some purpose.
const AT_ONCE: Duration = Duration::from_millis(10);

static PROGRAM: Mutex<Program> = Mutex::new(Program {
    process: None,
    guards_of_main: 0,
    other_guards: 0,
    handlers: None,
    dropped_at_once: None,
    ended: None,
    reported: false,
});

/// What is known of the program's guards and handlers.
struct Program {
    /// The process that made the first guard, or set the first handlers.
    process: Option<u32>,
    /// How many guards there are now that the main thread made.
    guards_of_main: usize,
    other_guards: usize,
    handlers: Option<HandlersSet>,
    /// A guard that was dropped at once, before any handler was set.
    dropped_at_once: Option<&'static Location<'static>>,
    /// A guard whose end removed the handlers. No handler was set since then.
    ended: Option<Ended>,
    /// Whether a mistake was reported.
    reported: bool,
}

/// Handlers were set or added. The latest call counts.
#[derive(Clone, Copy)]
struct HandlersSet {
    /// See [`recorded()`].
    recorded: Option<u64>,
}

/// The end of a guard.
#[derive(Clone, Copy)]
struct Ended {
    place: &'static Location<'static>,
    lived: Duration,
    at: Instant,
    /// See [`recorded()`].
    recorded: Option<u64>,
    /// How many collections had begun.
    collections: u64,
}

impl Program {
    /// Whether this process is the one that the rest is about, and not a fork of it.
    fn is_this_process(&mut self) -> bool {
        let own = process::id();
        *self.process.get_or_insert(own) == own
    }

    fn guards(&mut self, is_of_main: bool) -> &mut usize {
        if is_of_main { &mut self.guards_of_main } else { &mut self.other_guards }
    }

    fn has_guards(&self) -> bool {
        self.guards_of_main + self.other_guards > 0
    }
}

/// Whether this is the main thread: any thread can have its name, but not its number too. If a
/// later version of `std` counts otherwise, no mistake is found.
fn is_main_thread() -> bool {
    let thread = thread::current();
    thread.name() == Some("main") && format!("{:?}", thread.id()) == "ThreadId(1)"
}

/// Whether the main thread made the guard.
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

/// Handlers were set or added.
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

/// A guard was dropped; `removed_any` tells whether its end removed handlers.
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
