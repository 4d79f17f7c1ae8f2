//! Under the test harness, failures are captured like other output, and no mistake with the guard
//! is reported.

use std::process::Command;

use typed_metrics::{Metrics, set_metric_handlers, shutdown_guard, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "harness")]
enum Harness {
    #[counter]
    Jobs,
    #[gauge]
    Level,
}

/// A test of an application that makes each mistake with the guard, and fails to record a value.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn an_application() {
    let _ = shutdown_guard();
    set_metric_handlers("console").unwrap();
    Harness::jobs().inc();
    Harness::level().set(f64::NAN);
    assert!(!snapshot().get("harness.level").unwrap().dropped.is_empty());
    // The snapshot has read the values above, so they are not lost. A mistake needs a handler that
    // has exported nothing.
    typed_metrics::clear_metric_handlers();
    set_metric_handlers("console").unwrap();
    Harness::jobs().inc();
}

#[test]
fn a_test_that_passes_writes_nothing_to_standard_error() {
    // The application's test runs on the main thread, and then on another thread.
    for threads in ["--test-threads=1", "--test-threads=2"] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["an_application", "--exact", "--ignored", threads]);
        command.env_remove("RUST_TEST_NOCAPTURE");
        let output = command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.contains("1 passed"), "{stdout}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{threads}");
    }
}
