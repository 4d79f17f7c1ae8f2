//! Handlers are installed, replaced, added and removed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use typed_metrics::{
    HandlerError, Metric, MetricHandler, add_metric_handler, attributes, clear_metric_handlers,
    flush, register_metric, set_metric_handlers, shutdown,
};
use typed_metrics_turn::my_turn;

use crate::awkward::Awkward;
use crate::jobs::{Jobs, total};
use crate::probe::{Probe, errors};

#[test]
fn a_handler_is_installed_told_of_every_metric_flushed_and_shut_down() {
    let _turn = my_turn();
    let probe = Probe::new("a");
    set_metric_handlers(Arc::clone(&probe)).unwrap();
    let calls = probe.take();
    assert_eq!(calls[0], "install");
    let mut told: Vec<_> =
        calls[1..].iter().filter_map(|call| call.strip_prefix("register ")).collect();
    told.sort_unstable();
    let all: Vec<_> = typed_metrics::catalog().iter().map(|metric| metric.name()).collect();
    assert_eq!(told, all);
    assert!(told.contains(&"handlers.balance"), "{told:?}");

    flush().unwrap();
    assert_eq!(probe.take(), ["flush"]);
    clear_metric_handlers();
    assert_eq!(probe.take(), ["shutdown"]);
    flush().unwrap();
    assert_eq!(probe.take(), [""; 0]);
}

#[test]
fn set_replaces_and_add_adds() {
    let _turn = my_turn();
    let (a, b, c) = (Probe::new("a"), Probe::new("b"), Probe::new("c"));
    set_metric_handlers(Arc::clone(&a)).unwrap();
    set_metric_handlers(Arc::clone(&b)).unwrap();
    add_metric_handler(Arc::clone(&c)).unwrap();
    flush().unwrap();
    assert_eq!(a.events(), ["install", "shutdown"]);
    assert_eq!(b.events(), ["install", "flush"]);
    assert_eq!(c.events(), ["install", "flush"]);
}

#[test]
fn several_handlers_of_one_or_of_different_types_can_be_set() {
    let _turn = my_turn();
    let (a, b) = (Probe::new("a"), Probe::new("b"));
    set_metric_handlers([Arc::clone(&a), Arc::clone(&b)]).unwrap();
    let memory = typed_metrics::InMemoryHandler::new();
    set_metric_handlers((Arc::clone(&a), memory.clone())).unwrap();
    flush().unwrap();
    assert_eq!(a.events(), ["install", "flush"]);
    assert_eq!(b.events(), ["install", "shutdown"]);
    assert_eq!(memory.snapshots().len(), 1);
}

#[test]
fn one_back_end_given_twice_is_installed_once() {
    let _turn = my_turn();
    let a = Probe::new("a");
    set_metric_handlers([Arc::clone(&a), Arc::clone(&a)]).unwrap();
    add_metric_handler(Arc::clone(&a)).unwrap();
    let memory = typed_metrics::InMemoryHandler::new();
    add_metric_handler(memory.clone()).unwrap();
    add_metric_handler(memory.clone()).unwrap();
    flush().unwrap();
    assert_eq!(a.events(), ["install", "flush"]);
    assert_eq!(memory.snapshots().len(), 1);
}

#[test]
fn a_handler_that_is_set_again_is_kept() {
    let _turn = my_turn();
    let (a, b) = (Probe::new("a"), Probe::new("b"));
    set_metric_handlers(Arc::clone(&a)).unwrap();
    let told = a.take().len();
    assert!(told > 6, "{told}");
    set_metric_handlers([Arc::clone(&b), Arc::clone(&a)]).unwrap();
    assert_eq!(a.take(), [""; 0]);
    // A removed handler is installed like a new one.
    set_metric_handlers(Arc::clone(&b)).unwrap();
    set_metric_handlers(Arc::clone(&a)).unwrap();
    assert_eq!(a.take().len(), told + 1, "shutdown, install, and every metric");
}

#[test]
fn an_error_leaves_everything_as_it_was() {
    let _turn = my_turn();
    let (a, b) = (Probe::new("a"), Probe::new("b"));
    set_metric_handlers(Arc::clone(&a)).unwrap();

    // Names are looked up before anything is installed.
    set_metric_handlers((Arc::clone(&b), "carrier-pigeon")).unwrap_err();
    assert_eq!(b.events(), [""; 0]);
    let failing = Probe::failing("failing", "install");
    let error = set_metric_handlers((Arc::clone(&b), Arc::clone(&failing))).unwrap_err();
    assert_eq!(error.to_string(), "handler `failing` could not be installed: install fails");

    flush().unwrap();
    assert_eq!(a.events(), ["install", "flush"]);
    assert_eq!(b.events(), ["install", "abandon"]);
    assert_eq!(failing.events(), ["install"]);
    assert_eq!(errors(), [""; 0]);

    // A handler that cannot end what it started is reported, and the error stays the same.
    let stubborn = Probe::failing("stubborn", "abandon");
    let again = set_metric_handlers((Arc::clone(&stubborn), failing)).unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    assert_eq!(stubborn.events(), ["install", "abandon"]);
    assert_eq!(errors(), ["handler `stubborn` could not be ended: abandon fails"]);
}

#[test]
fn a_handler_without_abandon_of_its_own_is_shut_down() {
    struct Plain(Arc<Probe>);

    impl MetricHandler for Plain {
        fn flush(&self) -> Result<(), HandlerError> {
            self.0.flush()
        }

        fn shutdown(&self) -> Result<(), HandlerError> {
            self.0.shutdown()
        }
    }

    let _turn = my_turn();
    let probe = Probe::new("plain");
    let failing = Probe::failing("failing", "install");
    set_metric_handlers((Plain(Arc::clone(&probe)), failing)).unwrap_err();
    assert_eq!(probe.events(), ["shutdown"]);
}

#[test]
fn nothing_is_lost_while_handlers_come_and_go() {
    const EACH: u64 = 50_000;
    let _turn = my_turn();
    let before = total("handlers.counted");
    let recording = AtomicBool::new(true);
    thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..EACH).for_each(|_| Jobs::counted().inc()))).collect();
        let swapping = scope.spawn(|| {
            while recording.load(Ordering::Relaxed) {
                let probe = Probe::subscribed("swapped", "handlers.counted");
                set_metric_handlers(Arc::clone(&probe)).unwrap();
                flush().unwrap();
                clear_metric_handlers();
                assert_eq!(probe.events(), ["install", "flush", "shutdown"]);
            }
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        recording.store(false, Ordering::Relaxed);
        swapping.join().unwrap();
    });
    assert_eq!(total("handlers.counted") - before, 4.0 * EACH as f64);
}

#[test]
fn a_metric_registered_later_is_told_of_exactly_once() {
    let _turn = my_turn();
    let (a, b) = (Probe::subscribed("a", "late."), Probe::new("b"));
    set_metric_handlers([&a, &b].map(Arc::clone)).unwrap();
    let before = (a.take(), b.take());
    assert!(!before.0.iter().any(|call| call.contains("late.")), "{before:?}");

    let metrics = (0..50).map(|i| format!("late.metric_{i}")).collect::<Vec<_>>();
    thread::scope(|scope| {
        for names in metrics.chunks(13) {
            scope.spawn(move || {
                for name in names {
                    register_metric(name, Metric::counter(name)).unwrap();
                    register_metric(name, Metric::counter(name)).unwrap();
                }
            });
        }
    });
    let mut expected: Vec<_> = metrics.iter().map(|name| format!("register {name}")).collect();
    expected.sort();
    for probe in [&a, &b] {
        let mut told = probe.take();
        told.sort();
        assert_eq!(told, expected);
    }
    let late = register_metric("late.metric_7", Metric::counter("late.metric_7")).unwrap();
    late.record(2, attributes!("queue" => "mail")).unwrap();
    assert_eq!(a.measurements(), ["late.metric_7 queue=mail F64(2.0)"]);
}

#[test]
fn a_handler_that_several_threads_install_at_once_is_installed_once() {
    let _turn = my_turn();
    for install in [0, 1, 2] {
        let slow = || thread::sleep(Duration::from_millis(30));
        let handler = Arc::new(Awkward { installing: Some(slow), ..Awkward::default() });
        thread::scope(|scope| {
            for i in 0..4 {
                let handler = Arc::clone(&handler);
                scope.spawn(move || match install {
                    0 => add_metric_handler(handler).unwrap(),
                    _ if install == 1 || i % 2 == 0 => set_metric_handlers(handler).unwrap(),
                    _ => add_metric_handler(handler).unwrap(),
                });
            }
        });
        Jobs::counted().inc();
        flush().unwrap();
        clear_metric_handlers();
        let calls = handler.calls.lock().unwrap().clone();
        assert_eq!(calls, ["install", "measured", "flush", "shutdown"]);
    }
}

#[test]
fn the_in_memory_handler_keeps_the_last_snapshots() {
    let _turn = my_turn();
    let memory = typed_metrics::InMemoryHandler::keeping(2);
    set_metric_handlers(memory.clone()).unwrap();
    assert!(memory.metrics().iter().any(|metric| metric.name() == "handlers.done"));
    assert!(memory.last().is_none());
    let before = total("handlers.counted");
    for _ in 0..3 {
        Jobs::counted().inc();
        flush().unwrap();
    }
    let counted = |snapshot: &typed_metrics::Snapshot| {
        snapshot.get("handlers.counted").unwrap().series[0].value.as_f64() - before
    };
    assert_eq!(memory.snapshots().iter().map(counted).collect::<Vec<_>>(), [2.0, 3.0]);
    Jobs::counted().inc();
    shutdown().unwrap();
    assert_eq!(memory.last().as_ref().map(counted), Some(4.0));
    memory.clear();
    assert!(memory.snapshots().is_empty());
}
