//! Handlers: installation, replacement, failures, panics and subscriptions.
#![expect(clippy::float_cmp, reason = "sums of whole numbers are exact")]

mod handlers {
    pub(crate) mod probe;
}

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use handlers::probe::{Probe, World};
use typed_metrics::{
    HandlerError, Label, Measurement, Metric, MetricHandler, Metrics, Value, add_metric_handler,
    attributes, clear_metric_handlers, flush, register_metric, set_metric_handlers, shutdown,
    shutdown_guard, snapshot,
};

#[derive(Clone, Copy, Label)]
enum Queue {
    Mail,
    Invoice,
}

#[derive(Metrics)]
#[metrics(prefix = "handlers")]
enum Jobs<'a> {
    /// Jobs done.
    #[counter(unit = "{job}")]
    Done { queue: Queue, worker: &'a str },
    /// Jobs counted while handlers come and go.
    #[counter]
    Counted,
    /// Jobs that a handler counts in turn.
    #[counter]
    Echoed,
    /// Money moved.
    #[up_down_counter(value = f64)]
    Balance,
    /// Jobs that wait.
    #[gauge(value = i64)]
    Waiting { queue: Queue },
    /// Time of a job.
    #[histogram(unit = "ms")]
    Duration { queue: Queue },
}

fn total(metric: &str) -> f64 {
    let snapshot = snapshot();
    snapshot.get(metric).unwrap().series.iter().map(|series| series.value.as_f64()).sum()
}

#[test]
fn a_handler_is_installed_told_of_every_metric_flushed_and_shut_down() {
    let _world = World::new();
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
    let _world = World::new();
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
    let _world = World::new();
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
    let _world = World::new();
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
    let _world = World::new();
    let (a, b) = (Probe::new("a"), Probe::new("b"));
    set_metric_handlers(Arc::clone(&a)).unwrap();
    let told = a.take().len();
    assert!(told > 6, "{told}");
    set_metric_handlers([Arc::clone(&b), Arc::clone(&a)]).unwrap();
    assert_eq!(a.take(), [""; 0]);
    // After its removal, the handler is new again.
    set_metric_handlers(Arc::clone(&b)).unwrap();
    set_metric_handlers(Arc::clone(&a)).unwrap();
    assert_eq!(a.take().len(), told + 1, "shutdown, install, and every metric");
}

#[test]
fn an_unknown_name_is_an_error_that_lists_the_names() {
    let _world = World::new();
    let a = Probe::new("a");
    set_metric_handlers(Arc::clone(&a)).unwrap();
    for set in [set_metric_handlers("carrier-pigeon"), add_metric_handler("carrier-pigeon")] {
        let error = set.unwrap_err().to_string();
        let begin = "there is no handler named `carrier-pigeon` in this program; there";
        assert!(error.starts_with(begin), "{error}");
        assert_eq!(error.contains("`console`"), cfg!(feature = "console"), "{error}");
    }
    flush().unwrap();
    assert_eq!(a.events(), ["install", "flush"]);
}

#[test]
fn a_name_that_is_nearly_right_is_told_from_one_that_is_not() {
    let text = |name: &str| set_metric_handlers(name).unwrap_err().to_string();
    for (name, meant) in [
        ("consol", "console"),
        ("Consoles", "console"),
        ("stdout", "console"),
        ("otlp", "otel"),
        ("OpenTelemetry", "otel"),
        ("oltp", "otel"),
        ("log-fire", "logfire"),
    ] {
        let begin =
            format!("there is no handler named `{name}` in this program; did you mean `{meant}`?");
        assert!(text(name).starts_with(&begin), "{}", text(name));
    }
    for name in ["prometheus", "carrier-pigeon", ""] {
        assert!(!text(name).contains("did you mean"), "{}", text(name));
    }
    // `fn main() -> Result<(), Error>` prints `Debug`.
    let error = set_metric_handlers("otlp").unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[cfg(not(feature = "otel"))]
#[test]
fn a_suggestion_that_is_not_compiled_in_comes_with_its_feature() {
    let error = set_metric_handlers("otlp").unwrap_err().to_string();
    let text = "did you mean `otel`?; enable the feature `otel` of typed-metrics";
    assert!(error.contains(text), "{error}");
}

#[cfg(not(feature = "console"))]
#[test]
fn a_back_end_that_is_not_compiled_in_is_named_with_its_feature() {
    let error = set_metric_handlers("console").unwrap_err().to_string();
    let begin = "there is no handler named `console` in this program; \
                 enable the feature `console` of typed-metrics, or give an instance";
    assert!(error.starts_with(begin), "{error}");
}

#[test]
fn an_error_leaves_everything_as_it_was() {
    let _world = World::new();
    let (a, b) = (Probe::new("a"), Probe::new("b"));
    set_metric_handlers(Arc::clone(&a)).unwrap();

    // All names are looked up before any handler is installed.
    set_metric_handlers((Arc::clone(&b), "carrier-pigeon")).unwrap_err();
    assert_eq!(b.events(), [""; 0]);
    let failing = Probe::failing("failing", "install");
    let error = set_metric_handlers((Arc::clone(&b), Arc::clone(&failing))).unwrap_err();
    assert_eq!(error.to_string(), "handler `failing` could not be installed: install fails");

    flush().unwrap();
    assert_eq!(a.events(), ["install", "flush"]);
    assert_eq!(b.events(), ["install", "shutdown"]);
    assert_eq!(failing.events(), ["install"]);
}

#[test]
fn a_handler_that_fails_is_reported_and_the_others_go_on() {
    let _world = World::new();
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
    let _world = World::new();
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
    let _world = World::new();
    let a = Probe::failing("a", "shutdown");
    set_metric_handlers(Arc::clone(&a)).unwrap();
    let panicked = std::panic::catch_unwind(|| {
        let _shutdown = shutdown_guard();
        panic!("the program's own");
    });
    assert!(panicked.is_err());
    assert_eq!(a.events(), ["install", "shutdown"]);
    assert_eq!(World::logged(), ["handler `a` could not shut down: shutdown fails"]);
}

#[test]
fn a_handler_that_panics_harms_nobody_and_is_reported_once() {
    for action in ["register", "measured", "flush", "shutdown"] {
        let _world = World::new();
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
        let logged = format!("handler `bad`: it panicked: {action} panics (said once)");
        assert_eq!(World::logged(), [logged]);
    }
}

#[test]
fn a_handler_that_panics_while_it_is_installed_is_not_installed() {
    let _world = World::new();
    let (bad, good) = (Probe::panicking("bad", "install"), Probe::new("good"));
    set_metric_handlers(Arc::clone(&good)).unwrap();
    let error = add_metric_handler(Arc::clone(&bad)).unwrap_err().to_string();
    assert_eq!(error, "handler `bad` could not be installed: it panicked: install panics");
    flush().unwrap();
    assert_eq!(bad.events(), ["install"]);
    assert_eq!(good.events(), ["install", "flush"]);
    assert_eq!(World::logged(), ["handler `bad`: it panicked: install panics (said once)"]);
}

#[test]
fn nothing_is_lost_while_handlers_come_and_go() {
    const EACH: u64 = 50_000;
    let _world = World::new();
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
fn a_subscriber_gets_every_measurement_with_labels_and_value() {
    let _world = World::new();
    Jobs::done(Queue::Mail, "unseen").inc();
    let probe = Probe::subscribed("a", "handlers.");
    set_metric_handlers(Arc::clone(&probe)).unwrap();

    Jobs::done(Queue::Mail, "w1").inc();
    Jobs::Done { queue: Queue::Invoice, worker: "w2" }.record(3);
    Jobs::balance().add(-2.5);
    let busy = Jobs::balance().enter();
    drop(busy);
    Jobs::waiting(Queue::Mail).set(-7);
    Jobs::duration(Queue::Mail).record(Duration::from_millis(1500));
    // A dropped value is no measurement.
    Jobs::duration(Queue::Mail).record(f64::NAN);
    thread::spawn(|| Jobs::done(Queue::Mail, "other thread").inc()).join().unwrap();

    clear_metric_handlers();
    Jobs::done(Queue::Mail, "unseen").inc();
    assert_eq!(
        probe.measurements(),
        [
            "handlers.done queue=mail worker=w1 U64(1)",
            "handlers.done queue=invoice worker=w2 U64(3)",
            "handlers.balance  F64(-2.5)",
            "handlers.balance  F64(1.0)",
            "handlers.balance  F64(-1.0)",
            "handlers.waiting queue=mail I64(-7)",
            "handlers.duration queue=mail F64(1500.0)",
            "handlers.done queue=mail worker=other thread U64(1)",
        ]
    );
}

#[test]
fn two_subscribers_both_get_a_measurement_and_one_stays_when_the_other_goes() {
    let _world = World::new();
    let (a, b) =
        (Probe::subscribed("a", "handlers.counted"), Probe::subscribed("b", "handlers.counted"));
    set_metric_handlers([&a, &b].map(Arc::clone)).unwrap();
    Jobs::counted().inc();
    set_metric_handlers(Arc::clone(&b)).unwrap();
    Jobs::counted().add(2);
    assert_eq!(a.measurements(), ["handlers.counted  U64(1)"]);
    assert_eq!(b.measurements(), ["handlers.counted  U64(1)", "handlers.counted  U64(2)"]);
}

/// Records in the metric to which it subscribes.
struct Echo;

impl MetricHandler for Echo {
    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "handlers.echoed"
    }

    fn measured(&self, _: &Measurement) {
        Jobs::echoed().add(100);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn what_a_subscriber_records_is_counted_and_not_forwarded() {
    let _world = World::new();
    set_metric_handlers(Echo).unwrap();
    Jobs::echoed().inc();
    Jobs::echoed().inc();
    assert_eq!(total("handlers.echoed"), 202.0);
}

#[test]
fn a_metric_registered_later_is_told_of_exactly_once() {
    let _world = World::new();
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

/// Changes the handlers from inside.
struct Meddler(fn());

impl MetricHandler for Meddler {
    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "handlers.counted"
    }

    fn measured(&self, _: &Measurement) {
        (self.0)();
    }

    fn flush(&self) -> Result<(), HandlerError> {
        (self.0)();
        Ok(())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn handlers_can_be_changed_from_inside_a_handler() {
    let _world = World::new();
    let meddling: [fn(); 3] = [
        clear_metric_handlers,
        || set_metric_handlers(typed_metrics::InMemoryHandler::new()).unwrap(),
        || add_metric_handler(typed_metrics::InMemoryHandler::new()).unwrap(),
    ];
    for meddle in meddling {
        for trigger in [|| drop(flush()), || Jobs::counted().inc()] {
            let (done, waiting) = mpsc::channel();
            thread::spawn(move || {
                set_metric_handlers(Meddler(meddle)).unwrap();
                trigger();
                clear_metric_handlers();
                done.send(()).unwrap();
            });
            assert_eq!(waiting.recv_timeout(Duration::from_secs(20)), Ok(()), "deadlock");
        }
    }
}

/// Calls back into the library while it is installed, and panics in the chosen method.
#[derive(Default)]
struct Awkward {
    installing: Option<fn()>,
    panics: &'static str,
    calls: Mutex<Vec<&'static str>>,
}

/// Panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        assert!(thread::panicking(), "and again");
    }
}

impl Awkward {
    fn called(&self, action: &'static str) {
        self.calls.lock().unwrap().push(action);
    }
}

impl MetricHandler for Awkward {
    fn name(&self) -> &'static str {
        assert_ne!(self.panics, "name", "no name");
        "awkward"
    }

    fn identity(&self) -> Option<usize> {
        assert_ne!(self.panics, "identity", "no identity");
        None
    }

    fn install(&self) -> Result<(), HandlerError> {
        self.called("install");
        self.installing.inspect(|installing| installing());
        Ok(())
    }

    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "handlers.counted"
    }

    fn measured(&self, _: &Measurement) {
        self.called("measured");
        if self.panics == "measured" {
            std::panic::panic_any(Payload);
        }
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.called("flush");
        Ok(())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.called("shutdown");
        Ok(())
    }
}

#[test]
fn a_handler_that_several_threads_install_at_once_is_installed_once() {
    let _world = World::new();
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
fn a_handler_that_is_removed_while_others_are_set_is_not_installed_again() {
    let _world = World::new();
    let kept = Arc::new(Awkward::default());
    set_metric_handlers(Arc::clone(&kept)).unwrap();
    // In place of another thread that clears the handlers at the worst moment.
    let new = Arc::new(Awkward { installing: Some(clear_metric_handlers), ..Awkward::default() });
    set_metric_handlers((Arc::clone(&kept), Arc::clone(&new))).unwrap();
    flush().unwrap();
    assert_eq!(*kept.calls.lock().unwrap(), ["install", "shutdown"]);
    assert_eq!(*new.calls.lock().unwrap(), ["install", "flush"]);
    // The removed handler can be installed again.
    add_metric_handler(Arc::clone(&kept)).unwrap();
    assert_eq!(*kept.calls.lock().unwrap(), ["install", "shutdown", "install"]);
}

#[test]
fn a_handler_that_panics_when_asked_who_it_is_is_not_installed() {
    let _world = World::new();
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
    let _world = World::new();
    let bad = Arc::new(Awkward { panics: "measured", ..Awkward::default() });
    set_metric_handlers(Arc::clone(&bad)).unwrap();
    Jobs::counted().inc();
    Jobs::counted().inc();
    assert_eq!(*bad.calls.lock().unwrap(), ["install", "measured", "measured"]);
    assert_eq!(
        World::logged(),
        ["handler `awkward`: it panicked: with something that is no text (said once)"]
    );
}

#[test]
fn handlers_can_be_changed_while_one_is_installed() {
    let _world = World::new();
    static SELF: Mutex<Option<Arc<Awkward>>> = Mutex::new(None);
    let meddling: [fn(); 3] = [
        clear_metric_handlers,
        || set_metric_handlers(SELF.lock().unwrap().clone().unwrap()).unwrap(),
        || add_metric_handler(SELF.lock().unwrap().clone().unwrap()).unwrap(),
    ];
    for meddle in meddling {
        let (done, waiting) = mpsc::channel();
        let handler = Arc::new(Awkward { installing: Some(meddle), ..Awkward::default() });
        *SELF.lock().unwrap() = Some(Arc::clone(&handler));
        let installed = Arc::clone(&handler);
        thread::spawn(move || {
            add_metric_handler(installed).unwrap();
            clear_metric_handlers();
            done.send(()).unwrap();
        });
        assert_eq!(waiting.recv_timeout(Duration::from_secs(20)), Ok(()), "deadlock");
        assert_eq!(*handler.calls.lock().unwrap(), ["install", "shutdown"]);
    }
}

#[test]
fn the_in_memory_handler_keeps_the_last_snapshots() {
    let _world = World::new();
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

#[test]
fn a_handler_may_flush_inside_its_own_flush() {
    struct Flushes(Arc<std::sync::atomic::AtomicUsize>);
    impl MetricHandler for Flushes {
        fn flush(&self) -> Result<(), HandlerError> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(typed_metrics::flush()?)
        }
    }

    let _world = World::new();
    let flushes = Arc::default();
    set_metric_handlers(Flushes(Arc::clone(&flushes))).unwrap();
    typed_metrics::flush().unwrap();
    assert_eq!(flushes.load(std::sync::atomic::Ordering::Relaxed), 1);
    typed_metrics::flush().unwrap();
    assert_eq!(flushes.load(std::sync::atomic::Ordering::Relaxed), 2);
}
