//! Installs and uninstalls the metrics, in every order.

#![cfg(target_os = "linux")]

mod support;

use typed_metrics_core::{
    InMemoryHandler, clear_metric_handlers, flush, set_metric_handlers, snapshot,
};
use typed_metrics_system::{Set, install, uninstall};

use support::*;

/// The counted time of all CPUs, and the same time from the kernel.
fn cpu_time() -> (f64, f64) {
    let ticks: f64 = stat("cpu")[..8].iter().sum();
    next_window();
    let snapshot = snapshot();
    let series = &snapshot.get("system.cpu.time").unwrap().series;
    (series.iter().map(|series| series.value.as_f64()).sum(), ticks / 100.0)
}

#[track_caller]
fn assert_counts_once() {
    let (counted, kernel) = cpu_time();
    // Each CPU advances by one second in each second between the two readings.
    assert!((counted - kernel).abs() < 2.0 * cpus() as f64, "{counted} is not {kernel}");
}

#[test]
fn installing_again_counts_nothing_twice() {
    let _turn = my_turn();
    for set in [Set::Basic, Set::Full, Set::Full, Set::Basic] {
        install(set).unwrap();
    }
    assert_value("system.process.count", &[], processes);
    assert_value("process.thread.count", &[], || self_stat(20));
    assert_counts_once();
}

#[test]
fn full_after_basic_adds_metrics_and_basic_after_full_removes_none() {
    let _turn = my_turn();
    install(Set::Basic).unwrap();
    assert_eq!(snapshot().count("system.memory.utilization"), 1);
    assert_eq!(snapshot().count("process.thread.count"), 0);

    // The values are there at once, and from the same window as the basic metrics.
    let before = value("process.cpu.utilization", &[]);
    install(Set::Full).unwrap();
    let full = snapshot();
    assert_eq!(full.find("process.cpu.utilization", &[]), Some(before));
    assert_eq!(full.find("process.cpu.core_utilization", &[]), Some(before * cpus() as f64));
    assert_eq!(full.count("system.memory.utilization"), 9);
    assert_eq!(full.count("system.cpu.utilization"), 8 * cpus());
    assert_eq!(full.count("process.thread.count"), 1);

    install(Set::Basic).unwrap();
    next_window();
    assert_eq!(snapshot().count("process.thread.count"), 1);
}

#[test]
fn uninstalled_metrics_return_with_nothing_counted_twice() {
    let _turn = my_turn();
    for _ in 0..3 {
        install(Set::Full).unwrap();
        assert_counts_once();
        let before = snapshot();
        uninstall();
        next_window();
        let after = snapshot();
        for metric in &after.metrics {
            let name = metric.descriptor.name();
            // Counters keep their values.
            let is_counter =
                metric.descriptor.metric_type() == typed_metrics_core::MetricType::Counter;
            let expected = if is_counter { before.count(name) } else { 0 };
            assert_eq!(metric.series.len(), expected, "{name}");
            for (now, then) in metric.series.iter().zip(&before.get(name).unwrap().series) {
                assert_eq!(now.value, then.value, "{name}");
            }
        }
    }
    install(Set::Basic).unwrap();
    assert_value("system.process.count", &[], processes);
    assert_eq!(snapshot().count("system.memory.utilization"), 1);
    assert_eq!(snapshot().count("system.cpu.utilization"), 0);
}

#[test]
fn every_handler_gets_the_metrics() {
    let _turn = my_turn();
    let (first, second) = (InMemoryHandler::new(), InMemoryHandler::new());
    set_metric_handlers((first.clone(), second.clone())).unwrap();
    install(Set::Basic).unwrap();
    next_window();
    flush().unwrap();
    let [first, second] = [first, second].map(|handler| handler.last().unwrap());
    clear_metric_handlers();
    for name in ["process.cpu.utilization", "system.cpu.simple_utilization", "system.process.count"]
    {
        let value = first.find(name, &[]);
        assert!(value.is_some(), "{name}");
        assert_eq!(value, second.find(name, &[]), "{name}");
    }
}
