//! A program exports its last values, or reports why it does not.

use std::process::Command;
use std::thread;

const PLACE: &str = "src/bin/guard.rs";

const FIX: &str = "keep one guard to the end of `main`: \
                   `let _shutdown = typed_metrics::shutdown_guard();`, not `let _ = …`";

/// How a program ended.
struct Ended {
    code: Option<i32>,
    /// The value of the counter `guard.jobs` in the last table, if a table shows a value.
    exported: Option<String>,
    stderr: String,
}

fn program(mistake: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guard"));
    command.arg(mistake).env_remove("OTEL_METRIC_EXPORT_INTERVAL").env("RUST_BACKTRACE", "0");
    command
}

fn run(mistake: &str) -> Ended {
    let output = program(mistake).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let row = stdout.lines().rev().find(|line| line.starts_with("guard.jobs"));
    let value = row.and_then(|row| row.split_whitespace().last()).filter(|value| *value != "-");
    Ended {
        code: output.status.code(),
        exported: value.map(str::to_owned),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[track_caller]
fn assert_exports(program: &str, code: i32) {
    let ended = run(program);
    assert_eq!(ended.exported.as_deref(), Some("7"), "{program}");
    assert_eq!((ended.code, &*ended.stderr), (Some(code), ""), "{program}");
}

/// Asserts that the program exports nothing, and writes nothing to standard error.
#[track_caller]
fn assert_silent(program: &str, code: i32) {
    let ended = run(program);
    assert_eq!((ended.code, &*ended.stderr), (Some(code), ""), "{program}");
    assert_eq!(ended.exported, None, "{program}");
}

/// Asserts that the program exports nothing, and writes one line with this begin and this end.
#[track_caller]
fn assert_says(program: &str, code: i32, begin: &str, end: &str) {
    let ended = run(program);
    let lines: Vec<_> =
        ended.stderr.lines().filter(|line| line.starts_with("typed-metrics: ")).collect();
    let said: Vec<_> = lines.iter().filter(|line| !line.contains("no logger")).collect();
    let [said] = said[..] else { panic!("{program}: {}", ended.stderr) };
    assert!(said.starts_with(&format!("typed-metrics: {begin}")), "{program}: {said}");
    assert!(said.ends_with(end), "{program}: {said}");
    assert_eq!((ended.code, ended.exported), (Some(code), None), "{program}");
}

#[test]
fn a_guard_in_main_exports_the_last_values() {
    assert_exports("kept", 0);
    assert_exports("kept, handlers first", 0);
}

#[test]
fn a_panic_in_main_drops_the_guard() {
    let ended = run("kept, panic");
    assert_eq!((ended.code, ended.exported.as_deref()), (Some(101), Some("7")));
    assert!(!ended.stderr.contains("typed-metrics"), "{}", ended.stderr);
}

#[test]
fn a_guard_without_handlers_says_nothing() {
    assert_silent("kept, nothing set", 3);
}

#[test]
fn what_is_recorded_soon_after_the_guard_is_no_mistake() {
    assert_silent("kept, last drops record", 0);
    assert_silent("guard in the runtime", 0);
    assert_silent("in init, soon over", 0);
    assert_exports("restarted", 0);
}

#[test]
fn a_guard_that_outlives_the_tasks_exports_what_their_end_records() {
    assert_exports("guard outside of the runtime", 0);
    assert_exports("tasks end before the guard", 0);
}

#[test]
fn a_program_that_exports_without_a_guard_says_nothing() {
    assert_exports("no guard, flush", 0);
    assert_exports("no guard, shutdown", 0);
    assert_exports("no guard, clear", 0);
    assert_silent("no guard, forwarding", 0);
}

#[test]
fn a_program_without_a_guard_that_has_nothing_to_export_says_nothing() {
    assert_silent("no guard, in memory", 0);
    assert_silent("no guard, nothing recorded", 0);
}

#[test]
#[cfg(unix)]
fn a_program_without_a_guard_that_exports_nothing_says_so() {
    let begin = "the program ends, and nothing was exported by `console`: \
                 there is no shutdown guard; ";
    assert_says("no guard", 0, begin, FIX);
    assert_says("no guard, panic", 101, begin, FIX);
    assert_says("no guard, exit", 4, begin, FIX);
    assert_says("no guard, two handlers", 0, begin, FIX);
}

#[test]
#[cfg(unix)]
fn a_guard_that_is_not_dropped_is_reported() {
    let begin = "the program ends, and nothing was exported by `console`: \
                 the shutdown guard is not dropped; keep the guard in a variable of `main`, and \
                 return from `main` instead of calling `std::process::exit`, or call \
                 `typed_metrics::shutdown()` before";
    assert_says("exit", 4, begin, begin);
    let begin = "the program ends, and nothing was exported by `console`: \
                 the shutdown guard is in another thread, and is not dropped; ";
    assert_says("guard in another thread", 0, begin, FIX);
}

/// The guide lists these mistakes among those that are not found.
#[test]
fn the_end_is_only_watched_by_the_main_thread() {
    assert_silent("no guard, exit in another thread", 4);
    assert_silent("no guard, set in another thread", 0);
    assert_silent("a thread with the name of the main thread", 0);
}

#[test]
fn a_guard_that_is_dropped_before_handlers_are_set_is_reported() {
    let begin = format!("the shutdown guard made at tests/shutdown/{PLACE}:");
    assert_says("underscore", 0, &begin, FIX);
    let said = run("underscore").stderr;
    assert!(said.contains("was dropped at once, before the handlers were set"), "{said}");
}

/// Checks all programs at the same time, because each one takes more than five seconds.
fn at_once(programs: &[&str], check: impl Fn(&str) + Sync) {
    thread::scope(|scope| {
        for program in programs {
            let check = &check;
            scope.spawn(move || check(program));
        }
    });
}

#[test]
#[cfg(unix)]
fn a_guard_that_is_dropped_long_before_the_end_is_reported_at_the_end() {
    at_once(&["underscore, handlers first", "in init", "in init, only gauges"], |mistake| {
        let begin = format!("the shutdown guard made at tests/shutdown/{PLACE}:");
        let end = "s before the end of the program; what was recorded since then is not exported; \
                   keep the guard to the end of `main`, outside of an async runtime";
        assert_says(mistake, 0, &begin, end);
    });
}

#[test]
fn a_guard_that_is_dropped_long_before_the_end_is_no_mistake_if_nothing_is_lost() {
    let again = "in init, set again";
    let programs = ["in init, nothing recorded", "in init, read", "shorter than the guard", again];
    at_once(&programs, |program| {
        let assert = if program == again { assert_exports } else { assert_silent };
        assert(program, 0);
    });
}
