//! Mistakes with the shutdown guard. Each of them loses the last values of a program, so it is
//! reported, and a program reports one of them at most.
//!
//! - A guard that is dropped before handlers are set: reported when handlers are set.
//! - A guard that is dropped, and removes the handlers, before the program ends: reported when the
//!   program has recorded something since then.
//! - Handlers that are still installed when the program ends, and have exported nothing: reported
//!   by a destructor of the main thread. It runs when `main` returns and when the main thread calls
//!   `std::process::exit`, on Unix. On other platforms a terminated thread may hold the lock of
//!   standard error by then.

use std::panic::Location;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use log::Level;

use super::installed;
use crate::collect::recorded::recorded;
use crate::report;
use crate::sync::lock;

/// How to keep a guard.
const FIX: &str = "keep one guard to the end of `main`: \
                   `let _shutdown = typed_metrics::shutdown_guard();`, not `let _ = …`";

/// A guard that lived longer than this is not watched after its end.
const WATCHED: Duration = Duration::from_secs(60);

static GUARDS: Mutex<Guards> = Mutex::new(Guards {
    live: 0,
    handlers_were_set: false,
    dropped_before_handlers: None,
    ended: None,
    reported: false,
});

/// What is known of the program's guards.
struct Guards {
    /// How many there are now.
    live: usize,
    handlers_were_set: bool,
    /// A guard that was dropped before any handler was set.
    dropped_before_handlers: Option<&'static Location<'static>>,
    /// A guard whose end removed the handlers. No handler was set since then.
    ended: Option<Ended>,
    /// Whether a mistake was reported.
    reported: bool,
}

/// The end of a guard.
#[derive(Clone, Copy)]
struct Ended {
    place: &'static Location<'static>,
    lived: Duration,
    at: Instant,
    /// See [`recorded`].
    recorded: u64,
}

pub(super) fn guard_is_made() {
    lock(&GUARDS).live += 1;
    watch_the_end();
}

/// Handlers were set or added.
pub(super) fn handlers_are_set() {
    watch_the_end();
    let mut guards = lock(&GUARDS);
    guards.handlers_were_set = true;
    guards.ended = None;
    let place = guards.dropped_before_handlers.take();
    if let Some(place) = place.filter(|_| guards.live == 0 && !guards.reported) {
        guards.reported = true;
        drop(guards);
        let text = format_args!(
            "the shutdown guard made at {place} was dropped before the handlers were set, so \
             nothing exports the last values of the program; {FIX}"
        );
        report::report(Level::Warn, "a guard is dropped before handlers are set", text);
    }
}

/// A guard was dropped; `removed_any` tells whether its end removed handlers.
pub(super) fn guard_is_dropped(
    place: &'static Location<'static>,
    lived: Duration,
    removed_any: bool,
) {
    let ended =
        removed_any.then(|| Ended { place, lived, at: Instant::now(), recorded: recorded() });
    let mut guards = lock(&GUARDS);
    guards.live = guards.live.saturating_sub(1);
    if !guards.handlers_were_set {
        guards.dropped_before_handlers = Some(place);
    }
    guards.ended = ended.or(guards.ended);
    drop(guards);
    if removed_any && lived < WATCHED {
        // At the end of `main`, the process ends before this thread has slept once. Without the
        // thread, the mistake is found when the program ends.
        let _ = thread::Builder::new().name("metrics-guard".to_owned()).spawn(|| {
            let mut pause = Duration::from_secs(1);
            while pause < 2 * WATCHED && lock(&GUARDS).ended.is_some() {
                thread::sleep(pause);
                if let Some(text) = program_goes_on() {
                    let subject = "a guard is dropped before the program ends";
                    report::report(Level::Warn, subject, format_args!("{text}"));
                    return;
                }
                pause *= 2;
            }
        });
    }
}

/// The mistake, if the program has recorded something since the end of its guard. A program whose
/// `main` returned may still be recording, but not for longer than the guard lived.
fn program_goes_on() -> Option<String> {
    let ended = lock(&GUARDS).ended.filter(|ended| ended.at.elapsed() > ended.lived)?;
    if recorded() == ended.recorded {
        return None;
    }
    let mut guards = lock(&GUARDS);
    // Handlers were set meanwhile, or another mistake was reported.
    guards.ended.take().filter(|now| now.at == ended.at && !guards.reported)?;
    guards.reported = true;
    let Ended { place, lived, .. } = ended;
    Some(format!(
        "the shutdown guard made at {place} was dropped after {lived:.1?} and removed all \
         handlers, but the program goes on; what was recorded since then is not exported; {FIX}"
    ))
}

/// Looks for mistakes at the end of the program, if this is the main thread.
fn watch_the_end() {
    thread_local! {
        static END: End = const { End };
    }
    if cfg!(unix) && thread::current().name() == Some("main") {
        // While the thread's storage is destroyed, it is too late.
        let _ = END.try_with(|_| {});
    }
}

/// Owned by the main thread.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        // Directly: a logger may have lost its own storage in this thread, or may never be flushed.
        if let Some(text) = program_goes_on().or_else(nothing_was_exported) {
            report::write(format_args!("{text}"));
        }
    }
}

/// The mistake, if the program ends with handlers that have exported nothing.
fn nothing_was_exported() -> Option<String> {
    let names = installed::without_export().filter(|names| !names.is_empty())?;
    let mut guards = GUARDS.try_lock().ok()?;
    if std::mem::replace(&mut guards.reported, true) {
        return None;
    }
    let names = names.join("`, `");
    let (handlers, have) =
        if names.contains('`') { ("handlers", "have") } else { ("handler", "has") };
    let begin = format!("the program ends, and {handlers} `{names}` {have} exported nothing: ");
    Some(
        begin
            + &if guards.live == 0 {
                format!("there is no shutdown guard; {FIX}")
            } else {
                "its shutdown guard is not dropped; return from `main` instead of calling \
         `std::process::exit`, or call `typed_metrics::shutdown()` before"
                    .to_owned()
            },
    )
}
