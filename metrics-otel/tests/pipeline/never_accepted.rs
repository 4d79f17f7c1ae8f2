//! A batch that is never accepted holds the others up for a limited time, and is then given up.

use std::time::{Duration, Instant};

use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers, shutdown, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::Protocol;
use typed_metrics_receiver::{Answer, Receiver, Seen, Totals};
use typed_metrics_turn::{logged, my_turn};

use crate::pipelines::{SOON, deltas_to};

#[derive(Metrics)]
#[metrics(prefix = "never_accepted")]
enum NeverAccepted {
    #[counter]
    Poison,
    #[counter]
    Count,
}

fn has_poison(seen: &Seen) -> bool {
    seen.metrics().contains(&"never_accepted.poison")
}

fn given_up() -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get("typed_metrics.otlp.dropped");
    let series = metric.and_then(|metric| metric.series_with(&[("reason", "never_accepted")]));
    series.map_or(0.0, |series| series.value.as_f64())
}

fn count(receiver: &Receiver) -> i64 {
    let accepted: Vec<_> = receiver.requests().into_iter().filter(|seen| seen.accepted).collect();
    if accepted.is_empty() { 0 } else { Totals::of(&accepted).int("never_accepted.count", "") }
}

#[test]
fn others_are_sent_and_the_batch_is_given_up() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    receiver.answer_if(has_poison, Answer::status(503));
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf);
    let handler = handler.stuck_after(Duration::from_millis(400)).build().unwrap();
    set_metric_handlers(handler).unwrap();
    let before = given_up();
    logged();
    NeverAccepted::poison().inc();
    flush().unwrap_err();
    NeverAccepted::count().add(10);
    flush().unwrap_err();
    let begin = Instant::now();
    while count(&receiver) < 10 {
        assert!(begin.elapsed() < SOON, "the batch behind is held up");
        std::thread::sleep(Duration::from_millis(20));
    }
    // Later batches go on, and the batch is given up after three further failures.
    let mut sent = 10;
    while given_up() == before {
        assert!(begin.elapsed() < SOON, "the batch is not given up");
        NeverAccepted::count().inc();
        sent += 1;
        let earlier = given_up();
        let flushed = flush();
        if given_up() > earlier {
            let error = flushed.unwrap_err().to_string();
            assert!(error.contains("a batch is given up, with "), "{error}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    NeverAccepted::count().inc();
    flush().unwrap();
    assert_eq!(count(&receiver), sent + 1);
    let lines = logged();
    let told = |line: &&String| line.contains("a batch is given up, with ");
    assert_eq!(lines.iter().filter(told).count(), 1, "{lines:?}");
    clear_metric_handlers();
}

#[test]
fn a_shutdown_sends_the_others_at_once() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    receiver.answer_if(has_poison, Answer::status(503));
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
    set_metric_handlers(handler).unwrap();
    NeverAccepted::poison().inc();
    flush().unwrap_err();
    NeverAccepted::count().add(10);
    let error = shutdown().unwrap_err().to_string();
    assert!(error.contains("in 1 batch are given up"), "{error}");
    assert_eq!(count(&receiver), 10);
}
