//! Idle series.

use std::thread;
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use typed_metrics_bridge::MetricsRecorder;
use typed_metrics_core::snapshot;

use super::support::{metric, value};

#[test]
fn idle_series_are_removed_and_come_back_from_zero() {
    let timeout = Duration::from_millis(150);
    let recorder = MetricsRecorder::builder().idle_timeout(timeout).build().unwrap();
    let record = || {
        metrics::with_local_recorder(&recorder, || {
            counter!("idle.count", "k" => "v").increment(3);
            gauge!("idle.level").set(2.0);
            histogram!("idle.size").record(1.0);
        });
    };
    record();
    let kept = metrics::with_local_recorder(&recorder, || counter!("idle.count", "k" => "v"));
    let names = ["idle.count", "idle.level", "idle.size"];
    let _ = snapshot();
    assert_eq!(names.map(|name| metric(name).series.len()), [1, 1, 1]);
    thread::sleep(timeout * 2);
    assert_eq!(names.map(|name| metric(name).series.len()), [0, 0, 0]);
    // Through the handles that the thread has kept.
    record();
    kept.increment(1);
    assert_eq!(value("idle.count", &[("k", "v")]), 4.0);
    assert_eq!(value("idle.level", &[]), 2.0);
    assert_eq!(metric("idle.size").series[0].value.as_histogram().unwrap().count, 1);
    // A series that is in use stays.
    for _ in 0..4 {
        thread::sleep(timeout / 3);
        kept.increment(1);
        let _ = snapshot();
    }
    assert_eq!(value("idle.count", &[("k", "v")]), 8.0);
}
