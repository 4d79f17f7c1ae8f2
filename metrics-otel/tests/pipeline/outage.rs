//! No data is lost while a collector is down, slow, overloaded, or closes connections.

use std::time::{Duration, Instant};

use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers, shutdown};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::Protocol;
use typed_metrics_receiver::{Answer, Code, Receiver};
use typed_metrics_turn::{logged, my_turn};

use crate::pipelines::{PROTOCOLS, SOON, deltas_to, to};

#[derive(Metrics)]
#[metrics(prefix = "outage")]
enum Outage<'a> {
    #[counter]
    Count { test: &'a str },
    #[histogram(unit = "ms", buckets = [1, 10, 100])]
    Duration { test: &'a str },
}

/// Records and flushes, which makes one batch.
fn interval(test: &str, count: u64) -> Result<(), typed_metrics::Error> {
    Outage::count(test).add(count);
    Outage::duration(test).record(count as f64);
    flush()
}

fn label(test: &str) -> String {
    format!("test={test}")
}

/// The value of a label that separates the protocols' parts of a test, because metrics belong to
/// the process.
fn part(test: &str, protocol: Protocol) -> String {
    format!("{test}_{protocol:?}")
}

#[test]
fn deltas_of_an_outage_are_sent_in_order_when_it_is_over() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = part("refused", *protocol);
        let receiver = Receiver::start();
        set_metric_handlers(deltas_to(&receiver, *protocol).build().unwrap()).unwrap();
        interval(&test, 1).unwrap();
        receiver.stop();
        logged();
        for count in [10, 20, 30] {
            let error = interval(&test, count).unwrap_err().to_string();
            assert!(error.contains("wait in memory"), "{error}");
        }
        let lines = logged();
        assert_eq!(lines.len(), 1, "an outage is told once: {lines:?}");
        assert!(lines[0].starts_with("WARN: metrics for http://127.0.0.1:"), "{lines:?}");
        assert!(lines[0].contains("refused"), "{lines:?}");
        receiver.restart();
        interval(&test, 100).unwrap();
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 161);
        assert_eq!(receiver.totals().count("outage.duration", &label(&test)), 5);
        let sums = receiver.requests().into_iter().map(|seen| {
            typed_metrics_receiver::Totals::of(&[seen]).int("outage.count", &label(&test))
        });
        assert_eq!(sums.collect::<Vec<_>>(), [1, 10, 20, 30, 100]);
        let again = logged();
        assert!(again.len() == 1 && again[0].ends_with("the collector answers again"), "{again:?}");
        clear_metric_handlers();
    }
}

#[test]
fn batches_are_sent_without_a_new_one_when_the_collector_is_back() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = part("idle", *protocol);
        let receiver = Receiver::start();
        set_metric_handlers(deltas_to(&receiver, *protocol).build().unwrap()).unwrap();
        receiver.stop();
        interval(&test, 7).unwrap_err();
        receiver.restart();
        receiver.wait_until(SOON, |seen| seen.iter().any(|seen| seen.accepted));
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 7);
        clear_metric_handlers();
    }
}

#[test]
fn cumulative_sums_catch_up() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = part("cumulative", *protocol);
        let receiver = Receiver::start();
        set_metric_handlers(to(&receiver, *protocol).build().unwrap()).unwrap();
        receiver.stop();
        interval(&test, 10).unwrap_err();
        receiver.restart();
        interval(&test, 5).unwrap();
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 15);
        clear_metric_handlers();
    }
}

#[test]
fn retryable_failures_are_retried() {
    let _turn = my_turn();
    let answers = [
        Answer::status(503),
        Answer::status(429),
        Answer::status(502),
        Answer::status(504),
        Answer::HangUp,
        Answer::code(Code::Unavailable, "later"),
        Answer::code(Code::DataLoss, "lost"),
    ];
    for (i, answer) in answers.into_iter().enumerate() {
        for protocol in PROTOCOLS {
            // The receiver answers `DataLoss` as status 500 over HTTP. gRPC clients see an HTTP
            // status as coming from a proxy.
            if matches!(answer, Answer::Code { .. }) && *protocol != Protocol::Grpc {
                continue;
            }
            let test = part(&format!("again_{i}"), *protocol);
            let receiver = Receiver::start();
            set_metric_handlers(deltas_to(&receiver, *protocol).build().unwrap()).unwrap();
            receiver.answer_next(1, answer.clone());
            interval(&test, 3).unwrap_err();
            interval(&test, 4).unwrap();
            let seen = receiver.requests();
            assert_eq!(
                seen.iter().map(|seen| seen.accepted).collect::<Vec<_>>(),
                [false, true, true]
            );
            assert_eq!(seen[0].body, seen[1].body, "the same batch");
            assert_eq!(receiver.totals().int("outage.count", &label(&test)), 7, "{answer:?}");
            clear_metric_handlers();
        }
    }
}

#[test]
fn retry_after_is_respected() {
    let _turn = my_turn();
    const WAIT: Duration = Duration::from_secs(1);
    let in_date = || httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(2));
    let full = || Answer::code_retry_after(Code::ResourceExhausted, "full", WAIT);
    let answers: [&dyn Fn() -> (Protocol, Answer); 3] = [
        &|| (Protocol::HttpProtobuf, Answer::retry_after(429, "1")),
        // A date has whole seconds, so this date is 1 to 2 s in the future.
        &|| (Protocol::HttpProtobuf, Answer::retry_after(503, in_date())),
        &|| (Protocol::Grpc, full()),
    ];
    for (i, answer) in answers.into_iter().enumerate() {
        let (protocol, answer) = answer();
        if !PROTOCOLS.contains(&protocol) {
            continue;
        }
        let test = format!("wait_{i}");
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, protocol).timeout(Duration::from_millis(500));
        set_metric_handlers(handler.build().unwrap()).unwrap();
        receiver.answer_next(1, answer);
        interval(&test, 3).unwrap_err();
        // A flush with a deadline before that time fails at once.
        let begin = Instant::now();
        interval(&test, 4).unwrap_err();
        assert!(begin.elapsed() < Duration::from_millis(300), "{:?}", begin.elapsed());
        let seen =
            receiver.wait_until(SOON, |seen| seen.iter().filter(|s| s.accepted).count() == 2);
        let pause = seen[1].at - seen[0].at;
        assert!(pause >= Duration::from_millis(900), "{pause:?} after {i}");
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 7);
        clear_metric_handlers();
    }
}

#[test]
fn a_retry_after_of_zero_or_of_the_maximum_does_no_harm() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
    set_metric_handlers(handler).unwrap();
    receiver.answer(Answer::retry_after(503, "0"));
    interval("zero", 3).unwrap_err();
    std::thread::sleep(Duration::from_secs(1));
    // The pauses are 0.25 s, then 0.5 s.
    assert!(receiver.requests().len() <= 4, "{}", receiver.requests().len());
    receiver.answer(Answer::retry_after(503, u64::MAX.to_string()));
    let before = receiver.requests().len();
    receiver.wait_until(SOON, |seen| seen.len() > before);
    std::thread::sleep(Duration::from_millis(100));
    let error = interval("zero", 4).unwrap_err().to_string();
    assert!(error.contains("503"), "{error}");
    clear_metric_handlers();
    receiver.answer(Answer::Ok);
}

#[test]
fn a_callback_that_hangs_does_not_delay_a_shutdown() {
    #[derive(Metrics)]
    #[metrics(prefix = "outage")]
    enum Hanging {
        #[gauge]
        Gauge,
    }

    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let hanging = Hanging::gauge().observe(move || {
        let _ = released.lock().unwrap().recv_timeout(Duration::from_secs(30));
        1_i64
    });
    let begin = Instant::now();
    let error = shutdown().unwrap_err().to_string();
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert!(error.contains("metrics could not be collected within 1s"), "{error}");
    drop(release);
    drop(hanging);
    drop(handler);
}

#[test]
fn a_spool_smaller_than_a_batch_still_sends() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).spool_limit(1).build().unwrap();
    set_metric_handlers(handler).unwrap();
    interval("small", 3).unwrap();
    assert_eq!(receiver.totals().int("outage.count", "test=small"), 3);
}

#[test]
fn settings_with_maximal_values_do_no_harm() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = part("endless", *protocol);
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, *protocol).timeout(Duration::MAX);
        let handler = handler.interval(Duration::MAX).shutdown_timeout(Duration::MAX);
        set_metric_handlers(handler.build().unwrap()).unwrap();
        interval(&test, 3).unwrap();
        shutdown().unwrap();
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 3);
    }
}

#[test]
#[cfg(feature = "grpc")]
fn the_port_of_the_other_protocol_is_recognized() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let swapped = [
        (Protocol::HttpProtobuf, receiver.grpc_endpoint(), "is this the port for gRPC?"),
        (Protocol::Grpc, receiver.http_endpoint(), "is this the port for HTTP?"),
    ];
    for (protocol, endpoint, said) in swapped {
        let handler = deltas_to(&receiver, protocol).endpoint(endpoint).build().unwrap();
        set_metric_handlers(handler).unwrap();
        let error = interval("swapped", 1).unwrap_err().to_string();
        // The server may also close the connection before the client reads the answer. The two
        // clients have different words for that.
        let is_reset = error.contains("reset by peer") || error.contains("connection reset");
        assert!(error.contains(said) || is_reset, "{error}");
        clear_metric_handlers();
    }
}

#[test]
fn a_flush_ends_in_time_if_the_collector_does_not_answer() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = part("slow", *protocol);
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, *protocol).timeout(Duration::from_millis(300));
        set_metric_handlers(handler.build().unwrap()).unwrap();
        receiver.answer_next(1, Answer::Slow(Duration::from_secs(30)));
        let begin = Instant::now();
        interval(&test, 3).unwrap_err();
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
        receiver.wait_until(SOON, |seen| seen.iter().any(|seen| seen.accepted));
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 3);
        clear_metric_handlers();
    }
}

#[test]
fn a_full_spool_drops_the_oldest_batches_and_counts_them() {
    let _turn = my_turn();
    let dropped = || {
        let snapshot = typed_metrics::snapshot();
        let metric = snapshot.get("typed_metrics.otlp.dropped");
        let series = metric.and_then(|metric| metric.series_with(&[("reason", "spool_full")]));
        series.map_or(0.0, |series| series.value.as_f64())
    };
    let receiver = Receiver::start();
    let before = dropped();
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).spool_limit(6000);
    set_metric_handlers(handler.build().unwrap()).unwrap();
    receiver.stop();
    logged();
    (0..20).for_each(|i| {
        interval("full", 1 << i).unwrap_err();
    });
    let lines = logged();
    let full: Vec<_> = lines.iter().filter(|line| line.contains("is full (6000 bytes)")).collect();
    assert_eq!(full.len(), 1, "{lines:?}");
    receiver.restart();
    // The last batch drops one more, unless others were sent before it.
    let earlier = dropped();
    let flushed = interval("full", 1 << 20);
    assert_eq!(flushed.is_err(), dropped() > earlier, "{flushed:?}");
    if let Err(error) = flushed {
        assert!(error.to_string().contains("the oldest batches are dropped: "), "{error}");
    }
    let got = receiver.totals().int("outage.count", "test=full").cast_unsigned();
    // The newest batches, without a gap.
    let kept = got.count_ones();
    assert_eq!(got, ((1 << 21) - 1) & !((1 << (21 - kept)) - 1), "{got:b}");
    assert!((3..20).contains(&kept), "{kept}");
    // Each batch contained at least the counter and the histogram.
    let lost = dropped() - before;
    assert!(lost >= 2.0 * f64::from(21 - kept), "{lost} with {kept} kept");
    let exported = receiver.totals().int("typed_metrics.otlp.dropped", "reason=spool_full");
    assert!(exported > 0 && exported as f64 <= lost, "{exported} of {lost}");
}

#[test]
fn a_folder_keeps_batches_for_the_next_pipeline() {
    let _turn = my_turn();
    let folder = std::env::temp_dir().join(format!("typed-metrics-outage-{}", std::process::id()));
    let receiver = Receiver::start();
    let pipeline = || {
        let builder = deltas_to(&receiver, Protocol::HttpProtobuf).spool_folder(&folder);
        // A busy disk may take long.
        builder.shutdown_timeout(SOON).build().unwrap()
    };
    receiver.stop();
    set_metric_handlers(pipeline()).unwrap();
    interval("folder", 5).unwrap_err();
    Outage::count("folder").add(6);
    let begin = Instant::now();
    let error = shutdown().unwrap_err().to_string();
    assert!(begin.elapsed() < SOON / 2, "the folder keeps it: {:?}", begin.elapsed());
    assert!(error.contains("in 2 batches wait in `"), "{error}");
    assert!(error.ends_with("` for the next start"), "{error}");

    receiver.restart();
    let next = pipeline();
    receiver.wait_until(SOON, |seen| seen.iter().filter(|seen| seen.accepted).count() == 2);
    assert_eq!(receiver.totals().int("outage.count", "test=folder"), 11);
    drop(next);

    // The shutdown sent all batches: none is left in the folder.
    let next = pipeline();
    set_metric_handlers(next).unwrap();
    Outage::count("folder").add(7);
    shutdown().unwrap();
    // The pipeline ends asynchronously, on its own thread.
    std::thread::sleep(Duration::from_millis(300));
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left, [folder.join("lock")]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_cleared_handler_continues_where_it_stopped_when_it_is_set_again() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let test = part("again", *protocol);
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, *protocol).build().unwrap();
        set_metric_handlers(handler.clone()).unwrap();
        interval(&test, 1).unwrap();
        clear_metric_handlers();
        Outage::count(&test).add(2);
        set_metric_handlers(handler).unwrap();
        interval(&test, 4).unwrap();
        assert_eq!(receiver.totals().int("outage.count", &label(&test)), 7);
        clear_metric_handlers();
    }
}
