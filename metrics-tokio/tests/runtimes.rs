//! Observed runtimes.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use typed_metrics_core::snapshot;
use typed_metrics_tokio::{ObserveError, observe_current_runtime, observe_runtime};

/// The values of a metric of the runtimes with this name, by the index of the worker.
fn by_worker(metric: &str, runtime: &str) -> BTreeMap<String, f64> {
    let snapshot = snapshot();
    let metric = snapshot.get(metric).unwrap();
    let series = metric.series.iter().filter_map(|series| {
        let label = |name: &str| {
            let found = series.labels.iter().find(|(label, _)| *label == name);
            found.map(|(_, value)| value.to_string())
        };
        (label("tokio.runtime.name")? == runtime)
            .then(|| (label("tokio.worker.index").unwrap_or_default(), series.value.as_f64()))
    });
    series.collect()
}

/// The value of a metric of the runtimes with this name, of all workers together.
fn value(metric: &str, runtime: &str) -> Option<f64> {
    let values = by_worker(&format!("tokio.runtime.{metric}"), runtime);
    (!values.is_empty()).then(|| values.values().sum())
}

fn of_one_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn of_threads(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).enable_time().build().unwrap()
}

/// Waits until a condition holds, which it does soon.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "not so: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Keeps the thread busy.
fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[test]
fn runtimes_are_told_apart_by_their_names() {
    let (one, three) = (of_one_thread(), of_threads(3));
    let _one = observe_runtime("one", one.handle()).unwrap();
    let _three = observe_runtime("three", three.handle()).unwrap();
    assert_eq!(value("worker.count", "one"), Some(1.0));
    assert_eq!(value("worker.count", "three"), Some(3.0));
    // The task of the observation does not count.
    assert_eq!(value("task.count", "one"), Some(0.0));
    assert_eq!(value("task.count", "three"), Some(0.0));
    for _ in 0..5 {
        one.spawn(std::future::pending::<()>());
    }
    let seven: Vec<_> = (0..7).map(|_| three.spawn(std::future::pending::<()>())).collect();
    assert_eq!(value("task.count", "one"), Some(5.0));
    assert_eq!(value("task.count", "three"), Some(7.0));
    seven.iter().for_each(|task| task.abort());
    eventually("all are aborted", || value("task.count", "three") == Some(0.0));
}

#[test]
fn tasks_that_no_worker_has_begun_are_in_the_global_queue() {
    let runtime = of_one_thread();
    let _observed = observe_runtime("queue", runtime.handle()).unwrap();
    // Lets the task of the observation begin.
    runtime.block_on(tokio::task::yield_now());
    assert_eq!(value("global_queue.depth", "queue"), Some(0.0));
    for _ in 0..4 {
        runtime.spawn(async {});
    }
    assert_eq!(value("global_queue.depth", "queue"), Some(4.0));
    runtime.block_on(async {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(value("global_queue.depth", "queue"), Some(0.0));
}

#[test]
fn busy_time_is_that_of_each_worker() {
    let runtime = of_threads(2);
    let _observed = observe_runtime("busy", runtime.handle()).unwrap();
    let busy = || by_worker("tokio.runtime.worker.busy_time", "busy");
    let before: f64 = busy().values().sum();
    let start = Instant::now();
    runtime.block_on(async {
        tokio::spawn(async { spin(Duration::from_millis(200)) }).await.unwrap();
    });
    // A worker reports its time when it parks.
    eventually("the time is counted", || busy().values().sum::<f64>() - before >= 0.2);
    let grown = busy().values().sum::<f64>() - before;
    assert!(grown <= 2.0 * start.elapsed().as_secs_f64(), "{grown} s");
    assert_eq!(busy().into_keys().collect::<Vec<_>>(), ["0", "1"]);
    assert!(value("worker.parks", "busy").unwrap() >= 1.0);
    eventually("all are parked", || value("worker.parked", "busy") == Some(2.0));
}

#[test]
fn a_worker_that_is_stuck_is_not_parked() {
    let runtime = of_threads(2);
    let _observed = observe_runtime("stuck", runtime.handle()).unwrap();
    eventually("both are parked", || value("worker.parked", "stuck") == Some(2.0));
    let (release, wait) = mpsc::channel::<()>();
    runtime.spawn(async move { wait.recv() });
    eventually("one is not", || value("worker.parked", "stuck") == Some(1.0));
    release.send(()).unwrap();
    eventually("both are again", || value("worker.parked", "stuck") == Some(2.0));
}

#[test]
fn a_runtime_that_is_dropped_leaves_its_counters() {
    let runtime = of_threads(2);
    observe_runtime("dropped", runtime.handle()).unwrap().forever();
    assert_eq!(value("worker.count", "dropped"), Some(2.0));
    runtime.block_on(async {
        tokio::spawn(async { spin(Duration::from_millis(100)) }).await.unwrap();
    });
    drop(runtime);
    // The first collection after the drop, although none came in between.
    let last = value("worker.busy_time", "dropped").unwrap();
    assert!(last >= 0.1, "{last} s");
    for gone in ["worker.count", "worker.parked", "task.count", "global_queue.depth"] {
        assert_eq!(value(gone, "dropped"), None, "{gone}");
    }
    assert_eq!(value("worker.busy_time", "dropped"), Some(last));

    // Another runtime of the name goes on counting.
    let runtime = of_threads(1);
    let _observed = observe_runtime("dropped", runtime.handle()).unwrap();
    runtime.block_on(async {
        tokio::spawn(async { spin(Duration::from_millis(100)) }).await.unwrap();
    });
    eventually("more is counted", || value("worker.busy_time", "dropped").unwrap() >= last + 0.1);
    assert_eq!(value("worker.count", "dropped"), Some(1.0));
}

#[test]
fn a_runtime_that_is_shut_down_in_the_background_ends() {
    let runtime = of_threads(1);
    let (release, wait) = mpsc::channel::<()>();
    runtime.spawn_blocking(move || wait.recv());
    observe_runtime("background", runtime.handle()).unwrap().forever();
    assert_eq!(value("worker.count", "background"), Some(1.0));
    runtime.shutdown_background();
    eventually("it ends", || value("worker.count", "background").is_none());
    release.send(()).unwrap();
}

#[test]
fn the_end_of_the_observation_ends_the_metrics_and_not_the_runtime() {
    let runtime = of_threads(1);
    let observed = observe_runtime("observed", runtime.handle()).unwrap();
    assert_eq!(value("worker.count", "observed"), Some(1.0));
    drop(observed);
    assert_eq!(value("worker.count", "observed"), None);
    assert_eq!(runtime.block_on(async { 42 }), 42);
    // It can be observed again, under another name.
    let _observed = observe_runtime("observed again", runtime.handle()).unwrap();
    assert_eq!(value("worker.count", "observed again"), Some(1.0));
    eventually("the first task has ended", || value("task.count", "observed again") == Some(0.0));
}

#[test]
fn runtimes_of_one_name_are_added_up() {
    let runtimes: Vec<_> = (1..=3).map(of_threads).collect();
    let mut observed: Vec<_> =
        runtimes.iter().map(|runtime| observe_runtime("sum", runtime.handle()).unwrap()).collect();
    assert_eq!(value("worker.count", "sum"), Some(6.0));
    assert_eq!(value("task.count", "sum"), Some(0.0));
    drop(observed.pop());
    assert_eq!(value("worker.count", "sum"), Some(3.0));
    drop(observed);
    assert_eq!(value("worker.count", "sum"), None);
}

#[test]
fn a_runtime_is_observed_once() {
    let runtime = of_one_thread();
    let _observed = observe_runtime("first", runtime.handle()).unwrap();
    let error = runtime.block_on(async { observe_current_runtime("second").unwrap_err() });
    assert!(matches!(error, ObserveError::AlreadyObserved { .. }));
    assert_eq!(
        error.to_string(),
        "runtime `second` is observed already, as `first`, and would count twice; remove one of \
         the two calls, or drop the first observation before the second call"
    );
    runtime.block_on(tokio::task::yield_now());
    assert_eq!(value("task.count", "first"), Some(0.0));
    assert_eq!(value("worker.count", "second"), None);
}

#[test]
fn errors_name_the_fix() {
    let error = observe_current_runtime("main").unwrap_err();
    assert_eq!(
        error.to_string(),
        "runtime `main` cannot be observed: this thread is in no runtime of tokio; call \
         `observe_current_runtime` in async code, or give `observe_runtime` a handle"
    );
    let error = observe_runtime("", of_one_thread().handle()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the name of a runtime is empty, and a runtime is known by its name; give one, such as \
         `main`"
    );
}

#[test]
fn a_runtime_that_has_ended_already_has_no_metrics() {
    let handle = of_one_thread().handle().clone();
    let _observed = observe_runtime("ended", &handle).unwrap();
    assert_eq!(value("worker.count", "ended"), None);
}

#[test]
fn collections_go_on_while_runtimes_come_and_go() {
    let end = Instant::now() + Duration::from_millis(500);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while Instant::now() < end {
                    let runtime = of_threads(2);
                    observe_runtime("busy life", runtime.handle()).unwrap().forever();
                    runtime.spawn(async { tokio::task::yield_now().await });
                }
            });
        }
        scope.spawn(|| {
            while Instant::now() < end {
                let workers = value("worker.count", "busy life").unwrap_or_default();
                assert!((0.0..=4.0).contains(&workers), "{workers} workers");
            }
        });
    });
    assert_eq!(value("worker.count", "busy life"), None);
}

#[test]
fn a_runtime_that_is_observed_again_counts_only_what_is_new() {
    let runtime = of_threads(1);
    let work = || {
        runtime.block_on(async { tokio::spawn(async { spin(Duration::from_millis(60)) }).await })
    };
    work().unwrap();
    let first = observe_runtime("again", runtime.handle()).unwrap();
    eventually("the work counts", || value("worker.busy_time", "again") >= Some(0.06));
    drop(first);
    let [busy, parks] = ["worker.busy_time", "worker.parks"].map(|name| value(name, "again"));
    let (busy, parks) = (busy.unwrap(), parks.unwrap());
    let _second = observe_runtime("again", runtime.handle()).unwrap();
    // The end of the first observation's task is all that is new.
    assert!(value("worker.busy_time", "again").unwrap() < busy + 0.05);
    assert!(value("worker.parks", "again").unwrap() < parks + 6.0);
    work().unwrap();
    eventually("new work counts", || value("worker.busy_time", "again") >= Some(busy + 0.06));
}
