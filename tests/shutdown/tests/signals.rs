//! SIGTERM and Ctrl-C end a program with its last values exported.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What the last table of the program shows of a metric.
fn shown<'a>(table: &'a str, metric: &str) -> Option<&'a str> {
    table.lines().rev().find(|line| line.starts_with(metric))?.split_whitespace().last()
}

/// Starts a program, sends it the signal once it is ready, and gives its table and status.
#[track_caller]
fn end_by(signal: Signal, program: &str, way: &str) -> (String, ExitStatus) {
    let mut child = Command::new(program)
        .arg(way)
        .env_remove("OTEL_METRIC_EXPORT_INTERVAL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
    if way == "polled late" {
        thread::sleep(Duration::from_millis(100));
    }
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
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
            let (table, status) = end_by(signal, env!("CARGO_BIN_EXE_signals"), way);
            assert_eq!(shown(&table, "service.jobs"), Some("7"), "{way}, {signal}: {table}");
            assert_eq!(status.code(), Some(0), "{way}, {signal}");
        }
    }
    let (table, _) = end_by(Signal::SIGTERM, env!("CARGO_BIN_EXE_signals"), "graceful");
    assert_eq!(shown(&table, "service.level"), Some("5"), "{table}");
}

#[test]
fn a_program_that_exits_on_the_signal_exports_and_dies_by_it() {
    for way in ["exit", "exit, without a guard", "exit, inside of a runtime"] {
        for signal in SIGNALS {
            let (table, status) = end_by(signal, env!("CARGO_BIN_EXE_signals"), way);
            assert_eq!(shown(&table, "service.jobs"), Some("7"), "{way}, {signal}: {table}");
            assert_eq!(status.signal(), Some(signal as i32), "{way}, {signal}: {status}");
        }
    }
    let (table, _) = end_by(Signal::SIGTERM, env!("CARGO_BIN_EXE_signals"), "exit");
    assert_eq!(shown(&table, "service.level"), Some("5"), "{table}");
}

#[test]
fn the_recipe_without_tokio_does_the_same() {
    for signal in SIGNALS {
        let (table, status) = end_by(signal, env!("CARGO_BIN_EXE_without_tokio"), "");
        assert_eq!(shown(&table, "service.jobs"), Some("7"), "{signal}: {table}");
        assert_eq!(status.signal(), Some(signal as i32), "{signal}: {status}");
    }
}
