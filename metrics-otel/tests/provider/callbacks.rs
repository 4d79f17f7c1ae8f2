//! Recording, registering, panicking and waiting inside callbacks.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::Temporality::Cumulative;
use typed_metrics::{
    Metric, MetricType, attributes, record_metric, register_metric, set_metric_handlers,
};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::OtelHandler;
use typed_metrics_receiver::provider::{Point, provider};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "callback")]
enum Callback<'a> {
    #[counter]
    First { key: &'a str },
    #[gauge]
    Good,
    #[gauge]
    Bad,
    #[counter]
    Count,
    #[gauge]
    Flushing,
    #[gauge]
    Clearing,
}

/// Fails after a time limit instead of hanging.
fn in_time<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> R {
    let (send, receive) = mpsc::channel();
    let worker = thread::spawn(move || send.send(run()));
    let result = receive.recv_timeout(Duration::from_secs(20)).expect("no deadlock");
    worker.join().unwrap().unwrap();
    result
}

#[test]
fn a_metric_that_is_first_recorded_inside_a_callback_of_opentelemetry_is_exported() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    let _observed = provider
        .meter("theirs")
        .u64_observable_gauge("their.gauge")
        .with_callback(|_| {
            Callback::first("inside").inc();
            record_metric("born_inside", 1, MetricType::Counter, attributes!()).unwrap();
        })
        .build();
    in_time(move || {
        let _ = collector.export();
        let export = collector.export();
        assert_eq!(export.point("callback.first", "key=inside"), &Point::U64(1));
        // The instrument was built right after that collection, and no value is lost.
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut export = collector.export();
        while export.has_no("born_inside") {
            assert!(Instant::now() < deadline);
            export = collector.export();
        }
        let Point::F64(born) = *export.point("born_inside", "") else { panic!() };
        let recorded = typed_metrics::snapshot();
        let recorded = recorded.get("born_inside").unwrap().series[0].value.as_f64();
        // The callback runs after the pump.
        assert!((recorded - born).abs() <= 1.0, "{born} of {recorded}");
    });
}

#[test]
fn a_metric_that_is_registered_inside_an_observation_is_exported() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let _observation = Callback::good().observe(|| {
        record_metric("born_in_ours", 2, MetricType::Gauge, attributes!()).unwrap();
        7.0
    });
    in_time(move || {
        assert_eq!(collector.export().point("callback.good", ""), &Point::F64(7.0));
        let deadline = Instant::now() + Duration::from_secs(10);
        while collector.export().has_no("born_in_ours") {
            assert!(Instant::now() < deadline);
        }
    });
}

#[test]
fn a_callback_that_panics_loses_only_its_own_value() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let panics = Arc::new(AtomicBool::new(true));
    let does = Arc::clone(&panics);
    let _bad = Callback::bad().observe(move || {
        assert!(!does.load(Relaxed), "as it is meant to");
        3.0
    });
    let _good = Callback::good().observe(|| 4.0);
    for n in 1..=3 {
        Callback::count().inc();
        let export = collector.export();
        assert_eq!(export.point("callback.count", ""), &Point::U64(n));
        assert_eq!(export.point("callback.good", ""), &Point::F64(4.0));
        assert!(export.has_no("callback.bad"));
    }
    panics.store(false, Relaxed);
    assert_eq!(collector.export().point("callback.bad", ""), &Point::F64(3.0));
}

#[test]
fn registering_does_not_wait_for_a_slow_collection_and_loses_nothing() {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let _slow = provider
        .meter("theirs")
        .u64_observable_gauge("their.slow")
        .with_callback(move |_| {
            STARTED.fetch_add(1, Relaxed);
            let _ = wait.lock().unwrap().recv_timeout(Duration::from_secs(10));
        })
        .build();
    thread::scope(|scope| {
        let collecting = scope.spawn(|| collector.export());
        while STARTED.load(Relaxed) == 0 {
            thread::yield_now();
        }
        let began = Instant::now();
        for i in 0..50_u32 {
            let name: &'static str = format!("while_slow_{i}").leak();
            let metric = register_metric(name, Metric::counter(name)).unwrap();
            metric.record(i, attributes!()).unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        go_on.send(()).unwrap();
        let _ = collecting.join().unwrap();
    });
    drop(go_on);
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut export = collector.export();
    while export.has_no("while_slow_49") {
        assert!(Instant::now() < deadline);
        export = collector.export();
    }
    assert_eq!(export.point("while_slow_49", ""), &Point::F64(49.0));
}

#[test]
fn flushing_inside_an_observation_is_an_error_instead_of_a_deadlock() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let _observation = Callback::flushing().observe(|| match typed_metrics::flush() {
        Ok(()) => 0.0,
        Err(_) => 1.0,
    });
    in_time(move || {
        assert_eq!(collector.export().point("callback.flushing", ""), &Point::F64(1.0));
    });
}

#[test]
fn clearing_inside_an_observation_ends_the_export() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    let _observation = Callback::clearing().observe(move || {
        typed_metrics::clear_metric_handlers();
        assert!(set_metric_handlers(OtelHandler::new(provider.clone())).is_err());
        1.0
    });
    in_time(move || {
        assert!(collector.export().has_no("callback.clearing"));
        assert!(collector.export().has_no("callback.clearing"));
    });
}
