//! Reads metrics, and `/proc` without the tested crate.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use cpu_time::ThreadTime;
use typed_metrics_core::{Snapshot, snapshot};

/// The installation belongs to the process, so tests take turns. Each turn begins with nothing
/// installed.
pub(crate) fn my_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    typed_metrics_system::uninstall();
    turn
}

/// Waits until the next collection reads new values.
pub(crate) fn next_window() {
    thread::sleep(Duration::from_millis(210));
}

pub(crate) type Labels<'a> = &'a [(&'a str, &'a str)];

pub(crate) trait Find {
    fn find(&self, name: &str, labels: Labels<'_>) -> Option<f64>;

    /// The number of series of the metric `name`.
    fn count(&self, name: &str) -> usize;
}

impl Find for Snapshot {
    fn find(&self, name: &str, labels: Labels<'_>) -> Option<f64> {
        Some(self.get(name).unwrap().series_with(labels)?.value.as_f64())
    }

    fn count(&self, name: &str) -> usize {
        self.get(name).unwrap().series.len()
    }
}

/// The value in a new snapshot.
pub(crate) fn value(name: &str, labels: Labels<'_>) -> f64 {
    snapshot().find(name, labels).unwrap_or_else(|| panic!("no `{name}` {labels:?}"))
}

/// Asserts that the value is between the results of `read` right before and right after it was
/// read. Tries again if other processes change the value meanwhile.
#[track_caller]
pub(crate) fn assert_value(name: &str, labels: Labels<'_>, read: impl Fn() -> f64) {
    let mut seen = Vec::new();
    for _ in 0..20 {
        next_window();
        let before = read();
        let value = value(name, labels);
        let after = read();
        if (before.min(after)..=before.max(after)).contains(&value) {
            return;
        }
        seen.push((before, value, after));
    }
    panic!("`{name}` {labels:?} is not what was read before and after it: {seen:?}");
}

pub(crate) fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Keeps one CPU busy until this thread has used this much CPU time.
pub(crate) fn burn(seconds: f64) {
    let start = ThreadTime::now();
    while start.elapsed().as_secs_f64() < seconds {
        std::hint::spin_loop();
    }
}

/// The number after `key`.
pub(crate) fn number_after(text: &str, key: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let line = line.unwrap_or_else(|| panic!("no `{key}` in {text}"));
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// The value of `key` in `/proc/meminfo`, in bytes.
pub(crate) fn meminfo(key: &str) -> f64 {
    number_after(&read("/proc/meminfo"), &format!("{key}:")) * 1024.0
}

/// The numbers of the line of `/proc/stat` that begins with `cpu`.
pub(crate) fn stat(cpu: &str) -> Vec<f64> {
    let stat = read("/proc/stat");
    let line = stat.lines().find(|line| line.split(' ').next() == Some(cpu)).unwrap();
    line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect()
}

/// The number of CPUs, from the lines of `/proc/stat` for single CPUs.
pub(crate) fn cpus() -> usize {
    let is_cpu = |line: &&str| {
        line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    read("/proc/stat").lines().filter(is_cpu).count()
}

/// A field of `/proc/self/stat`, counted from 1. The fields follow the command, which may contain
/// blanks; the first one after it is field 3.
pub(crate) fn self_stat(field: usize) -> f64 {
    let stat = read("/proc/self/stat");
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').nth(field - 3).unwrap().parse().unwrap()
}

/// The number of processes in `/proc`.
pub(crate) fn processes() -> f64 {
    let entries = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter(|name| name.to_str().unwrap().parse::<u32>().is_ok()).count() as f64
}
