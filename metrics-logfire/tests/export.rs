//! The requests to a receiver in Logfire's place, and the messages if it refuses them.

extern crate typed_metrics_core as typed_metrics;

use std::time::Duration;

use typed_metrics::{
    HandlerError, MetricHandler, clear_metric_handlers, flush, set_metric_handlers, shutdown,
    snapshot,
};
use typed_metrics_derive::Metrics;
use typed_metrics_logfire::{LogfireBuilder, LogfireHandler};
use typed_metrics_receiver::{Answer, Receiver, Totals};
use typed_metrics_system::Set;
use typed_metrics_turn::{logged, my_turn};

const TOKEN: &str = "pylf_v1_eu_s3cretOfTheTest";

#[derive(Metrics)]
#[metrics(prefix = "fire")]
enum Fire<'a> {
    #[counter]
    Count { test: &'a str },
    #[histogram(unit = "ms", buckets = [1, 10, 100])]
    Duration { test: &'a str },
    #[up_down_counter]
    Level { test: &'a str },
    #[gauge]
    Gauge { test: &'a str },
}

/// A handler that sends to the receiver when it is flushed.
fn to(receiver: &Receiver) -> LogfireBuilder {
    let builder = LogfireHandler::builder().token(TOKEN).base_url(receiver.http_endpoint());
    let builder = builder.interval(Duration::from_secs(3600));
    builder.shutdown_timeout(Duration::from_secs(1)).without_system_metrics()
}

fn interval(test: &str, count: u64) -> Result<(), typed_metrics::Error> {
    Fire::count(test).add(count);
    Fire::duration(test).record(count as f64);
    flush()
}

#[test]
fn requests_have_the_form_that_logfire_accepts() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    set_metric_handlers(to(&receiver).build().unwrap()).unwrap();
    interval("request", 1).unwrap();
    let seen = &receiver.requests()[0];
    assert_eq!(seen.path, "/v1/metrics");
    assert_eq!(seen.encoding, "gzip");
    assert_eq!(seen.header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert_eq!(seen.header("content-type"), Some("application/x-protobuf"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(seen.header("user-agent"), Some(&*format!("typed-metrics-logfire/{version}")));
}

#[test]
fn only_counters_and_histograms_are_differences() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    set_metric_handlers(to(&receiver).build().unwrap()).unwrap();
    for n in [3, 4] {
        Fire::level("kinds").add(n);
        Fire::gauge("kinds").set(n);
        interval("kinds", 5).unwrap();
    }
    let second = Totals::of(&receiver.requests()[1..]);
    let of = |name: &str| second.metric(name).kind.clone();
    assert_eq!(of("fire.count"), "counter delta");
    assert_eq!(second.int("fire.count", "test=kinds"), 5);
    assert_eq!(of("fire.duration"), "histogram delta");
    assert_eq!(second.count("fire.duration", "test=kinds"), 1);
    assert_eq!(of("fire.level"), "up_down_counter cumulative");
    assert_eq!(second.int("fire.level", "test=kinds"), 7);
    assert_eq!(of("fire.gauge"), "gauge");
    assert_eq!(second.double("fire.gauge", "test=kinds"), 4.0);
}

#[test]
fn code_sets_the_attributes_of_the_service() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let handler = to(&receiver).service_name("shop").service_version("1.2").environment("staging");
    set_metric_handlers(handler.resource("team", "red").build().unwrap()).unwrap();
    interval("resource", 1).unwrap();
    let resource = receiver.totals().resource;
    let expected = [
        ("service.name", "shop"),
        ("service.version", "1.2"),
        ("deployment.environment.name", "staging"),
        ("team", "red"),
        ("process.pid", &*std::process::id().to_string()),
    ];
    for (key, value) in expected {
        assert_eq!(resource[key], value, "{key}");
    }
    for key in ["service.instance.id", "host.name", "host.arch", "os.type"] {
        assert!(!resource[key].is_empty(), "{key}");
    }
}

#[test]
fn the_basic_system_metrics_are_sent_by_default() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let handler = LogfireHandler::builder().token(TOKEN).base_url(receiver.http_endpoint());
    set_metric_handlers(handler.build().unwrap()).unwrap();
    // This is long enough for the window of a utilization.
    std::thread::sleep(Duration::from_millis(300));
    flush().unwrap();
    let totals = receiver.totals();
    let share = |name: &str, labels: &str| {
        let value = totals.double(name, labels);
        assert!((0.0..=1.0).contains(&value), "{name}: {value}");
    };
    share("process.cpu.utilization", "");
    share("system.cpu.simple_utilization", "");
    share("system.memory.utilization", "state=available");
    share("system.swap.utilization", "state=used");
    assert!(totals.double("system.cpu.load_average.1m", "") >= 0.0);
    assert!(totals.int("system.process.count", "") >= 1);
    assert_eq!(totals.metric("system.process.count").kind, "up_down_counter cumulative");
    typed_metrics_system::uninstall();
}

#[test]
fn each_of_several_tokens_gets_everything_once() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let tokens = format!("{TOKEN}, pylf_v1_us_another,{TOKEN}");
    let handler = to(&receiver).token(tokens).build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    interval("tokens", 7).unwrap();
    clear_metric_handlers();
    set_metric_handlers(handler).unwrap();
    interval("tokens", 2).unwrap();
    for token in [TOKEN, "pylf_v1_us_another"] {
        let bearer = format!("Bearer {token}");
        let mut seen = receiver.requests();
        seen.retain(|seen| seen.header("authorization") == Some(&*bearer));
        let totals = Totals::of(&seen);
        assert_eq!(totals.int("fire.count", "test=tokens"), 9);
        assert_eq!(totals.count("fire.duration", "test=tokens"), 2);
    }
}

#[test]
fn several_tokens_end_within_the_time_of_one() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let tokens = "pylf_v1_us_1,pylf_v1_us_2,pylf_v1_us_3";
    set_metric_handlers(to(&receiver).token(tokens).build().unwrap()).unwrap();
    receiver.stop();
    let begin = std::time::Instant::now();
    let error = interval("ends", 1).and_then(|()| shutdown()).or_else(|_| shutdown());
    error.unwrap_err();
    let took = begin.elapsed();
    assert!(took < Duration::from_millis(2500), "{took:?}");
}

#[test]
fn errors_of_a_gateway_are_retried() {
    let _turn = my_turn();
    for status in [408, 500, 520] {
        let receiver = Receiver::start();
        set_metric_handlers(to(&receiver).build().unwrap()).unwrap();
        receiver.answer_next(1, Answer::status(status));
        let test = format!("gateway_{status}");
        interval(&test, 2).unwrap_err();
        interval(&test, 3).unwrap();
        assert_eq!(receiver.requests().iter().filter(|seen| seen.accepted).count(), 2, "{status}");
        clear_metric_handlers();
    }
}

#[test]
fn with_several_tokens_each_has_a_spool_of_its_own() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let name = format!("typed-metrics-logfire-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let handler =
        || to(&receiver).token("pylf_v1_us_a,pylf_v1_us_b").spool_folder(&folder).build().unwrap();
    receiver.stop();
    set_metric_handlers(handler()).unwrap();
    interval("spools", 5).unwrap_err();
    shutdown().unwrap_err();
    receiver.restart();
    // Each project gets the batch once, although the tokens are in another order now.
    let next = to(&receiver).token("pylf_v1_us_b,pylf_v1_us_a").spool_folder(&folder);
    let next = next.build().unwrap();
    let soon = Duration::from_secs(10);
    let of = |seen: &[typed_metrics_receiver::Seen], token: &str| {
        let bearer = format!("Bearer {token}");
        let mut seen = seen.to_vec();
        seen.retain(|seen| seen.header("authorization") == Some(&*bearer));
        let totals = Totals::of(&seen);
        totals.metrics.contains_key("fire.count").then(|| totals.int("fire.count", "test=spools"))
    };
    let tokens = ["pylf_v1_us_a", "pylf_v1_us_b"];
    let seen =
        receiver.wait_until(soon, |seen| tokens.iter().all(|token| of(seen, token).is_some()));
    assert_eq!(tokens.map(|token| of(&seen, token)), [Some(5), Some(5)]);
    drop(next);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn three_outages_lose_nothing() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    set_metric_handlers(to(&receiver).build().unwrap()).unwrap();
    let mut sum = 0;
    for outage in 0..3 {
        interval("outage", 1).unwrap();
        receiver.stop();
        logged();
        for n in [10, 20, 30] {
            let error = interval("outage", n).unwrap_err().to_string();
            assert!(error.contains("wait in memory"), "{error}");
        }
        let lines = logged();
        assert_eq!(lines.len(), 1, "outage {outage} is told once: {lines:?}");
        assert!(lines.iter().all(|line| !line.contains("s3cret")), "{lines:?}");
        receiver.restart();
        interval("outage", 100).unwrap();
        sum += 161;
        assert_eq!(receiver.totals().int("fire.count", "test=outage"), sum);
    }
    assert_eq!(receiver.totals().count("fire.duration", "test=outage"), 15);
}

#[test]
fn retryable_failures_are_retried_and_arrive_once() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    set_metric_handlers(to(&receiver).build().unwrap()).unwrap();
    for (i, answer) in
        [Answer::status(503), Answer::status(429), Answer::HangUp].into_iter().enumerate()
    {
        let test = format!("again_{i}");
        receiver.answer_next(1, answer);
        interval(&test, 3).unwrap_err();
        interval(&test, 4).unwrap();
        assert_eq!(receiver.totals().int("fire.count", &format!("test={test}")), 7);
    }
}

#[test]
fn a_refused_token_is_reported_and_never_shown() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let handler = to(&receiver).build().unwrap();
    let debug = format!("{handler:?} {:?}", to(&receiver));
    set_metric_handlers(handler).unwrap();
    logged();
    for status in [401, 403] {
        receiver.answer_next(1, Answer::status(status).body(format!("no such token: {TOKEN}")));
        let error = interval("refused", 1).unwrap_err().to_string();
        let fix = "check the credentials: Logfire does not accept the write token, `token`";
        assert!(error.contains(fix) && error.contains(&status.to_string()), "{error}");
        let lines = logged().join("\n");
        assert!(lines.contains(fix), "{lines}");
        let snapshot = format!("{:?}", snapshot());
        for text in [&error, &lines, &debug, &snapshot] {
            assert!(!text.contains("s3cret"), "{text}");
        }
    }
}

#[test]
fn a_cleared_handler_sends_nothing_more() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let handler = to(&receiver).interval(Duration::from_millis(50)).build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    Fire::level("cleared").add(4);
    interval("cleared", 1).unwrap();
    clear_metric_handlers();
    // The batch of the last collection may still be on its way.
    std::thread::sleep(Duration::from_millis(200));
    let before = receiver.requests().len();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(receiver.requests().len(), before);
    drop(handler);
}

#[test]
fn the_handler_is_named_logfire_and_a_clone_is_the_same_back_end() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let handler = to(&receiver).build().unwrap();
    assert_eq!(handler.name(), "logfire");
    assert_eq!(handler.identity(), handler.clone().identity());
    assert_ne!(handler.identity(), to(&receiver).build().unwrap().identity());
    set_metric_handlers((handler.clone(), handler)).unwrap();
    interval("clones", 1).unwrap();
    interval("clones", 1).unwrap();
    assert_eq!(receiver.totals().int("fire.count", "test=clones"), 2);
    receiver.stop();
    let error = interval("clones", 1).unwrap_err().to_string();
    assert!(error.starts_with("handler `logfire` could not flush: "), "{error}");
}

/// A handler that cannot be installed.
struct Unusable;

impl MetricHandler for Unusable {
    fn install(&self) -> Result<(), HandlerError> {
        Err("the address is taken".into())
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn an_installation_that_is_taken_back_leaves_the_system_metrics_as_they_were() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let installed = || {
        let handler = LogfireHandler::builder().token(TOKEN).base_url(receiver.http_endpoint());
        set_metric_handlers((handler.build().unwrap(), Unusable)).unwrap_err();
        typed_metrics_system::installed()
    };
    assert_eq!(installed(), None);
    let snapshot = snapshot();
    assert!(snapshot.get("system.process.count").unwrap().series.is_empty());
    // The program's own set stays.
    typed_metrics_system::install(Set::Basic).unwrap();
    assert_eq!(installed(), Some(Set::Basic));
    typed_metrics_system::uninstall();
}
