//! Sources that cannot be read while the program runs: logged, or on standard error where the
//! program has no logger.
//!
//! A logger and the file descriptors belong to the process, so each case runs this program again as
//! a process of its own.

#![cfg(target_os = "linux")]

mod support;

use std::process::Command;

use typed_metrics_core::snapshot;
use typed_metrics_system::{Set, install};

use support::{next_window, without_files};

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_CASE";

/// The output of the process for a case: standard output and standard error.
fn run(case: &str) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_process_of_a_case", "--nocapture"]).env(CASE, case);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (printed, written) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{printed}{written}");
    (printed, written)
}

#[test]
fn the_process_of_a_case() {
    match std::env::var(CASE).as_deref() {
        Ok("no logger") => unreadable_sources(),
        Ok("logger") => {
            log::set_logger(&Logger).unwrap();
            log::set_max_level(log::LevelFilter::Warn);
            unreadable_sources();
        }
        _ => {}
    }
}

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("{}: {}", record.level(), record.args());
    }

    fn flush(&self) {}
}

/// The sources fail twice, and can be read between the failures.
fn unreadable_sources() {
    install(Set::Full).unwrap();
    for _ in 0..2 {
        next_window();
        without_files(|| drop(snapshot()));
        next_window();
        drop(snapshot());
    }
}

/// The number of lines that report that this metric cannot be read.
fn reports_of(metric: &str, text: &str) -> usize {
    let said = "missing while they cannot be read (reported once): ";
    let is_report = |line: &&str| line.contains(&format!("`{metric}`")) && line.contains(said);
    text.lines().filter(is_report).count()
}

#[test]
fn without_a_logger_each_unreadable_source_is_written_to_standard_error_once() {
    let (_, written) = run("no logger");
    for metric in ["process.thread.count", "system.process.count", "system.memory.utilization"] {
        assert_eq!(reports_of(metric, &written), 1, "{metric}:\n{written}");
    }
    assert!(written.lines().all(|line| line.starts_with("typed-metrics: ")), "{written}");
}

#[test]
fn with_a_logger_standard_error_stays_empty() {
    let (printed, written) = run("logger");
    assert_eq!(written, "");
    assert_eq!(reports_of("process.thread.count", &printed), 1, "{printed}");
}
