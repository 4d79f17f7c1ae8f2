//! The end of a program: everything that can be sent within the deadline is sent, and the end is
//! not delayed by what cannot.

use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use typed_metrics::{flush, set_metric_handlers, shutdown, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::Protocol;
use typed_metrics_receiver::{Answer, Code, Receiver};
use typed_metrics_turn::my_turn;

use crate::pipelines::{PROTOCOLS, SOON, deltas_to, to};

#[derive(Metrics)]
#[metrics(prefix = "endings")]
enum Endings<'a> {
    #[counter]
    Count { test: &'a str },
}

const SECOND: Duration = Duration::from_secs(1);

/// Data points that were given up at the end of pipelines.
fn given_up() -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get("typed_metrics.otlp.dropped");
    let series = metric.and_then(|metric| metric.series_with(&[("reason", "ended")]));
    series.map_or(0.0, |series| series.value.as_f64())
}

/// The answer that asks for a pause of this many seconds.
fn later(protocol: Protocol, seconds: u64) -> Answer {
    match protocol {
        Protocol::Grpc => {
            Answer::code_retry_after(Code::Unavailable, "later", Duration::from_secs(seconds))
        }
        _ => Answer::retry_after(503, seconds.to_string()),
    }
}

#[test]
fn a_shutdown_tries_again_when_the_collector_allows_it() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = format!("allowed {protocol:?}");
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, *protocol).shutdown_timeout(13 * SECOND / 10);
        set_metric_handlers(handler.build().unwrap()).unwrap();
        Endings::count(&test).add(3);
        // Four failures, so that the pause of the pipeline itself is longer than the time limit.
        receiver.answer_next(4, later(*protocol, 1));
        flush().unwrap_err();
        receiver.wait_for(4, SOON);
        let begin = Instant::now();
        shutdown().unwrap();
        let took = begin.elapsed();
        assert!(took >= 9 * SECOND / 10, "{protocol:?}: {took:?}");
        assert_eq!(receiver.totals().int("endings.count", &format!("test={test}")), 3);
    }
}

#[test]
fn a_shutdown_tries_once_before_its_deadline_whatever_the_collector_asked_for() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = format!("deadline {protocol:?}");
        let receiver = Receiver::start();
        set_metric_handlers(deltas_to(&receiver, *protocol).build().unwrap()).unwrap();
        Endings::count(&test).add(3);
        receiver.answer_next(1, later(*protocol, 60));
        flush().unwrap_err();
        Endings::count(&test).add(4);
        let begin = Instant::now();
        shutdown().unwrap();
        let took = begin.elapsed();
        assert!(took >= SECOND / 2 && took < 2 * SECOND, "{protocol:?}: {took:?}");
        assert_eq!(receiver.totals().int("endings.count", &format!("test={test}")), 7);
    }
}

#[test]
fn a_second_shutdown_waits_for_the_first_and_returns_the_same_result() {
    let _turn = my_turn();
    for is_up in [true, false] {
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
        set_metric_handlers(handler).unwrap();
        Endings::count("twice").inc();
        if is_up {
            receiver.answer_next(1, Answer::Slow(SECOND / 2));
        } else {
            receiver.answer(Answer::status(503));
        }
        let (first, second) = scope(|scope| {
            let first = scope.spawn(shutdown);
            sleep(SECOND / 5);
            let second = shutdown();
            // The first one has ended, or is about to return.
            sleep(SECOND / 5);
            assert!(first.is_finished());
            (first.join().unwrap(), second)
        });
        let text = |result: Result<(), typed_metrics::Error>| result.err().map(|e| e.to_string());
        let (first, second) = (text(first), text(second));
        assert_eq!(first, second);
        assert_eq!(first.is_none(), is_up, "{first:?}");
    }
    // Nothing is left of the failed shutdown.
    shutdown().unwrap();
}

#[test]
fn a_clean_shutdown_leaves_no_batch_in_the_folder() {
    let _turn = my_turn();
    let folder = std::env::temp_dir().join(format!("typed-metrics-clean-{}", std::process::id()));
    let receiver = Receiver::start();
    let handler = to(&receiver, Protocol::HttpProtobuf)
        .interval(Duration::from_millis(50))
        .shutdown_timeout(30 * SECOND)
        .spool_folder(&folder)
        .build()
        .unwrap();
    receiver.answer(Answer::Slow(SECOND / 4));
    // The handler's clone keeps the pipeline.
    set_metric_handlers(handler.clone()).unwrap();
    for _ in 0..10 {
        Endings::count("clean").inc();
        sleep(Duration::from_millis(50));
    }
    shutdown().unwrap();
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left, [folder.join("lock")]);
    assert_eq!(receiver.totals().int("endings.count", "test=clean"), 10);
    drop(handler);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_a_shutdown_gives_up_is_counted_and_not_sent_later() {
    let _turn = my_turn();
    let receiver = Receiver::start();
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    receiver.answer(Answer::status(503));
    Endings::count("given up").inc();
    let before = given_up();
    let error = shutdown().unwrap_err().to_string();
    let lost = given_up() - before;
    assert!(lost > 0.0, "{lost}");
    assert!(error.contains("503 Service Unavailable"), "{error}");
    assert!(
        error.ends_with(&format!("{lost} data points in 1 batch are given up, and lost")),
        "{error}"
    );
    receiver.answer(Answer::Ok);
    drop(handler);
    sleep(SECOND / 2);
    assert!(receiver.requests().iter().all(|seen| !seen.accepted));
}

#[test]
fn a_short_program_does_not_wait_for_a_collector_that_was_never_there() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        receiver.stop();
        let handler = to(&receiver, *protocol).shutdown_timeout(5 * SECOND).build().unwrap();
        set_metric_handlers(handler).unwrap();
        Endings::count("short").inc();
        let begin = Instant::now();
        let error = shutdown().unwrap_err().to_string();
        assert!(begin.elapsed() < SECOND / 2, "{protocol:?}: {:?}", begin.elapsed());
        assert!(error.contains("given up"), "{error}");
    }
}

#[test]
fn a_shutdown_waits_for_a_collector_that_has_answered_before() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = format!("back {protocol:?}");
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, *protocol).shutdown_timeout(5 * SECOND);
        set_metric_handlers(handler.build().unwrap()).unwrap();
        Endings::count(&test).add(1);
        flush().unwrap();
        receiver.stop();
        Endings::count(&test).add(2);
        scope(|scope| {
            scope.spawn(|| {
                sleep(SECOND);
                receiver.restart();
            });
            shutdown().unwrap();
        });
        assert_eq!(receiver.totals().int("endings.count", &format!("test={test}")), 3);
    }
}
