//! Failures that no caller waits for: logged, or on standard error where the program has no logger.
//! A logger belongs to the process, so each case runs this program again as a process of its own.

use std::process::Command;
use std::time::{Duration, Instant};

use opentelemetry_sdk::metrics::Temporality::Cumulative;
use typed_metrics::{add_metric_handler, clear_metric_handlers, flush, set_metric_handlers};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{OtelHandler, OtlpBuilder, Protocol};
use typed_metrics_receiver::provider::provider;
use typed_metrics_receiver::{Answer, Code, Receiver};
use typed_metrics_turn::{logged, my_turn};

use crate::pipelines::{PROTOCOLS, SOON, deltas_to};

#[derive(Metrics)]
#[metrics(prefix = "reports")]
enum Reports {
    #[counter]
    Count,
    #[counter(series_limit = 2500)]
    Many { key: u8 },
}

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_CASE";
/// How often each failure happens.
const TIMES: u8 = 3;

/// The output of the process for a case: standard output and standard error.
fn run(case: &str) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "reports::the_process_of_a_case", "--nocapture"]).env(CASE, case);
    // An invalid value, neither `true` nor `false`.
    command.env("OTEL_SDK_DISABLED", "perhaps");
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
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let to_receiver = || {
            let pipeline =
                deltas_to(&receiver, *protocol).shutdown_timeout(Duration::from_millis(100));
            pipeline.header("authorization", "Bearer pylf_s3cret")
        };
        for time in 1..=TIMES {
            set_metric_handlers(to_receiver().spool_limit(1).build().unwrap()).unwrap();
            refused(&receiver, *protocol, time);
            receiver.answer_next(1, Answer::partial(time.into(), "too old"));
            interval().unwrap();
            down_with_a_full_spool(&receiver);
            clear_metric_handlers();
            lost_at_the_end(&receiver, to_receiver());
        }
    }
    Reports::many(0).inc();
    for _ in 0..TIMES {
        // The provider has no view, so the SDK keeps fewer series than the metric can have.
        let to_provider = || {
            let handler = OtelHandler::new(provider(Cumulative).0);
            handler.filter(|metric| metric.name().starts_with("reports."))
        };
        set_metric_handlers(to_provider()).unwrap();
        // With the prefix, the names of the metrics are too long.
        add_metric_handler(to_provider().prefix("p".repeat(250))).unwrap();
        clear_metric_handlers();
    }
}

/// Records and flushes, which makes one batch.
fn interval() -> Result<(), typed_metrics::Error> {
    Reports::count().inc();
    flush()
}

/// A refusal with a different text each time, and with the token in it.
fn refused(receiver: &Receiver, protocol: Protocol, time: u8) {
    let parrot = format!("request {time}: bad token: pylf_s3cret");
    let answer = match protocol {
        Protocol::Grpc => Answer::code(Code::Unauthenticated, parrot),
        _ => Answer::status(401).body(parrot),
    };
    receiver.answer_next(1, answer);
    interval().unwrap_err();
}

/// A collector that is down, and a spool with room for a single batch.
fn down_with_a_full_spool(receiver: &Receiver) {
    receiver.stop();
    (0..3).for_each(|_| drop(interval().unwrap_err()));
    receiver.restart();
    // The batch in the spool is dropped, unless it was sent before.
    if let Err(error) = interval() {
        assert!(error.to_string().contains("the spool is full (1 bytes)"), "{error}");
    }
}

/// Ends a pipeline that has a batch for a collector that is down.
fn lost_at_the_end(receiver: &Receiver, pipeline: OtlpBuilder) {
    let lost = || {
        let snapshot = typed_metrics::snapshot();
        let metric = snapshot.get("typed_metrics.otlp.dropped");
        let series = metric.and_then(|metric| metric.series_with(&[("reason", "ended")]));
        series.map_or(0.0, |series| series.value.as_f64())
    };
    set_metric_handlers(pipeline.build().unwrap()).unwrap();
    receiver.stop();
    interval().unwrap_err();
    let before = lost();
    clear_metric_handlers();
    let begin = Instant::now();
    while lost() == before {
        assert!(begin.elapsed() < SOON, "nothing is lost");
        std::thread::sleep(Duration::from_millis(10));
    }
    // The thread that has counted the batch reports the loss.
    std::thread::sleep(Duration::from_millis(200));
    receiver.restart();
}

/// The parts of the lines that report a pipeline's failures.
const OF_A_PIPELINE: [&str; 5] = [
    "the collector refused a batch, which is lost: ",
    " data points were rejected: too old",
    ". Batches wait until the collector answers",
    " is full (1 bytes): the oldest batches are dropped",
    " are lost: the pipeline ended",
];
/// The parts of the lines that report the other failures.
const OTHERS: [&str; 3] = [
    "`OTEL_SDK_DISABLED` is `perhaps`, which counts as `false`",
    "metric `reports.many` can have 2500 series",
    "_reports.count` is not exported: ",
];

fn count(text: &str, part: &str) -> usize {
    text.lines().filter(|line| line.contains(part)).count()
}

#[test]
fn without_a_logger_each_kind_of_failure_is_written_to_standard_error_once() {
    let (_, written) = run("no logger");
    for part in OF_A_PIPELINE {
        // Each protocol has an endpoint of its own.
        assert_eq!(count(&written, part), PROTOCOLS.len(), "{part}:\n{written}");
    }
    for part in OTHERS {
        assert_eq!(count(&written, part), 1, "{part}:\n{written}");
    }
    assert!(written.lines().all(|line| line.starts_with("typed-metrics: ")), "{written}");
    assert_eq!(count(&written, "no logger of the crate `log` is set"), 1, "{written}");
}

#[test]
fn with_a_logger_every_failure_is_logged_and_standard_error_stays_empty() {
    let (printed, written) = run("logger");
    assert_eq!(written, "");
    for part in OF_A_PIPELINE {
        let least = usize::from(TIMES) * PROTOCOLS.len();
        assert!(count(&printed, part) >= least, "{part}:\n{printed}");
    }
    for part in OTHERS {
        assert!(count(&printed, part) >= TIMES.into(), "{part}:\n{printed}");
    }
}
