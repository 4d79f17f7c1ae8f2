//! SIGTERM and Ctrl-C end a program after its last values are exported.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The value of a metric in the program's last table.
fn shown<'a>(table: &'a str, metric: &str) -> Option<&'a str> {
    table.lines().rev().find(|line| line.starts_with(metric))?.split_whitespace().last()
}

/// Starts a program, and sends the signal each time that the program has written one of these lines
/// to standard error. Returns the program's tables and its status.
#[track_caller]
fn end_by(signal: Signal, program: &str, way: &str, lines: &[&str]) -> (String, ExitStatus) {
    let mut child = Command::new(program)
        .arg(way)
        .env_remove("OTEL_METRIC_EXPORT_INTERVAL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    for expected in lines {
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        assert_eq!(line, format!("{expected}\n"), "{way}");
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
    }
    let start = Instant::now();
    if way == "polled late" {
        thread::sleep(Duration::from_millis(100));
    }
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    // The slow handler takes a minute.
    assert!(start.elapsed() < Duration::from_secs(30), "{way}");
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(said, "", "{way}");
    (String::from_utf8(output.stdout).unwrap(), output.status)
}

const SIGNALS: [Signal; 2] = [Signal::SIGTERM, Signal::SIGINT];

#[test]
fn a_program_that_waits_for_the_signal_returns_from_main() {
    for way in ["graceful", "polled late"] {
        for signal in SIGNALS {
            let (table, status) = end_by(signal, env!("CARGO_BIN_EXE_signals"), way, &["ready"]);
            assert_eq!(shown(&table, "service.jobs"), Some("7"), "{way}, {signal}: {table}");
            assert_eq!(status.code(), Some(0), "{way}, {signal}");
        }
    }
    let (table, _) = end_by(Signal::SIGTERM, env!("CARGO_BIN_EXE_signals"), "graceful", &["ready"]);
    assert_eq!(shown(&table, "service.level"), Some("5"), "{table}");
}

#[test]
fn a_program_that_exits_on_the_signal_exports_and_dies_by_it() {
    for way in ["exit", "exit, without a guard", "exit, inside of a runtime"] {
        for signal in SIGNALS {
            let (table, status) = end_by(signal, env!("CARGO_BIN_EXE_signals"), way, &["ready"]);
            assert_eq!(shown(&table, "service.jobs"), Some("7"), "{way}, {signal}: {table}");
            assert_eq!(status.signal(), Some(signal as i32), "{way}, {signal}: {status}");
        }
    }
    let (table, _) = end_by(Signal::SIGTERM, env!("CARGO_BIN_EXE_signals"), "exit", &["ready"]);
    assert_eq!(shown(&table, "service.level"), Some("5"), "{table}");
}

#[test]
fn the_recipe_without_tokio_does_the_same() {
    for signal in SIGNALS {
        let (table, status) = end_by(signal, env!("CARGO_BIN_EXE_without_tokio"), "", &["ready"]);
        assert_eq!(shown(&table, "service.jobs"), Some("7"), "{signal}: {table}");
        assert_eq!(status.signal(), Some(signal as i32), "{signal}: {status}");
    }
}

/// The last values are exported if the export ends. The program does not wait for an export that
/// hangs.
#[test]
fn another_signal_hurries_a_program_that_hangs() {
    let program = env!("CARGO_BIN_EXE_signals");
    let hangs = "graceful, but it hangs";
    let export_hangs = "graceful, but it hangs, and so does the export";
    let exit = "exit, but the export hangs";
    let ways: [(&str, &str, &[&str]); 4] = [
        (program, hangs, &["ready", "got the signal"]),
        (program, export_hangs, &["ready", "got the signal", "exporting"]),
        (program, exit, &["ready", "exporting"]),
        (env!("CARGO_BIN_EXE_without_tokio"), "slow", &["ready", "exporting"]),
    ];
    for (program, way, lines) in ways {
        for signal in SIGNALS {
            let (table, status) = end_by(signal, program, way, lines);
            assert_eq!(shown(&table, "service.jobs"), Some("7"), "{way}, {signal}: {table}");
            assert_eq!(status.signal(), Some(signal as i32), "{way}, {signal}: {status}");
        }
    }
}
