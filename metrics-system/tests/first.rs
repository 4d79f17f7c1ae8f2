//! The first value after `install`. This is the only test of its process, which has only one first
//! value.

#![cfg(target_os = "linux")]

mod support;

use cpu_time::ProcessTime;
use typed_metrics_core::snapshot;
use typed_metrics_system::{Set, install};

use support::*;

/// The age of this process, in seconds.
fn age() -> f64 {
    // The start of the process, in ticks since boot.
    let start = self_stat(22);
    number_after(&read("/proc/uptime"), "") - start / 100.0
}

#[test]
fn the_first_value_covers_the_time_before_and_the_second_the_time_since() {
    assert_eq!(snapshot().count("process.cpu.utilization"), 0);
    burn(0.5);
    install(Set::Basic).unwrap();
    let first = snapshot();
    let process = first.find("process.cpu.utilization", &[]).unwrap();
    let expected = ProcessTime::now().as_duration().as_secs_f64() / age() / cpus() as f64;
    let ratio = process / expected;
    assert!((0.9..=1.1).contains(&ratio), "{process} is not {expected}, it is {ratio} times that");

    let stat = stat("cpu");
    let all: f64 = stat[..8].iter().sum();
    let expected = (all - stat[3] - stat[4]) / all;
    let system = first.find("system.cpu.simple_utilization", &[]).unwrap();
    assert!((system - expected).abs() < 0.01, "{system} is not {expected}");

    // The process is idle after the installation.
    next_window();
    let second = value("process.cpu.utilization", &[]);
    assert!(second < process / 4.0, "{second} after {process}");
}
