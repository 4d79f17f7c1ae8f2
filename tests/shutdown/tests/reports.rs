//! Failures that no caller can receive are logged, or written to standard error.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> (String, String) {
    let program = env!("CARGO_BIN_EXE_failing_handler");
    let Output { status, stdout, stderr } = Command::new(program).args(arguments).output().unwrap();
    assert!(status.success());
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn without_a_logger_each_kind_of_failure_is_written_once() {
    let (stdout, stderr) = run(&[]);
    assert_eq!(stdout, "");
    let expected = "\
typed-metrics: handler `a`: it panicked: no room (reported once)
typed-metrics: no logger of the crate `log` is set, so each kind of failure is written here once
typed-metrics: handler `b`: it panicked: no room (reported once)
typed-metrics: metric `failing.sizes`: 1 dropped: not finite (reported once; the snapshot counts them)
typed-metrics: handler `a` could not shut down: the disk is full, attempt 1
typed-metrics: handler `b` could not shut down: the disk is full, attempt 2
";
    assert_eq!(stderr, expected);
}

#[test]
fn with_a_logger_every_failure_is_logged_and_nothing_is_written() {
    let (stdout, stderr) = run(&["logger"]);
    assert_eq!(stderr, "");
    let failed: Vec<_> = stdout.lines().filter(|line| line.contains("the disk is full")).collect();
    assert_eq!(failed.len(), 6, "{stdout}");
    assert_eq!(failed[5], "ERROR: handler `b` could not shut down: the disk is full, attempt 6");
}

#[test]
fn with_a_silenced_logger_nothing_is_written() {
    for logger in ["silenced logger", "silenced logger without fields"] {
        assert_eq!(run(&[logger]), (String::new(), String::new()), "{logger}");
    }
}

#[test]
fn the_text_of_a_failure_may_report_another_failure() {
    let (_, stderr) = run(&["nested"]);
    let expected = "\
typed-metrics: metric `failing.sizes`: 1 dropped: not finite (reported once; the snapshot counts them)
typed-metrics: no logger of the crate `log` is set, so each kind of failure is written here once
typed-metrics: handler `nested` could not shut down: nested
";
    assert_eq!(stderr, expected);
}

#[test]
#[cfg(target_os = "linux")]
fn a_standard_error_that_cannot_be_written_harms_nobody() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let program = env!("CARGO_BIN_EXE_failing_handler");
    assert!(Command::new(program).stderr(full).status().unwrap().success());
}
