//! A failure or a panic of a handler is reported, and does not affect other handlers.

use std::sync::Arc;

use typed_metrics::{
    Value, add_metric_handler, flush, set_metric_handlers, shutdown, shutdown_guard, snapshot,
};
use typed_metrics_turn::my_turn;

use crate::awkward::Awkward;
use crate::jobs::{Jobs, Queue};
use crate::probe::{Probe, errors};

#[test]
fn a_handler_that_fails_is_reported_and_the_others_go_on() {
    let _turn = my_turn();
    let (a, b, c) = (Probe::failing("a", "flush"), Probe::new("b"), Probe::failing("c", "flush"));
    set_metric_handlers([&a, &b].map(Arc::clone)).unwrap();
    let error = flush().unwrap_err();
    assert_eq!(error.to_string(), "handler `a` could not flush: flush fails");

    add_metric_handler(Arc::clone(&c)).unwrap();
    let error = flush().unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 errors:\n- handler `a` could not flush: flush fails\n\
         - handler `c` could not flush: flush fails"
    );
    assert_eq!(b.events(), ["install", "flush", "flush"]);
}

#[test]
fn shutdown_returns_what_handlers_say_and_removes_them() {
    let _turn = my_turn();
    let (a, b) = (Probe::failing("a", "shutdown"), Probe::new("b"));
    set_metric_handlers([&a, &b].map(Arc::clone)).unwrap();
    let error = shutdown().unwrap_err();
    assert_eq!(error.to_string(), "handler `a` could not shut down: shutdown fails");
    shutdown().unwrap();
    flush().unwrap();
    assert_eq!(a.events(), ["install", "shutdown"]);
    assert_eq!(b.events(), ["install", "shutdown"]);
}

#[test]
fn the_guard_shuts_down_when_dropped_also_in_a_panic_and_logs_what_fails() {
    let _turn = my_turn();
    let a = Probe::failing("a", "shutdown");
    set_metric_handlers(Arc::clone(&a)).unwrap();
    let panicked = std::panic::catch_unwind(|| {
        let _shutdown = shutdown_guard();
        panic!("the program's own");
    });
    assert!(panicked.is_err());
    assert_eq!(a.events(), ["install", "shutdown"]);
    assert_eq!(errors(), ["handler `a` could not shut down: shutdown fails"]);
}

#[test]
fn a_handler_that_panics_harms_nobody_and_is_reported_once() {
    for action in ["register", "measured", "flush", "shutdown"] {
        let _turn = my_turn();
        let (bad, good) = (Probe::panicking("bad", action), Probe::new("good"));
        set_metric_handlers([&bad, &good].map(Arc::clone)).unwrap();
        for _ in 0..3 {
            Jobs::done(Queue::Mail, action).inc();
            assert_eq!(flush().is_err(), action == "flush");
        }
        assert_eq!(shutdown().is_err(), action == "shutdown");

        let snapshot = snapshot();
        let done = snapshot.get("handlers.done").unwrap();
        let done = done.series_with(&[("queue", "mail"), ("worker", action)]).unwrap();
        assert_eq!(done.value, Value::U64(3));
        let flush_thrice = ["install", "flush", "flush", "flush", "shutdown"];
        assert_eq!(good.events(), flush_thrice, "{action}");
        let logged = format!("handler `bad`: it panicked: {action} panics (reported once)");
        assert_eq!(errors(), [logged]);
    }
}

#[test]
fn a_handler_that_panics_while_it_is_installed_is_not_installed() {
    let _turn = my_turn();
    let (bad, good) = (Probe::panicking("bad", "install"), Probe::new("good"));
    set_metric_handlers(Arc::clone(&good)).unwrap();
    let error = add_metric_handler(Arc::clone(&bad)).unwrap_err().to_string();
    assert_eq!(error, "handler `bad` could not be installed: it panicked: install panics");
    flush().unwrap();
    assert_eq!(bad.events(), ["install"]);
    assert_eq!(good.events(), ["install", "flush"]);
    assert_eq!(errors(), ["handler `bad`: it panicked: install panics (reported once)"]);
}

#[test]
fn a_handler_that_panics_when_asked_who_it_is_is_not_installed() {
    let _turn = my_turn();
    for (panics, expected) in [
        ("name", "handler `without a name` could not tell its name: it panicked: "),
        ("identity", "handler `awkward` could not tell its identity: it panicked: "),
    ] {
        let bad = Arc::new(Awkward { panics, ..Awkward::default() });
        for installed in
            [add_metric_handler(Arc::clone(&bad)), set_metric_handlers(Arc::clone(&bad))]
        {
            let error = installed.unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        Jobs::counted().inc();
        assert_eq!(*bad.calls.lock().unwrap(), [""; 0]);
    }
}

#[test]
fn a_panic_with_something_that_panics_when_dropped_stays_inside() {
    let _turn = my_turn();
    let bad = Arc::new(Awkward { panics: "measured", ..Awkward::default() });
    set_metric_handlers(Arc::clone(&bad)).unwrap();
    Jobs::counted().inc();
    Jobs::counted().inc();
    assert_eq!(*bad.calls.lock().unwrap(), ["install", "measured", "measured"]);
    assert_eq!(
        errors(),
        ["handler `awkward`: it panicked: with something that is no text (reported once)"]
    );
}
