//! Observable instruments: callbacks run at the beginning of each collection.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use typed_metrics::{ChangeReader, DropReason, Reader, Value, snapshot};
use typed_metrics_turn::my_turn;

use crate::read::{collect, dropped, meter, metric, read};

fn key(value: &'static str) -> [KeyValue; 2] {
    [KeyValue::new("z", 1), KeyValue::new("key", value)]
}

fn labels(value: &str) -> String {
    format!("key={value} z=1")
}

#[test]
fn each_instrument_shows_what_its_callback_observes() {
    let _turn = my_turn();
    const SCOPE: &str = "observed";
    let meter = meter(SCOPE);
    let _ = meter.u64_observable_counter("a").with_callback(|o| o.observe(u64::MAX, &[])).build();
    let _ = meter.f64_observable_counter("b").with_callback(|o| o.observe(0.5, &[])).build();
    let level = meter.i64_observable_up_down_counter("c");
    let _ = level.with_callback(|o| o.observe(-3, &[])).build();
    let level = meter.f64_observable_up_down_counter("d");
    let _ = level.with_callback(|o| o.observe(-0.5, &[])).build();
    let _ = meter.u64_observable_gauge("e").with_callback(|o| o.observe(7, &[])).build();
    let _ = meter.i64_observable_gauge("f").with_callback(|o| o.observe(i64::MIN, &[])).build();
    let _ = meter.f64_observable_gauge("g").with_callback(|o| o.observe(1.5, &[])).build();
    let expected = [
        ("a", Value::U64(u64::MAX)),
        ("b", Value::F64(0.5)),
        ("c", Value::I64(-3)),
        ("d", Value::F64(-0.5)),
        ("e", Value::U64(7)),
        ("f", Value::I64(i64::MIN)),
        ("g", Value::F64(1.5)),
    ];
    // The values are totals: a second collection adds nothing.
    for _ in 0..2 {
        for (name, value) in &expected {
            assert_eq!(read(SCOPE, name), [(String::new(), value.clone())], "{name}");
        }
    }
}

#[test]
fn the_last_value_of_a_series_counts_and_an_instrument_has_many_callbacks() {
    let _turn = my_turn();
    const SCOPE: &str = "callbacks";
    let make = || {
        let meter = meter(SCOPE);
        let counter = meter.u64_observable_counter("c");
        let counter = counter.with_callback(|o| {
            o.observe(1, &key("a"));
            o.observe(2, &key("a"));
            o.observe(5, &[KeyValue::new("key", "b"), KeyValue::new("z", 1)]);
        });
        let _ = counter.with_callback(|o| o.observe(9, &key("c"))).build();
    };
    make();
    make();
    for _ in 0..2 {
        let expected = [("a", 2), ("b", 5), ("c", 9)].map(|(k, v)| (labels(k), Value::U64(v)));
        assert_eq!(read(SCOPE, "c"), expected);
    }
}

#[test]
fn each_reader_sees_the_difference_since_its_last_collection() {
    const SCOPE: &str = "difference";
    let _turn = my_turn();
    static TOTAL: AtomicU64 = AtomicU64::new(10);
    let meter = meter(SCOPE);
    let counter = meter.u64_observable_counter("c");
    let _ = counter.with_callback(|o| o.observe(TOTAL.load(Relaxed), &key("a"))).build();
    let [often, seldom] = [(); 2].map(|()| ChangeReader::new());
    let change = |reader: &ChangeReader| {
        let is_meant = |metric: &typed_metrics::Descriptor| {
            metric.scope().is_some_and(|scope| scope.name() == SCOPE)
        };
        let changes = reader.changes(is_meant);
        changes.metrics.first().map(|metric| metric.series[0].value.clone())
    };
    assert_eq!(change(&often), Some(Value::U64(10)));
    TOTAL.store(13, Relaxed);
    assert_eq!(change(&often), Some(Value::U64(3)));
    assert_eq!(change(&often), None);
    assert_eq!(change(&seldom), Some(Value::U64(13)));
    // A total that fell has restarted from zero.
    TOTAL.store(4, Relaxed);
    assert_eq!(change(&often), Some(Value::U64(4)));
    assert_eq!(read(SCOPE, "c"), [(labels("a"), Value::U64(17))]);
}

#[test]
fn a_series_that_is_not_observed_any_more_disappears_and_may_come_back() {
    const SCOPE: &str = "gone";
    let _turn = my_turn();
    static KEYS: Mutex<&[&str]> = Mutex::new(&[]);
    fn keys() -> &'static [&'static str] {
        *KEYS.lock().unwrap()
    }
    let meter = meter(SCOPE);
    let counter = meter.u64_observable_counter("counter");
    let _ = counter.with_callback(|o| keys().iter().for_each(|k| o.observe(5, &key(k)))).build();
    let level = meter.i64_observable_up_down_counter("level");
    let _ = level.with_callback(|o| keys().iter().for_each(|k| o.observe(-5, &key(k)))).build();
    let gauge = meter.f64_observable_gauge("gauge");
    let _ = gauge.with_callback(|o| keys().iter().for_each(|k| o.observe(0.5, &key(k)))).build();
    let reader = Reader::new();
    for shown in [&["a", "b"][..], &["b"], &[], &["a"], &["a", "b"]] {
        *KEYS.lock().unwrap() = shown;
        let expected = |value: Value| -> Vec<_> {
            shown.iter().map(|key| (labels(key), value.clone())).collect()
        };
        assert_eq!(collect(&reader, SCOPE, "counter"), expected(Value::U64(5)));
        assert_eq!(collect(&reader, SCOPE, "level"), expected(Value::I64(-5)));
        assert_eq!(collect(&reader, SCOPE, "gauge"), expected(Value::F64(0.5)));
    }
}

#[test]
fn a_callback_may_panic() {
    const SCOPE: &str = "panic";
    let _turn = my_turn();
    static PANICS: AtomicBool = AtomicBool::new(false);
    let meter = meter(SCOPE);
    let counter = meter.u64_observable_counter("counter");
    let counter = counter.with_callback(|o| {
        o.observe(1, &key("before"));
        assert!(!PANICS.load(Relaxed), "on purpose");
        o.observe(2, &key("after"));
    });
    let _ = counter.with_callback(|o| o.observe(3, &key("other"))).build();
    let gauge = meter.f64_observable_gauge("gauge");
    let gauge = gauge.with_callback(|o| {
        o.observe(1.0, &key("before"));
        assert!(!PANICS.load(Relaxed), "on purpose");
        o.observe(2.0, &key("after"));
    });
    let _ = gauge.build();
    for panics in [false, true, false] {
        PANICS.store(panics, Relaxed);
        let totals = [("after", 2), ("before", 1), ("other", 3)];
        let totals = totals.map(|(key, total)| (labels(key), Value::U64(total)));
        assert_eq!(read(SCOPE, "counter"), totals, "a total stays");
        let names: Vec<_> = read(SCOPE, "gauge").into_iter().map(|(labels, _)| labels).collect();
        // A value that was not observed would look like a current one.
        let expected =
            if panics { vec![labels("before")] } else { ["after", "before"].map(labels).to_vec() };
        assert_eq!(names, expected);
    }
    assert!(dropped(SCOPE, "counter", DropReason::CallbackPanicked) > 0);
    assert!(dropped(SCOPE, "gauge", DropReason::CallbackPanicked) > 0);
}

#[test]
fn values_that_cannot_be_observed_are_dropped_and_counted() {
    let _turn = my_turn();
    const SCOPE: &str = "invalid observed";
    let meter = meter(SCOPE);
    let counter = meter.f64_observable_counter("c");
    let counter = counter.with_callback(|o| {
        o.observe(2.0, &[]);
        [f64::NAN, f64::INFINITY, -1.0].into_iter().for_each(|value| o.observe(value, &[]));
    });
    let _ = counter.build();
    assert_eq!(read(SCOPE, "c"), [(String::new(), Value::F64(2.0))]);
    assert!(dropped(SCOPE, "c", DropReason::NotFinite) >= 2);
    assert!(dropped(SCOPE, "c", DropReason::Negative) >= 1);
}

#[test]
fn a_callback_may_make_instruments_record_and_read() {
    let _turn = my_turn();
    const SCOPE: &str = "inside";
    let meter_inside = meter(SCOPE);
    let outer = meter(SCOPE);
    let gauge = outer.i64_observable_gauge("outer");
    let gauge = gauge.with_callback(move |o| {
        meter_inside.u64_counter("inner").build().add(1, &key("x"));
        let inner = meter_inside.u64_observable_gauge("inner.observed");
        let _ = inner.with_callback(|o| o.observe(5, &[])).build();
        // Runs no callbacks again.
        let _ = snapshot();
        o.observe(1, &[]);
    });
    let _ = gauge.build();
    let _ = snapshot();
    assert_eq!(read(SCOPE, "outer"), [(String::new(), Value::I64(1))]);
    assert!(read(SCOPE, "inner")[0].1.as_f64() >= 1.0);
    assert_eq!(read(SCOPE, "inner.observed"), [(String::new(), Value::U64(5))]);
}

#[test]
fn collections_of_many_threads_at_once_count_nothing_twice() {
    let _turn = my_turn();
    const SCOPE: &str = "at once";
    static TOTAL: AtomicU64 = AtomicU64::new(0);
    static LEVEL: AtomicI64 = AtomicI64::new(0);
    let meter = meter(SCOPE);
    let counter = meter.u64_observable_counter("counter");
    let counter = counter.with_callback(|o| {
        let total = TOTAL.load(Relaxed);
        thread::sleep(Duration::from_micros(200));
        o.observe(total, &key("a"));
    });
    let _ = counter.build();
    let level = meter.i64_observable_up_down_counter("level");
    let _ = level.with_callback(|o| o.observe(LEVEL.load(Relaxed), &key("a"))).build();
    let barrier = Arc::new(Barrier::new(4));
    thread::scope(|scope| {
        for thread in 0..4 {
            let barrier = Arc::clone(&barrier);
            scope.spawn(move || {
                barrier.wait();
                for _ in 0..100 {
                    TOTAL.fetch_add(1, Relaxed);
                    LEVEL.fetch_add(if thread % 2 == 0 { 3 } else { -2 }, Relaxed);
                    let _ = snapshot();
                }
            });
        }
    });
    assert_eq!(read(SCOPE, "counter"), [(labels("a"), Value::U64(400))]);
    assert_eq!(read(SCOPE, "level"), [(labels("a"), Value::I64(200))]);
}

#[test]
fn totals_beyond_the_series_limit_are_added_up() {
    let _turn = my_turn();
    use typed_metrics::{Override, override_metric};

    const SCOPE: &str = "observed limit";
    override_metric("observed.limited", Override::new().series_limit(2)).unwrap();
    static TOTAL: AtomicU64 = AtomicU64::new(1);
    let meter = meter(SCOPE);
    let counter = meter.u64_observable_counter("observed.limited");
    let counter = counter.with_callback(|o| {
        (0..5).for_each(|id| o.observe(TOTAL.load(Relaxed), &[KeyValue::new("id", id)]));
    });
    let _ = counter.build();
    for total in 1..4 {
        TOTAL.store(total, Relaxed);
        let values: Vec<_> = read(SCOPE, "observed.limited");
        let expected = [("id=0", 1), ("id=1", 1), ("otel.metric.overflow=true", 3)];
        let expected = expected.map(|(labels, many)| (labels.to_owned(), Value::U64(many * total)));
        assert_eq!(values, expected);
    }
    assert!(metric(SCOPE, "observed.limited").descriptor.series_limit() == 2);
}
