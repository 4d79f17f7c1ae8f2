//! A program exports its last values, or says why not.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const PLACE: &str = "src/bin/guard.rs";

const FIX: &str = "keep one guard to the end of `main`: \
                   `let _shutdown = typed_metrics::shutdown_guard();`, not `let _ = …`";

/// How a program ended.
struct Ended {
    code: Option<i32>,
    /// What the counter `guard.jobs` is in the last table, if there was a table with it.
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

/// The program exports nothing, and says nothing.
#[track_caller]
fn assert_silent(program: &str, code: i32) {
    let ended = run(program);
    assert_eq!((ended.code, &*ended.stderr), (Some(code), ""), "{program}");
    assert_eq!(ended.exported, None, "{program}");
}

/// The program exports nothing, and writes one line that begins and ends so.
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
fn what_is_recorded_by_the_last_drops_in_main_is_no_mistake() {
    assert_silent("kept, last drops record", 0);
}

#[test]
fn a_program_that_exports_without_a_guard_says_nothing() {
    assert_exports("no guard, flush", 0);
    assert_exports("no guard, shutdown", 0);
    assert_exports("no guard, clear", 0);
    assert_silent("no guard, forwarding", 0);
}

#[test]
#[cfg(unix)]
fn a_program_without_a_guard_that_exports_nothing_says_so() {
    let begin = "the program ends, and handler `console` has exported nothing: \
                 there is no shutdown guard; ";
    assert_says("no guard", 0, begin, FIX);
    assert_says("no guard, panic", 101, begin, FIX);
    assert_says("no guard, exit", 4, begin, FIX);
    let begin = "the program ends, and handlers `console`, `in-memory` have exported nothing: ";
    assert_says("no guard, two handlers", 0, begin, FIX);
}

#[test]
#[cfg(unix)]
fn an_exit_that_does_not_drop_the_guard_is_reported() {
    let begin = "the program ends, and handler `console` has exported nothing: \
                 its shutdown guard is not dropped; return from `main` instead of calling \
                 `std::process::exit`, or call `typed_metrics::shutdown()` before";
    assert_says("exit", 4, begin, begin);
}

/// The guide names these as what cannot be found.
#[test]
fn the_end_is_only_watched_by_the_main_thread() {
    assert_silent("no guard, exit in another thread", 4);
    assert_silent("no guard, set in another thread", 0);
}

#[test]
fn a_guard_that_is_dropped_before_handlers_are_set_is_reported() {
    let begin = format!("the shutdown guard made at tests/shutdown/{PLACE}:");
    assert_says("underscore", 0, &begin, FIX);
    let said = run("underscore").stderr;
    assert!(said.contains("was dropped before the handlers were set"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_guard_that_is_dropped_before_the_program_records_is_reported() {
    let begin = format!("the shutdown guard made at tests/shutdown/{PLACE}:");
    for mistake in ["underscore, handlers first", "in init", "in init, only gauges"] {
        assert_says(mistake, 0, &begin, FIX);
        let said = run(mistake).stderr;
        assert!(said.contains(" and removed all handlers, but the program goes on"), "{said}");
    }
}

#[test]
fn a_guard_in_init_is_reported_while_the_service_runs() {
    let mut service = program("in init of a service")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(service.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("but the program goes on"), "{said}");
    assert!(service.try_wait().unwrap().is_none(), "it was said at the end only");
    drop(service.stdin.take());
    assert!(service.wait().unwrap().success());
}

#[test]
fn a_guard_in_init_is_no_mistake_if_nothing_is_lost() {
    assert_silent("in init, nothing recorded", 0);
    assert_exports("in init, set again", 0);
}
