//! Foreign code that panics, with a payload that panics when it is dropped.

use std::fmt;
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use typed_metrics::{
    Descriptor, DropReason, HandlerError, Measurement, MetricHandler, Metrics, add_metric_handler,
    clear_metric_handlers, flush, observe, set_metric_handlers, shutdown, shutdown_guard, snapshot,
};
use typed_metrics_turn::{at_each_line, logged, my_turn};

use crate::probe::{Probe, errors};

#[derive(Metrics)]
#[metrics(prefix = "bombs")]
enum Bombs {
    #[gauge]
    Observed,
    #[gauge]
    Beside,
    #[counter]
    Counted,
    #[counter]
    Collections,
}

/// Panics when it is dropped, with a payload that panics when it is dropped.
#[derive(Debug, Default)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic_any(Bomb);
        }
    }
}

impl fmt::Display for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any(Bomb)
    }
}

impl std::error::Error for Bomb {}

/// Panics in one of its methods.
#[derive(Debug)]
struct Bomber {
    at: &'static str,
    flushes: Arc<AtomicUsize>,
}

impl Bomber {
    fn new(at: &'static str) -> Self {
        Self { at, flushes: Arc::default() }
    }

    fn called(&self, method: &'static str) {
        if self.at == method {
            panic_any(Bomb);
        }
    }
}

impl Drop for Bomber {
    fn drop(&mut self) {
        self.called("drop");
    }
}

impl MetricHandler for Bomber {
    fn name(&self) -> &'static str {
        self.called("name");
        "bomber"
    }

    fn identity(&self) -> Option<usize> {
        self.called("identity");
        None
    }

    fn install(&self) -> Result<(), HandlerError> {
        self.called("install");
        Ok(())
    }

    fn register(&self, _: &'static Descriptor) {
        self.called("register");
    }

    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        self.called("subscribe");
        metric.name() == "bombs.counted"
    }

    fn measured(&self, _: &Measurement) {
        self.called("measured");
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.flushes.fetch_add(1, Relaxed);
        self.called("flush");
        Ok(())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.called("shutdown");
        if self.at == "error" { Err(Box::new(Bomb)) } else { Ok(()) }
    }
}

const METHODS: [&str; 6] = ["register", "subscribe", "measured", "flush", "shutdown", "drop"];

const PANIC: &str = "handler `bomber`: it panicked: with something that is no text (reported once)";

#[test]
fn an_observed_callback_that_panics_harms_no_later_collection() {
    let _turn = my_turn();
    let bad = Bombs::observed().observe(|| -> u64 { panic_any(Bomb) });
    let good = Bombs::beside().observe(|| 7);
    let all = observe(|| panic_any(Bomb));
    let counted = observe(|| Bombs::collections().inc());
    let mut before = None;
    for _ in 0..3 {
        let snapshot = snapshot();
        let value = |name| Some(snapshot.get(name)?.series.first()?.value.as_f64());
        assert_eq!(value("bombs.observed"), None);
        assert_eq!(value("bombs.beside"), Some(7.0));
        let collections = value("bombs.collections").unwrap();
        assert_eq!(collections, before.map_or(collections, |before| before + 1.0));
        before = Some(collections);
        let dropped = &snapshot.get("bombs.observed").unwrap().dropped;
        assert!(dropped.iter().any(|(reason, _)| *reason == DropReason::CallbackPanicked));
    }
    // The guards of a thread that holds a shutdown guard call their callbacks once more.
    let guard = shutdown_guard();
    drop((bad, good, all, counted));
    drop(guard);
    let logged = logged();
    assert_eq!(logged.len(), 2, "{logged:?}");
}

#[test]
fn a_callback_may_panic_when_it_is_dropped() {
    let _turn = my_turn();
    let bomb = Bomb;
    drop(Bombs::beside().observe(move || {
        let _: &Bomb = &bomb;
        1
    }));
    let bomb = Bomb;
    drop(observe(move || {
        let _: &Bomb = &bomb;
    }));
    let _ = snapshot();
}

#[test]
fn a_handler_that_is_not_installed_leaves_the_others_as_they_were() {
    let _turn = my_turn();
    let good = Probe::new("good");
    set_metric_handlers(Arc::clone(&good)).unwrap();
    for at in ["name", "identity", "install"] {
        let error = set_metric_handlers((Bomber::new("drop"), Bomber::new(at))).unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with("it panicked: with something that is no text"), "{at}: {text}");
        add_metric_handler(Bomber::new(at)).unwrap_err();
    }
    set_metric_handlers((Bomber::new("drop"), "carrier-pigeon")).unwrap_err();
    flush().unwrap();
    assert_eq!(good.events(), ["install", "flush"]);
}

#[test]
fn a_handler_that_panics_harms_neither_recording_nor_other_handlers() {
    for at in METHODS {
        let remove: [fn(); 3] = [
            clear_metric_handlers,
            || set_metric_handlers(Probe::new("next")).unwrap(),
            || drop(shutdown_guard()),
        ];
        for remove in remove {
            let _turn = my_turn();
            let good = Probe::subscribed("good", "bombs.counted");
            let bad = Bomber::new(at);
            let flushes = Arc::clone(&bad.flushes);
            set_metric_handlers((bad, Arc::clone(&good))).unwrap();
            Bombs::counted().inc();
            assert_eq!(flush().is_err(), at == "flush");
            assert_eq!(flush().is_err(), at == "flush");
            Bombs::counted().inc();
            remove();
            assert_eq!(flushes.load(Relaxed), 2);
            assert_eq!(good.events(), ["install", "flush", "flush", "shutdown"], "{at}");
            assert_eq!(good.measurements().len(), 2, "{at}");
            let errors = errors();
            assert_eq!(errors[0], PANIC, "{at}");
            assert_eq!(errors.len(), if at == "shutdown" { 2 } else { 1 }, "{at}: {errors:?}");
        }
    }
}

#[test]
fn shutdown_removes_handlers_that_panic() {
    for at in METHODS {
        let _turn = my_turn();
        set_metric_handlers(Bomber::new(at)).unwrap();
        Bombs::counted().inc();
        let _ = flush();
        assert_eq!(shutdown().is_err(), at == "shutdown", "{at}");
        assert_eq!(errors(), [PANIC], "{at}");
    }
}

#[test]
fn an_error_may_panic_when_it_is_shown_and_dropped() {
    let _turn = my_turn();
    let good = Probe::new("good");
    set_metric_handlers((Bomber::new("error"), Arc::clone(&good))).unwrap();
    clear_metric_handlers();
    assert_eq!(good.events(), ["install", "shutdown"]);
}

#[test]
fn a_logger_that_panics_harms_nothing() {
    let _turn = my_turn();
    at_each_line(|| panic_any(Bomb));
    for at in METHODS {
        set_metric_handlers(Bomber::new(at)).unwrap();
        Bombs::counted().inc();
        let _ = flush();
        clear_metric_handlers();
    }
    // The first panic of a callback is logged, and so is its first dropped value.
    let _bad = Bombs::beside().observe(|| -> u64 { panic_any(Bomb) });
    let _all = observe(|| panic_any(Bomb));
    let _counted = observe(|| Bombs::collections().inc());
    let collections = || snapshot().get("bombs.collections").unwrap().series[0].value.as_f64();
    let before = collections();
    assert_eq!(collections(), before + 1.0);
    typed_metrics::check().unwrap();
}

#[test]
#[cfg(feature = "console")]
fn a_writer_that_panics_ends_the_table_of_every_interval_only() {
    struct Writer(Arc<AtomicUsize>);
    impl std::io::Write for Writer {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            self.0.fetch_add(1, Relaxed);
            panic_any(Bomb)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let _turn = my_turn();
    let writes = Arc::default();
    let console = typed_metrics::ConsoleHandler::new().to(Writer(Arc::clone(&writes)));
    set_metric_handlers(console.every(Duration::from_millis(1))).unwrap();
    let mut lines = Vec::new();
    while lines.is_empty() {
        thread::sleep(Duration::from_millis(1));
        lines = errors();
    }
    let expected = "handler `console` stops: it panicked: with something that is no text";
    assert_eq!(lines, [expected]);
    assert_eq!(writes.load(Relaxed), 1);
    flush().unwrap_err();
}
