//! What tokio counts with `--cfg tokio_unstable`.

#![cfg(tokio_unstable)]

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use typed_metrics_core::snapshot;
use typed_metrics_tokio::observe_runtime;

/// The value of a metric, of all workers together.
fn value(metric: &str) -> Option<f64> {
    let snapshot = snapshot();
    let metric = snapshot.get(&format!("tokio.runtime.{metric}")).unwrap();
    let values: Vec<f64> = metric.series.iter().map(|series| series.value.as_f64()).collect();
    (!values.is_empty()).then(|| values.into_iter().sum())
}

fn eventually(metric: &str, expected: f64) {
    let start = Instant::now();
    while value(metric) != Some(expected) {
        assert!(start.elapsed() < Duration::from_secs(20), "{metric}: {:?}", value(metric));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn blocking_threads_polls_and_spawns_are_counted() {
    let runtime =
        Builder::new_multi_thread().worker_threads(2).max_blocking_threads(1).build().unwrap();
    observe_runtime("unstable", runtime.handle()).unwrap().forever();
    assert_eq!(value("task.spawned"), Some(0.0));
    let (release, wait) = mpsc::channel::<()>();
    runtime.spawn_blocking(move || wait.recv());
    let second = runtime.spawn_blocking(|| ());
    eventually("blocking.queue.depth", 1.0);
    eventually("blocking.thread.count", 1.0);
    eventually("blocking.thread.idle", 0.0);
    release.send(()).unwrap();
    runtime.block_on(second).unwrap();
    eventually("blocking.queue.depth", 0.0);
    eventually("blocking.thread.idle", 1.0);

    let polls = value("worker.polls").unwrap();
    runtime.block_on(async {
        for _ in 0..10 {
            tokio::spawn(async { tokio::task::yield_now().await }).await.unwrap();
        }
    });
    assert_eq!(value("task.spawned"), Some(10.0));
    drop(runtime);
    // Two polls for each task; that of the observation, and blocking work, may have been polled.
    let polls = value("worker.polls").unwrap() - polls;
    assert!((20.0..=23.0).contains(&polls), "{polls} polls");
    assert_eq!(value("task.spawned"), Some(10.0));
    assert_eq!(value("blocking.thread.count"), None);
    assert_eq!(value("local_queue.depth"), None);
}
