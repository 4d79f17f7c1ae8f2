//! Compares the basic metrics with `/proc`, which the test reads itself.

#![cfg(target_os = "linux")]

extern crate typed_metrics_core as typed_metrics;

mod support;

use std::process::Command;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use cpu_time::ProcessTime;
use typed_metrics::{Descriptor, Reader, catalog, snapshot};
use typed_metrics_system::{Set, install};

use support::*;

fn descriptor(name: &str) -> &'static Descriptor {
    catalog().into_iter().find(|metric| metric.name() == name).unwrap()
}

#[test]
fn exactly_the_six_metrics_of_logfires_python_sdk_exist() {
    let _turn = my_turn();
    install(Set::Basic).unwrap();
    let snapshot = snapshot();
    for (name, metric_type, value_type, unit, labels) in BASIC {
        let metric = descriptor(name);
        let is = (metric.metric_type(), metric.value_type(), metric.unit());
        assert_eq!(is, (metric_type, value_type, unit), "{name}");
        assert_eq!(snapshot.count(name), 1, "{name}");
        assert!(snapshot.find(name, labels).is_some(), "{name}");
    }
    let there = snapshot.metrics.iter().filter(|metric| !metric.series.is_empty());
    assert_eq!(there.count(), BASIC.len(), "{snapshot}");
}

#[test]
fn memory_swap_load_and_processes_equal_proc() {
    let _turn = my_turn();
    install(Set::Basic).unwrap();
    // The cgroup of this test has no limit. The tests of `cgroup` cover limits.
    assert_value("system.memory.utilization", &[("state", "available")], || {
        meminfo("MemAvailable") / meminfo("MemTotal")
    });
    assert_value("system.swap.utilization", &[("state", "used")], || {
        let total = meminfo("SwapTotal");
        if total == 0.0 { 0.0 } else { (total - meminfo("SwapFree")) / total }
    });
    assert_value("system.cpu.load_average.1m", &[], || number_after(&read("/proc/loadavg"), ""));
    assert_value("system.process.count", &[], processes);
}

#[test]
fn one_busy_thread_uses_its_fraction_of_all_cpus() {
    let _turn = my_turn();
    install(Set::Basic).unwrap();
    next_window();
    let _ = value("process.cpu.utilization", &[]);
    let (wall, cpu, before) = (Instant::now(), ProcessTime::now(), stat("cpu"));
    burn(0.8);
    let process = value("process.cpu.utilization", &[]);
    let (wall, cpu, after) = (wall.elapsed(), cpu.elapsed(), stat("cpu"));

    let expected = cpu.as_secs_f64() / wall.as_secs_f64() / cpus() as f64;
    let ratio = process / expected;
    assert!(
        (0.95..=1.05).contains(&ratio),
        "{process} is not {expected}, it is {ratio} times that"
    );

    // The first eight numbers are the states. They include the time of guests.
    let all: f64 = (0..8).map(|state| after[state] - before[state]).sum();
    let idle = after[3] - before[3] + after[4] - before[4];
    let system = value("system.cpu.simple_utilization", &[]);
    let expected = (all - idle) / all;
    assert!((system - expected).abs() < 0.03, "{system} is not {expected}");
    assert!(process < system + 0.03, "the process has {process} of {system}");
}

#[test]
fn a_reader_that_comes_right_after_another_sees_the_same_window() {
    let _turn = my_turn();
    install(Set::Basic).unwrap();
    let (first, second) = loop {
        next_window();
        let started = Instant::now();
        let first = snapshot();
        // If a new window began here, this thread would use nearly all of its time.
        burn(0.05);
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let second = snapshot();
        let took = started.elapsed();
        child.kill().unwrap();
        child.wait().unwrap();
        // On a busy machine, the second reader may come after the window.
        if took < WINDOW {
            break (first, second);
        }
    };
    for (name, .., labels) in BASIC {
        assert_eq!(first.find(name, labels), second.find(name, labels), "{name}");
    }
    next_window();
    let third = value("process.cpu.utilization", &[]);
    assert_ne!(Some(third), first.find("process.cpu.utilization", &[]));
}

#[test]
fn readers_that_collect_at_the_same_instant_see_the_same_values() {
    let _turn = my_turn();
    install(Set::Basic).unwrap();
    const READERS: usize = 4;
    for _ in 0..5 {
        next_window();
        burn(0.01);
        let together = Arc::new(Barrier::new(READERS));
        let read = || {
            let together = Arc::clone(&together);
            thread::spawn(move || {
                let reader = Reader::new();
                together.wait();
                reader.collect()
            })
        };
        let readers: Vec<_> = (0..READERS).map(|_| read()).collect();
        let seen: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        for (name, .., labels) in BASIC {
            let values: Vec<_> = seen.iter().map(|seen| seen.find(name, labels)).collect();
            assert!(values[0].is_some(), "{name}");
            assert!(values.iter().all(|value| *value == values[0]), "{name}: {values:?}");
        }
    }
}
