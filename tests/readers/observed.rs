//! Callbacks that are called at every collection.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use typed_metrics::{
    DropReason, MetricType, Metrics, Observation, Reader, Value, attributes, record_metric,
};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "observed")]
enum Observed<'a> {
    #[gauge]
    Size { name: &'a str },
    #[gauge(value = u64)]
    Unsigned,
    #[counter]
    Total,
    #[counter(value = f64)]
    Seconds,
    #[up_down_counter]
    Queue { name: &'a str },
    #[up_down_counter(value = f64)]
    Level,
    #[gauge]
    Panicking,
    #[counter]
    Beside,
    #[counter]
    Inside,
    #[gauge]
    Recording,
    #[gauge]
    Snapshotting,
    #[up_down_counter]
    DroppedInside,
    #[up_down_counter]
    DroppedMeanwhile,
    #[gauge]
    GaugeDroppedMeanwhile,
    #[gauge(series_limit = 2)]
    Short { id: u64 },
    #[gauge]
    Found { device: &'a str },
    #[counter]
    Collections,
}

fn value(name: &str, labels: &[(&str, &str)]) -> Option<Value> {
    let snapshot = typed_metrics::snapshot();
    Some(snapshot.get(name).unwrap().series_with(labels)?.value.clone())
}

fn dropped(name: &str) -> Vec<(DropReason, u64)> {
    typed_metrics::snapshot().get(name).unwrap().dropped.clone()
}

#[test]
fn a_gauge_shows_what_its_callback_says_until_the_guard_is_dropped() {
    let _turn = my_turn();
    let size = Arc::new(AtomicU64::new(3));
    let read = Arc::clone(&size);
    let guard = Observed::size("a").observe(move || read.load(Relaxed));
    assert_eq!(value("observed.size", &[("name", "a")]), Some(Value::F64(3.0)));
    size.store(4, Relaxed);
    assert_eq!(value("observed.size", &[("name", "a")]), Some(Value::F64(4.0)));
    drop(guard);
    assert_eq!(value("observed.size", &[("name", "a")]), None);
}

#[test]
fn a_gauge_without_a_value_is_gone_until_it_has_one_again() {
    let _turn = my_turn();
    let size = Arc::new(AtomicI64::new(-1));
    let read = Arc::clone(&size);
    let _guard = Observed::unsigned().observe(move || read.load(Relaxed));
    assert_eq!(value("observed.unsigned", &[]), None);
    size.store(7, Relaxed);
    assert_eq!(value("observed.unsigned", &[]), Some(Value::U64(7)));
    size.store(-7, Relaxed);
    assert_eq!(value("observed.unsigned", &[]), None);
    assert!(dropped("observed.unsigned").iter().any(|(reason, _)| *reason == DropReason::Negative));

    let nan = Arc::new(AtomicBool::new(false));
    let read = Arc::clone(&nan);
    let say = move || if read.load(Relaxed) { f64::NAN } else { 1.0 };
    let _guard = Observed::size("nan").observe(say);
    assert_eq!(value("observed.size", &[("name", "nan")]), Some(Value::F64(1.0)));
    nan.store(true, Relaxed);
    assert_eq!(value("observed.size", &[("name", "nan")]), None);
}

#[test]
fn a_counter_takes_the_differences_of_a_total_that_may_begin_again() {
    let _turn = my_turn();
    let total = Arc::new(AtomicU64::new(10));
    let read = Arc::clone(&total);
    let guard = Observed::total().observe(move || read.load(Relaxed));
    let mut expected = 10;
    assert_eq!(value("observed.total", &[]), Some(Value::U64(expected)));
    for (now, more) in [(10, 0), (15, 5), (4, 4), (6, 2), (0, 0)] {
        total.store(now, Relaxed);
        expected += more;
        assert_eq!(value("observed.total", &[]), Some(Value::U64(expected)), "{now}");
    }
    Observed::total().add(100);
    drop(guard);
    total.store(1000, Relaxed);
    assert_eq!(value("observed.total", &[]), Some(Value::U64(expected + 100)));

    let said = Arc::new(Mutex::new(2.5));
    let read = Arc::clone(&said);
    let _guard = Observed::seconds().observe(move || *read.lock().unwrap());
    for (now, expected) in [(2.5, 2.5), (f64::NAN, 2.5), (-1.0, 2.5), (3.0, 3.0)] {
        *said.lock().unwrap() = now;
        assert_eq!(value("observed.seconds", &[]), Some(Value::F64(expected)), "{now}");
    }
}

#[test]
fn an_up_down_counter_adds_its_observers_up_and_takes_each_back() {
    let _turn = my_turn();
    let guards: Vec<Observation> =
        (1..=3).map(|n| Observed::queue("a").observe(move || n * 10_i64)).collect();
    Observed::queue("a").inc();
    for _ in 0..3 {
        assert_eq!(value("observed.queue", &[("name", "a")]), Some(Value::I64(61)));
    }
    let mut left = 61;
    for (n, guard) in (1..=3).zip(guards) {
        drop(guard);
        left -= 10 * n;
        assert_eq!(value("observed.queue", &[("name", "a")]), Some(Value::I64(left)));
    }
}

#[test]
fn what_makes_no_sense_is_as_if_it_had_not_been_said() {
    let _turn = my_turn();
    let said = Arc::new(Mutex::new(5.0));
    let read = Arc::clone(&said);
    let guard = Observed::level().observe(move || *read.lock().unwrap());
    for (now, expected) in [(5.0, 5.0), (f64::NAN, 5.0), (f64::INFINITY, 5.0), (-3.0, -3.0)] {
        *said.lock().unwrap() = now;
        assert_eq!(value("observed.level", &[]), Some(Value::F64(expected)), "{now}");
    }
    *said.lock().unwrap() = f64::NAN;
    drop(guard);
    assert_eq!(value("observed.level", &[]), Some(Value::F64(0.0)));
    let dropped = dropped("observed.level");
    assert!(matches!(dropped[..], [(DropReason::NotFinite, 2..)]), "{dropped:?}");
}

#[test]
fn a_callback_that_panics_harms_nobody() {
    let _turn = my_turn();
    let panics = Arc::new(AtomicBool::new(true));
    let read = Arc::clone(&panics);
    let _panicking = Observed::panicking().observe(move || {
        assert!(!read.load(Relaxed), "on purpose");
        5
    });
    let _beside = Observed::beside().observe(|| 3_u64);
    assert_eq!(value("observed.panicking", &[]), None);
    assert_eq!(value("observed.beside", &[]), Some(Value::U64(3)));
    let times = dropped("observed.panicking");
    assert!(matches!(times[..], [(DropReason::CallbackPanicked, 1..)]), "{times:?}");
    panics.store(false, Relaxed);
    assert_eq!(value("observed.panicking", &[]), Some(Value::F64(5.0)));
}

#[test]
fn a_callback_records_observes_and_takes_snapshots() {
    let _turn = my_turn();
    let times = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&times);
    let _recording = Observed::recording().observe(move || {
        counted.fetch_add(1, Relaxed);
        Observed::inside().inc();
        let _nested = Observed::size("nested").observe(|| 1);
        1
    });
    let _snapshotting =
        Observed::snapshotting().observe(|| typed_metrics::snapshot().metrics.len() as u64);
    let _ = typed_metrics::snapshot();
    let Some(Value::F64(metrics)) = value("observed.snapshotting", &[]) else { panic!() };
    assert!(metrics >= 10.0);
    let before = times.load(Relaxed);
    let Some(Value::U64(inside)) = value("observed.inside", &[]) else { panic!() };
    assert_eq!(times.load(Relaxed), before + 1);
    // All callbacks run before any value is read.
    assert_eq!(inside, before + 1);
}

#[test]
fn an_observation_that_ends_inside_its_callback_is_taken_back() {
    let _turn = my_turn();
    let slot: Arc<Mutex<Option<Observation>>> = Arc::default();
    let inside = Arc::clone(&slot);
    let guard = Observed::dropped_inside().observe(move || {
        drop(inside.lock().unwrap().take());
        7_i64
    });
    *slot.lock().unwrap() = Some(guard);
    let _ = typed_metrics::snapshot();
    for _ in 0..3 {
        assert_eq!(value("observed.dropped_inside", &[]), Some(Value::I64(0)));
    }
}

#[test]
fn an_observation_that_ends_while_another_thread_collects_is_taken_back() {
    let _turn = my_turn();
    let at_callback = Arc::new((Barrier::new(2), Barrier::new(2), AtomicBool::new(true)));
    let wait = |at: &(Barrier, Barrier, AtomicBool), here: thread::ThreadId| {
        // Waits only once, and only in the collection of the thread `here`.
        if thread::current().id() == here && at.2.swap(false, Relaxed) {
            at.0.wait();
            at.1.wait();
        }
    };
    let (send, receive) = std::sync::mpsc::channel::<thread::ThreadId>();
    let collector = thread::spawn({
        let (send_guards, guards) = std::sync::mpsc::channel();
        let at = Arc::clone(&at_callback);
        thread::spawn(move || {
            let here = receive.recv().unwrap();
            let (first, second) = (Arc::clone(&at), Arc::clone(&at));
            let level = Observed::dropped_meanwhile().observe(move || {
                wait(&first, here);
                7_i64
            });
            let gauge = Observed::gauge_dropped_meanwhile().observe(move || {
                let _ = &second;
                7
            });
            send_guards.send(()).unwrap();
            at.0.wait();
            // The callback of `level` is running now.
            drop(level);
            at.1.wait();
            drop(gauge);
        });
        move || {
            send.send(thread::current().id()).unwrap();
            guards.recv().unwrap();
            let _ = typed_metrics::snapshot();
        }
    });
    collector.join().unwrap();
    for _ in 0..3 {
        assert_eq!(value("observed.dropped_meanwhile", &[]), Some(Value::I64(0)));
    }
}

#[test]
fn observed_series_that_come_and_go_make_room() {
    let _turn = my_turn();
    for id in 0..100 {
        let _guard = Observed::short(id).observe(move || id);
        let labels = [("id", &*id.to_string())];
        assert_eq!(value("observed.short", &labels), Some(Value::F64(id as f64)));
    }
    let snapshot = typed_metrics::snapshot();
    let short = snapshot.get("observed.short").unwrap();
    assert!(short.series.is_empty(), "{:?}", short.series);
    assert!(short.dropped.is_empty());
}

#[test]
fn what_is_recorded_at_a_collection_is_in_it() {
    let _turn = my_turn();
    let device = Arc::new(Mutex::new("sda"));
    let read = Arc::clone(&device);
    let guard = typed_metrics::observe(move || {
        Observed::collections().inc();
        Observed::found(*read.lock().unwrap()).set(1);
        // The first measurement registers this metric.
        record_metric("observed.late", 2, MetricType::Gauge, attributes!()).unwrap();
        // A collection inside the callback does not call the callback again.
        let _ = typed_metrics::snapshot();
    });
    let snapshot = typed_metrics::snapshot();
    assert_eq!(snapshot.get("observed.collections").unwrap().series[0].value, Value::U64(1));
    assert_eq!(snapshot.get("observed.late").unwrap().series[0].value, Value::F64(2.0));
    assert_eq!(value("observed.found", &[("device", "sdb")]), None);

    *device.lock().unwrap() = "sdb";
    let changes =
        typed_metrics::ChangeReader::new().changes(|metric| metric.name() == "observed.found");
    let [found] = &*changes.metrics else { panic!("{changes:?}") };
    assert_eq!(found.series.len(), 2);

    let [before, after] = [(), ()].map(|()| value("observed.collections", &[]));
    assert_eq!((before, after), (Some(Value::U64(4)), Some(Value::U64(5))));
    drop(guard);
    assert_eq!(value("observed.collections", &[]), Some(Value::U64(5)));
    assert_eq!(value("observed.found", &[("device", "sdb")]), Some(Value::F64(1.0)));
    Observed::found("sda").remove();
    Observed::found("sdb").remove();
}

#[test]
fn what_is_recorded_at_a_collection_belongs_to_no_capture() {
    let _turn = my_turn();
    let _guard = typed_metrics::observe(|| Observed::found("captured").set(1));
    let seen = typed_metrics::testing::capture(|| typed_metrics::snapshot().metrics.len());
    assert_eq!(seen.gauge(Observed::Found { device: "captured" }), None);
    assert_eq!(value("observed.found", &[("device", "captured")]), Some(Value::F64(1.0)));
    Observed::found("captured").remove();
}

#[test]
fn a_collection_does_not_go_past_a_callback_that_records_for_another() {
    let _turn = my_turn();
    let both = Arc::new(Barrier::new(2));
    let wait = Arc::clone(&both);
    let main = thread::current().id();
    let other = Arc::new(Mutex::new(None));
    let is_other = Arc::clone(&other);
    let _guard = typed_metrics::observe(move || {
        let here = thread::current().id();
        if here == main || *is_other.lock().unwrap() == Some(here) {
            wait.wait();
        }
    });
    // This ends only if both threads call the callback at the same time.
    let thread = thread::spawn(move || {
        *other.lock().unwrap() = Some(thread::current().id());
        let _ = typed_metrics::snapshot();
    });
    let _ = typed_metrics::snapshot();
    thread.join().unwrap();
}

#[test]
fn a_callback_of_all_collections_that_panics_harms_nobody() {
    let _turn = my_turn();
    let _panicking = typed_metrics::observe(|| panic!("on purpose"));
    let _beside = typed_metrics::observe(|| Observed::found("beside a panic").set(1));
    let labels = [("device", "beside a panic")];
    for _ in 0..2 {
        assert_eq!(value("observed.found", &labels), Some(Value::F64(1.0)));
        Observed::found("beside a panic").remove();
    }
}
