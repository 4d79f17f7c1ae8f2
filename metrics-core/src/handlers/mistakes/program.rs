//! The state of a program's guards and handlers, by which mistakes are found.

use std::panic::Location;
use std::process;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How to keep a guard.
pub(super) const FIX: &str = "keep one guard to the end of `main`: \
                   `let _shutdown = typed_metrics::shutdown_guard();`, not `let _ = …`";

pub(super) static PROGRAM: Mutex<Program> = Mutex::new(Program {
    process: None,
    guards_of_main: 0,
    other_guards: 0,
    handlers: None,
    dropped_at_once: None,
    ended: None,
    reported: false,
});

/// The state of the program's guards and handlers.
pub(super) struct Program {
    /// The process that made the first guard, or set the first handlers.
    pub(super) process: Option<u32>,
    /// The number of existing guards that the main thread made.
    pub(super) guards_of_main: usize,
    pub(super) other_guards: usize,
    pub(super) handlers: Option<HandlersSet>,
    /// A guard that was dropped at once, before any handler was set.
    pub(super) dropped_at_once: Option<&'static Location<'static>>,
    /// A guard whose end removed the handlers. No handler was set since then.
    pub(super) ended: Option<Ended>,
    /// Whether a mistake was reported.
    pub(super) reported: bool,
}

/// The last call that set or added handlers.
#[derive(Clone, Copy)]
pub(super) struct HandlersSet {
    /// See [`recorded()`].
    pub(super) recorded: Option<u64>,
}

/// The end of a guard.
#[derive(Clone, Copy)]
pub(super) struct Ended {
    pub(super) place: &'static Location<'static>,
    pub(super) lived: Duration,
    pub(super) at: Instant,
    /// See [`recorded()`].
    pub(super) recorded: Option<u64>,
    /// The number of collections that had begun.
    pub(super) collections: u64,
}

impl Program {
    /// Whether the state belongs to this process, and not to the process that this one was forked
    /// from.
    pub(super) fn is_this_process(&mut self) -> bool {
        let own = process::id();
        *self.process.get_or_insert(own) == own
    }

    pub(super) fn guards(&mut self, is_of_main: bool) -> &mut usize {
        if is_of_main { &mut self.guards_of_main } else { &mut self.other_guards }
    }

    pub(super) fn has_guards(&self) -> bool {
        self.guards_of_main + self.other_guards > 0
    }
}

/// Whether this is the main thread. Another thread can have the main thread's name, but not its
/// number too. If a later version of `std` numbers threads differently, no mistake is found.
pub(super) fn is_main_thread() -> bool {
    let thread = thread::current();
    thread.name() == Some("main") && format!("{:?}", thread.id()) == "ThreadId(1)"
}
