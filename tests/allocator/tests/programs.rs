//! A program whose global allocator is measured works as it would otherwise.

use std::collections::HashMap;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Runs a program to its end, and returns the numbers that it prints, by name.
fn run(program: &str) -> HashMap<String, u64> {
    const PATIENCE: Duration = Duration::from_secs(120);
    let mut child = Command::new(program).stdout(Stdio::piped()).spawn().unwrap();
    let end = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() < end => thread::sleep(Duration::from_millis(20)),
            None => {
                child.kill().unwrap();
                panic!("the program hangs");
            }
        }
    };
    assert!(status.success(), "{status}");
    let mut printed = String::new();
    child.stdout.unwrap().read_to_string(&mut printed).unwrap();
    let lines = printed.lines().filter_map(|line| line.rsplit_once(' '));
    lines.map(|(name, number)| (name.to_owned(), number.parse().unwrap())).collect()
}

#[test]
fn an_allocator_is_measured_in_the_metric_of_functions() {
    let calls = run(env!("CARGO_BIN_EXE_bare"));
    let of = |name: &str| {
        let all = calls.iter().filter(|(function, _)| function.ends_with(name));
        all.map(|(_, calls)| *calls).sum::<u64>()
    };
    assert!(of("::alloc") > 4_000, "{calls:?}");
    assert!(of("::dealloc") > 4_000, "{calls:?}");
    assert!(of("::realloc") > 0, "{calls:?}");
    assert_eq!(of("piece"), 4_020, "{calls:?}");
}

#[test]
fn an_allocator_is_measured_in_metrics_of_its_own() {
    let calls = run(env!("CARGO_BIN_EXE_labelled"));
    // The snapshot allocates while it is taken, and that call is in progress.
    assert!(calls["memory.in_progress"] <= 1, "{calls:?}");
    assert!(calls["memory.in_progress_by_align"] <= 1, "{calls:?}");
    assert!(calls["alloc"] > 4_000, "{calls:?}");
    assert!(calls["dealloc"] > 500, "{calls:?}");
    assert!(calls["realloc"] > 0, "{calls:?}");
    assert!(calls["calls of alloc"] > 4_000, "{calls:?}");
    assert!(calls["calls of dealloc"] > 4_000, "{calls:?}");
}
