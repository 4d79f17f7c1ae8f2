//! Runs each example as a user does, and compares its output.

#[cfg(feature = "console")]
mod quickstart;
#[cfg(feature = "prometheus")]
mod see_it;

use std::path::Path;
use std::process::{Command, Output};

/// The example `name`, which `cargo test` has built beside this test.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().and_then(Path::parent).unwrap();
    let program =
        target.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "example `{name}` is not built; run `cargo test`, or `cargo build --examples` first"
    );
    let mut command = Command::new(program);
    command.env_remove("OTEL_METRIC_EXPORT_INTERVAL").env_remove("COLUMNS");
    command
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn assert_prints(name: &str, expected: &str) {
    let printed = stdout(&example(name).output().unwrap());
    assert_eq!(printed, expected, "\n{printed}");
}

#[test]
fn custom_handler() {
    // The order of keys depends on the features of `serde_json` that the workspace enables.
    let parse = |lines: &str| -> Vec<serde_json::Value> {
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let printed = stdout(&example("custom_handler").output().unwrap());
    assert_eq!(parse(&printed), parse(include_str!("custom_handler.txt")));
}

#[test]
fn runtime_metrics() {
    assert_prints("runtime_metrics", include_str!("runtime_metrics.txt"));
}

#[test]
fn testing_your_metrics() {
    assert_prints("testing_your_metrics", include_str!("testing_your_metrics.txt"));
}

#[test]
fn timed_functions() {
    assert_prints("timed_functions", include_str!("timed_functions.txt"));
}
