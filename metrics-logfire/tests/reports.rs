//! Failures that no caller waits for: logged, or on standard error where the program has no logger.
//! A logger belongs to the process, so each case runs this program again as a process of its own.

extern crate typed_metrics_core as typed_metrics;

use std::process::Command;
use std::time::Duration;

use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers};
use typed_metrics_derive::Metrics;
use typed_metrics_logfire::{LogfireBuilder, LogfireHandler};
use typed_metrics_receiver::{Answer, Receiver};
use typed_metrics_turn::{logged, my_turn};

#[derive(Metrics)]
#[metrics(prefix = "reports")]
enum Reports {
    #[counter]
    Count,
}

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_CASE";
const TOKEN: &str = "pylf_v1_us_s3cret";
/// How often each failure happens.
const TIMES: usize = 3;

/// The output of the process for a case: standard output and standard error.
fn run(case: &str) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_process_of_a_case", "--nocapture"]).env(CASE, case);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("OTEL_") || text.starts_with("LOGFIRE_") {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (printed, written) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{printed}{written}");
    assert!(!printed.contains("s3cret") && !written.contains("s3cret"), "{printed}{written}");
    (printed, written)
}

#[test]
fn the_process_of_a_case() {
    match std::env::var(CASE).as_deref() {
        Ok("no logger") => failures(),
        Ok("logger") => {
            let _turn = my_turn();
            failures();
            logged().iter().for_each(|line| println!("{line}"));
        }
        _ => {}
    }
}

/// Causes every failure several times.
fn failures() {
    let receiver = Receiver::start();
    // The spool has room for a single batch.
    let handler = to(&receiver).spool_limit(1).without_system_metrics();
    set_metric_handlers(handler.build().unwrap()).unwrap();
    for time in 1..=TIMES {
        // A refusal with a different text each time, and with the token in it.
        let parrot = format!("request {time}: bad token: {TOKEN}");
        receiver.answer_next(1, Answer::status(401).body(parrot));
        interval().unwrap_err();
        receiver.stop();
        (0..3).for_each(|_| drop(interval().unwrap_err()));
        receiver.restart();
        // The batch of this flush drops the one that waits.
        interval().unwrap_err();
        interval().unwrap();
    }
    clear_metric_handlers();
    unreadable_system_metrics(&receiver);
}

/// A handler that sends to the receiver when it is flushed.
fn to(receiver: &Receiver) -> LogfireBuilder {
    let builder = LogfireHandler::builder().token(TOKEN).base_url(receiver.http_endpoint());
    builder.interval(Duration::from_secs(3600)).shutdown_timeout(Duration::from_secs(1))
}

fn interval() -> Result<(), typed_metrics::Error> {
    Reports::count().inc();
    flush()
}

/// Installs the system metrics while no file can be opened.
#[cfg(target_os = "linux")]
fn unreadable_system_metrics(receiver: &Receiver) {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    for _ in 0..TIMES {
        let handler = to(receiver).build().unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, 0, hard).unwrap();
        set_metric_handlers(handler).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
        clear_metric_handlers();
    }
}

#[cfg(not(target_os = "linux"))]
fn unreadable_system_metrics(_: &Receiver) {}

/// The parts of the lines that report the failures.
fn reports() -> Vec<&'static str> {
    let mut reports = vec![
        "the collector refused a batch, which is lost: 401 Unauthorized: request ",
        ". Batches wait until the collector answers",
        " is full (1 bytes): the oldest batches are dropped",
    ];
    if cfg!(target_os = "linux") {
        reports.push("some system metrics cannot be read and are missing");
    }
    reports
}

fn count(text: &str, part: &str) -> usize {
    text.lines().filter(|line| line.contains(part)).count()
}

#[test]
fn without_a_logger_each_kind_of_failure_is_written_to_standard_error_once() {
    let (_, written) = run("no logger");
    for part in reports() {
        assert_eq!(count(&written, part), 1, "{part}:\n{written}");
    }
    assert_eq!(count(&written, "typed-metrics: "), reports().len() + 1, "{written}");
}

#[test]
fn with_a_logger_every_failure_is_logged_and_standard_error_stays_empty() {
    let (printed, written) = run("logger");
    assert_eq!(written, "");
    for part in reports() {
        assert_eq!(count(&printed, part), TIMES, "{part}:\n{printed}");
    }
}
