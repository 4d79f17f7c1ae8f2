//! Observed values are in the last export, in whatever order `main` drops the guard and the
//! observations.
//!
//! The tests run one at a time. A collection that begins after an observation has ended removes the
//! observed value.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use typed_metrics::{
    ChangeReader, ConsoleHandler, HandlerError, InMemoryHandler, MetricHandler, Metrics,
    Observation, Value, add_metric_handler, clear_metric_handlers, set_metric_handlers,
    shutdown_guard, snapshot,
};

#[derive(Metrics)]
#[metrics(prefix = "last")]
enum Last<'a> {
    #[gauge]
    Level,
    #[gauge]
    Size { name: &'a str },
    #[up_down_counter]
    Queue { name: &'a str },
    #[counter]
    Total,
    #[gauge]
    Found,
    #[up_down_counter]
    Active,
    #[gauge(series_limit = 1)]
    Short { id: u64 },
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads through a [`ChangeReader`] at each export, and keeps metric, labels and value.
#[derive(Default)]
struct Reading {
    reader: ChangeReader,
    changes: Arc<Mutex<Vec<(String, Value)>>>,
}

impl MetricHandler for Reading {
    fn flush(&self) -> Result<(), HandlerError> {
        let changes = self.reader.changes(|metric| metric.name().starts_with("last."));
        for metric in changes.metrics {
            for series in metric.series {
                let name = format!("{} {}", metric.descriptor.name(), series.labels());
                self.changes.lock().unwrap().push((name, series.value));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The exports of each handler.
struct Exported {
    memory: InMemoryHandler,
    printed: Printed,
    changes: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Exported {
    /// Installs the handlers.
    fn new() -> Self {
        let (memory, printed) = (InMemoryHandler::new(), Printed::default());
        let reading = Reading::default();
        let changes = Arc::clone(&reading.changes);
        let console = ConsoleHandler::new().to(printed.clone());
        set_metric_handlers((memory.clone(), console, reading)).unwrap();
        Self { memory, printed, changes }
    }

    /// The last value that was exported. Asserts that all handlers exported the same value.
    #[track_caller]
    fn value(&self, metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let snapshot = self.memory.last().unwrap();
        let series = snapshot.get(metric).unwrap().series_with(labels);
        let value = series.map(|series| series.value.as_f64());

        let labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let name = format!("{metric} {}", labels.join(","));
        let changes = self.changes.lock().unwrap();
        let change = changes.iter().rev().find(|(found, _)| *found == name);
        assert_eq!(change.map(|(_, value)| value.as_f64()), value, "{name:?} in {changes:?}");

        let printed = String::from_utf8(self.printed.0.lock().unwrap().clone()).unwrap();
        let row = printed.lines().find(|line| line.starts_with(&format!("{metric} ")));
        let printed = row.and_then(|row| row.split_whitespace().last()?.parse().ok());
        assert_eq!(printed, value, "{row:?}");
        value
    }
}

fn observe() -> Vec<Observation> {
    vec![
        Last::level().observe(|| 5),
        Last::queue("a").observe(|| 7_i64),
        Last::total().observe({
            let total = AtomicU64::new(0);
            move || total.fetch_add(10, Relaxed) + 10
        }),
        typed_metrics::observe(|| Last::found().set(3)),
    ]
}

#[test]
fn the_order_of_drops_in_main_does_not_matter() {
    let _alone = alone();
    let mut totals = Vec::new();
    for guard_first in [true, false] {
        let exported = if guard_first {
            let _shutdown = shutdown_guard();
            let exported = Exported::new();
            let _observations = observe();
            exported
        } else {
            let _observations = observe();
            let _shutdown = shutdown_guard();
            Exported::new()
        };
        assert_eq!(exported.value("last.level", &[]), Some(5.0), "{guard_first}");
        assert_eq!(exported.value("last.queue", &[("name", "a")]), Some(7.0), "{guard_first}");
        assert_eq!(exported.value("last.found", &[]), Some(3.0), "{guard_first}");
        let total = exported.memory.last().unwrap().get("last.total").unwrap().series[0].clone();
        totals.push(total.value.as_f64());

        // The state is as without handlers: the series is gone, and the queue is back at zero.
        let snapshot = snapshot();
        assert!(snapshot.get("last.level").unwrap().series.is_empty());
        assert_eq!(snapshot.get("last.queue").unwrap().series[0].value, Value::I64(0));
        Last::queue("a").remove();
        Last::found().remove();
    }
    // In the first round, the callback is called once, and returns 10. In the second round, it is
    // called for each of the three handlers, and returns 10, 20 and 30.
    assert_eq!(totals, [10.0, 20.0]);
    Last::total().remove();
}

#[test]
fn an_observation_that_ended_before_an_export_is_not_in_the_last_one() {
    let _alone = alone();
    let shutdown = shutdown_guard();
    let exported = Exported::new();
    let observation = Last::level().observe(|| 5);
    typed_metrics::flush().unwrap();
    assert_eq!(exported.value("last.level", &[]), Some(5.0));
    drop(observation);
    exported.changes.lock().unwrap().clear();
    exported.printed.0.lock().unwrap().clear();
    typed_metrics::flush().unwrap();
    assert_eq!(exported.value("last.level", &[]), None);
    // The console does not print a last table here, because the table would be the same.
    drop(shutdown);
    assert_eq!(exported.value("last.level", &[]), None);
}

#[test]
fn a_thread_without_a_guard_does_not_call_the_callback_again() {
    let _alone = alone();
    let calls = Arc::new(AtomicU64::new(0));
    let observe = |calls: &Arc<AtomicU64>| {
        let calls = Arc::clone(calls);
        Last::level().observe(move || calls.fetch_add(1, Relaxed))
    };
    let _shutdown = shutdown_guard();
    thread::scope(|scope| {
        scope.spawn(|| drop(observe(&calls)));
    });
    assert_eq!(calls.load(Relaxed), 0);
    drop(observe(&calls));
    assert_eq!(calls.load(Relaxed), 1);
}

#[test]
fn a_gauge_that_was_set_or_has_no_value_keeps_none() {
    let _alone = alone();
    let exported = {
        let _shutdown = shutdown_guard();
        let exported = Exported::new();
        drop(Last::size("set").observe(|| 5));
        Last::size("set").set(6);
        drop(Last::size("without").observe(|| f64::NAN));
        exported
    };
    let snapshot = exported.memory.last().unwrap();
    let sizes = &snapshot.get("last.size").unwrap().series;
    assert_eq!(sizes.len(), 1, "{sizes:?}");
    assert_eq!(exported.value("last.size", &[("name", "set")]), Some(6.0));
    let kept = typed_metrics::snapshot();
    assert_eq!(kept.get("last.size").unwrap().series[0].value, Value::F64(6.0));
    Last::size("set").remove();
}

#[test]
fn of_two_observations_of_one_gauge_the_last_one_counts() {
    let _alone = alone();
    let exported = {
        let _shutdown = shutdown_guard();
        let exported = Exported::new();
        drop(Last::level().observe(|| 5));
        drop(Last::level().observe(|| 6));
        exported
    };
    assert_eq!(exported.value("last.level", &[]), Some(6.0));
}

#[test]
fn a_series_that_the_program_removes_has_no_last_value() {
    let _alone = alone();
    let exported = {
        let _shutdown = shutdown_guard();
        let exported = Exported::new();
        drop(Last::active().observe(|| 5_i64));
        Last::active().remove();
        drop(Last::queue("removed").observe(|| 7_i64));
        Last::queue("removed").remove();
        drop(Last::level().observe(|| 5));
        Last::level().set(6);
        Last::level().remove();
        exported
    };
    assert_eq!(exported.value("last.active", &[]), None);
    assert_eq!(exported.value("last.queue", &[("name", "removed")]), None);
    assert_eq!(exported.value("last.level", &[]), None);
}

#[test]
fn a_value_is_not_shown_under_other_labels() {
    let _alone = alone();
    let exported = {
        let _shutdown = shutdown_guard();
        let exported = Exported::new();
        drop(Last::short(1).observe(|| 5));
        // The series limit leaves only one place, which this series takes.
        Last::short(2).set(6);
        exported
    };
    let snapshot = exported.memory.last().unwrap();
    let short = snapshot.get("last.short").unwrap();
    let shown: Vec<_> =
        short.series.iter().map(|s| (s.labels.to_string(), s.value.clone())).collect();
    assert_eq!(shown, [("id=2".to_owned(), Value::F64(6.0))]);
    assert!(short.dropped.is_empty());
    Last::short(2).remove();
}

#[test]
fn an_observation_that_ends_inside_a_callback_is_not_called_again() {
    let _alone = alone();
    let _shutdown = shutdown_guard();
    let slot: Arc<Mutex<Option<Observation>>> = Arc::default();
    let calls = Arc::new(AtomicU64::new(0));
    let (inside, counted) = (Arc::clone(&slot), Arc::clone(&calls));
    *slot.lock().unwrap() = Some(Last::queue("inside").observe(move || {
        counted.fetch_add(1, Relaxed);
        drop(inside.lock().unwrap().take());
        7_i64
    }));
    let _ = snapshot();
    assert_eq!(calls.load(Relaxed), 1);
    assert_eq!(snapshot().get("last.queue").unwrap().series[0].value, Value::I64(0));
    Last::queue("inside").remove();
}

#[test]
fn an_observation_that_ends_during_a_collection_of_another_thread_is_kept() {
    let _alone = alone();
    let exported = {
        let _shutdown = shutdown_guard();
        let exported = Exported::new();
        let (begin, end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let is_first = AtomicBool::new(true);
        let observation = Last::level().observe({
            let (begin, end) = (Arc::clone(&begin), Arc::clone(&end));
            move || {
                if is_first.swap(false, Relaxed) {
                    begin.wait();
                    end.wait();
                }
                5
            }
        });
        let collecting = thread::spawn(|| drop(snapshot()));
        begin.wait();
        drop(observation);
        end.wait();
        collecting.join().unwrap();
        exported
    };
    assert_eq!(exported.value("last.level", &[]), Some(5.0));
}

#[test]
fn the_guard_waits_for_a_thread_that_shuts_handlers_down() {
    let _alone = alone();
    struct Slow(Mutex<Option<mpsc::Sender<()>>>, Arc<AtomicBool>);

    impl MetricHandler for Slow {
        fn flush(&self) -> Result<(), HandlerError> {
            if let Some(began) = self.0.lock().unwrap().take() {
                began.send(())?;
            }
            thread::sleep(Duration::from_millis(200));
            self.1.store(true, Relaxed);
            // A guard inside a handler does not wait for itself.
            drop(shutdown_guard());
            Ok(())
        }
    }

    let (began, receiver) = mpsc::channel();
    let exported = Arc::new(AtomicBool::new(false));
    let guard = shutdown_guard();
    add_metric_handler(Slow(Mutex::new(Some(began)), Arc::clone(&exported))).unwrap();
    // Another thread clears the handlers, as at a signal.
    let thread = thread::spawn(clear_metric_handlers);
    receiver.recv().unwrap();
    assert!(!exported.load(Relaxed));
    drop(guard);
    assert!(exported.load(Relaxed));
    thread.join().unwrap();
}
