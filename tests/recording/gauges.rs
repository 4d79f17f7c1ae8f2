//! The operations of gauges that depend on the value before.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use typed_metrics::testing::{Scope, capture};
use typed_metrics::{
    DropReason, Label, Metric, Metrics, Value, ValueType, attributes, register_metric, snapshot,
};

#[derive(Debug, Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "gauges")]
enum Gauges<'a> {
    #[gauge]
    Level { side: Side },
    #[gauge(value = i64)]
    OpenLevel { name: &'a str },
    #[gauge(value = u64)]
    Size,
    #[gauge(value = i64)]
    Balance,
    #[gauge]
    Weight,
    #[gauge(unit = "ms")]
    Waiting,
    #[gauge]
    Captured,
    #[gauge(unit = "s")]
    StartedExactly,
    #[gauge(unit = "s", value = u64)]
    Started,
    #[gauge(unit = "d", value = i64)]
    StartedDay,
    #[gauge(value = i64, series_limit = 1)]
    Narrow { id: u32 },
}

fn values(name: &str) -> Vec<(String, Value)> {
    let snapshot = snapshot();
    let metric = snapshot.get(name).unwrap();
    metric.series.iter().map(|s| (s.labels.to_string(), s.value.clone())).collect()
}

fn value(name: &str) -> Value {
    values(name)[0].1.clone()
}

fn dropped(name: &str) -> Vec<(DropReason, u64)> {
    snapshot().get(name).unwrap().dropped.clone()
}

#[test]
fn amounts_are_added_from_zero_and_limits_are_values() {
    let [left, right] = [Side::Left, Side::Right].map(Gauges::level);
    left.inc();
    left.add(2.5);
    left.sub(1);
    left.dec();
    assert_eq!(values("gauges.level"), [("side=left".to_owned(), Value::F64(1.5))]);
    right.set_max(-3);
    right.set_max(-7);
    right.set_max(-2_i8);
    right.set_min(4_u64);
    assert_eq!(values("gauges.level")[1].1, Value::F64(-2.0));
    right.set_min(-2.5);
    assert_eq!(values("gauges.level")[1].1, Value::F64(-2.5));
    assert_eq!(dropped("gauges.level"), []);
}

#[test]
fn a_gauge_of_integers_stops_at_its_limits_and_counts_it() {
    Gauges::size().set(2);
    Gauges::size().sub(3);
    assert_eq!(value("gauges.size"), Value::U64(0));
    Gauges::size().add(-1);
    Gauges::size().set_max(-1);
    Gauges::size().add(u64::MAX);
    Gauges::size().inc();
    assert_eq!(value("gauges.size"), Value::U64(u64::MAX));
    Gauges::size().sub(-1);
    Gauges::size().add(-1);
    assert_eq!(value("gauges.size"), Value::U64(u64::MAX - 1));
    assert_eq!(dropped("gauges.size"), [(DropReason::Negative, 3), (DropReason::WrongType, 2)]);

    Gauges::balance().add(u64::MAX);
    Gauges::balance().inc();
    assert_eq!(value("gauges.balance"), Value::I64(i64::MAX));
    Gauges::balance().sub(u64::MAX);
    assert_eq!(value("gauges.balance"), Value::I64(i64::MIN));
    Gauges::balance().dec();
    Gauges::balance().add(5_usize);
    assert_eq!(value("gauges.balance"), Value::I64(i64::MIN + 5));
    assert_eq!(dropped("gauges.balance"), [(DropReason::WrongType, 3)]);

    Gauges::weight().add(f64::MAX);
    Gauges::weight().add(f64::MAX);
    Gauges::weight().add(f64::NAN);
    Gauges::weight().set_max(f64::INFINITY);
    assert_eq!(value("gauges.weight"), Value::F64(f64::MAX));
    assert_eq!(dropped("gauges.weight"), [(DropReason::NotFinite, 3)]);
}

#[test]
fn durations_are_added_in_the_unit_of_the_gauge() {
    Gauges::waiting().add(Duration::from_secs(2));
    Gauges::waiting().sub(Duration::from_micros(500));
    Gauges::waiting().set_min(Duration::from_secs(3));
    assert_eq!(value("gauges.waiting"), Value::F64(1_999.5));
}

#[test]
fn threads_add_exactly() {
    const THREADS: u8 = 4;
    const EACH: u32 = 20_000;
    let start = Barrier::new(THREADS.into());
    let add = || {
        let open = Gauges::open_level("exact");
        start.wait();
        for _ in 0..EACH {
            Gauges::open_level("exact").inc();
            open.add(2);
            Gauges::captured().add(0.5);
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(add))));
    let all = i64::from(EACH) * i64::from(THREADS);
    let exact = values("gauges.open_level").into_iter().find(|(name, _)| name == "name=exact");
    assert_eq!(exact.unwrap().1, Value::I64(3 * all));
    assert_eq!(value("gauges.captured"), Value::F64(all as f64 / 2.0));
}

#[test]
fn a_removed_gauge_begins_at_zero() {
    let handle = Gauges::open_level("removed");
    let found = || values("gauges.open_level").into_iter().find(|(name, _)| name == "name=removed");
    for _ in 0..3 {
        handle.add(10);
        Gauges::open_level("removed").sub(3);
        assert_eq!(found().unwrap().1, Value::I64(7));
        handle.remove();
        assert_eq!(found(), None);
    }
}

/// Threads add while another thread removes: a removal forgets all that was added before.
#[test]
fn what_was_added_before_a_removal_does_not_come_back() {
    const EACH: i64 = 5_000;
    let level = Gauges::open_level("racing");
    let found = || {
        let all = values("gauges.open_level");
        all.into_iter().find(|(name, _)| name == "name=racing").map(|(_, value)| value.as_f64())
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..EACH).for_each(|_| level.inc()));
        }
        for _ in 0..300 {
            // More than all threads add, so it would show if it came back.
            level.add(1_000_000_000_i64);
            level.remove();
            assert!(found().unwrap_or(0.0) <= 3.0 * EACH as f64);
        }
    });
    level.remove();
    level.inc();
    assert_eq!(found(), Some(1.0));
}

#[test]
fn over_the_series_limit_amounts_are_added_in_the_overflow_series() {
    for id in 0..4 {
        Gauges::narrow(id).add(i64::from(id));
    }
    let overflow = values("gauges.narrow").into_iter().find(|(name, _)| name.contains("overflow"));
    assert_eq!(overflow.unwrap().1, Value::I64(1 + 2 + 3));
}

/// A capture has a value of its own, which begins without a value.
#[test]
fn a_capture_sees_what_was_added_inside() {
    let level = Gauges::open_level("captured");
    level.set(100);
    let variant = || Gauges::OpenLevel { name: "captured" };
    let outer = capture(|| {
        level.inc();
        let inner = capture(|| {
            level.add(5);
            let scope = Scope::current();
            thread::scope(|threads| {
                threads.spawn(|| scope.enter(|| level.sub(2)));
                threads.spawn(|| level.add(1_000));
            });
        });
        assert_eq!(inner.gauge(variant()), Some(3.0));
        level.set_max(2);
    });
    assert_eq!(outer.gauge(variant()), Some(4.0));
    let limit = capture(|| level.set_max(7));
    assert_eq!(limit.gauge(variant()), Some(7.0));
    let after_set = capture(|| {
        level.set(10);
        level.dec();
    });
    assert_eq!(after_set.gauge(variant()), Some(9.0));
    let found = values("gauges.open_level").into_iter().find(|(name, _)| name == "name=captured");
    assert_eq!(found.unwrap().1, Value::I64(9));
}

#[test]
fn the_time_of_day_is_set_in_the_unit_of_the_gauge() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let before = now();
    Gauges::started_exactly().set_to_now();
    Gauges::started().set_to_now();
    Gauges::started_day().set_to_now();
    let after = now();
    let exactly = value("gauges.started_exactly").as_f64();
    assert!((before.as_secs_f64() - 1e-3..=after.as_secs_f64() + 1e-3).contains(&exactly));
    let Value::U64(started) = value("gauges.started") else { panic!() };
    assert!((before.as_secs()..=after.as_secs()).contains(&started));
    let day = value("gauges.started_day").as_f64();
    let days = |time: Duration| (time.as_secs_f64() / 86_400.0).floor();
    assert!((days(before)..=days(after)).contains(&day));
}

#[test]
fn a_gauge_of_run_time_has_the_same_operations() {
    let gauge = Metric::gauge("gauges.run_time").unit("s").value_type(ValueType::I64);
    let gauge = register_metric("gauges.run_time", gauge).unwrap();
    let at = || attributes!("at" => "door");
    gauge.add(5, at()).unwrap();
    gauge.sub(Duration::from_millis(1_700), at()).unwrap();
    gauge.inc(at()).unwrap();
    gauge.dec(at()).unwrap();
    assert_eq!(value("gauges.run_time"), Value::I64(3));
    gauge.set_max(7, at()).unwrap();
    gauge.set_min(4, at()).unwrap();
    assert_eq!(value("gauges.run_time"), Value::I64(4));
    assert_eq!(
        gauge.add(0.5, at()).unwrap_err().to_string(),
        "metric `gauges.run_time`: 0.5 is not a value of type i64; convert it, or register the \
         metric with values of f64, the default"
    );
    gauge.add(u64::MAX, at()).unwrap();
    assert_eq!(value("gauges.run_time"), Value::I64(i64::MAX));
    assert_eq!(dropped("gauges.run_time"), [(DropReason::WrongType, 2)]);
    gauge.set_to_now(at()).unwrap();
    assert!(value("gauges.run_time").as_f64() > 1.7e9);
    assert_eq!(values("gauges.run_time").len(), 1);

    let size = register_metric("gauges.by", Metric::gauge("gauges.by").unit("By")).unwrap();
    assert!(size.set_to_now(at()).unwrap_err().to_string().contains("is not a unit of time"));
    let count = register_metric("gauges.count", Metric::counter("gauges.count")).unwrap();
    for error in [count.add(1, at()), count.set_max(1, at()), count.set_to_now(at())] {
        assert!(error.unwrap_err().to_string().contains("it is registered as a counter"));
    }
}
