//! Reads metrics, and reads `/proc` independently of the tested crate.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use cpu_time::ThreadTime;
use typed_metrics_core::{MetricType, Snapshot, ValueType, snapshot};

/// Tests take turns, because installed metrics belong to the process. Each test starts with no
/// metrics installed.
pub(crate) fn my_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    typed_metrics_system::uninstall();
    turn
}

/// The shortest time between two readings of the system.
pub(crate) const WINDOW: Duration = Duration::from_millis(200);

/// Waits until the next collection reads the sources again.
pub(crate) fn next_window() {
    thread::sleep(WINDOW + Duration::from_millis(10));
}

/// Calls `f` while no file can be opened.
#[cfg(target_os = "linux")]
pub(crate) fn without_files<R>(f: impl FnOnce() -> R) -> R {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 0, hard).unwrap();
    let result = f();
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    result
}

pub(crate) type Labels<'a> = &'a [(&'a str, &'a str)];

/// Name, type, value type, unit and labels of the metrics that Logfire's Python SDK 4.41.0 exports
/// with `base="basic"`. Each metric has one series.
pub(crate) const BASIC: [(&str, MetricType, ValueType, &str, Labels<'_>); 6] = {
    use MetricType::{Gauge, UpDownCounter};
    use ValueType::{F64, I64};
    [
        ("process.cpu.utilization", Gauge, F64, "1", &[]),
        ("system.cpu.simple_utilization", Gauge, F64, "1", &[]),
        ("system.memory.utilization", Gauge, F64, "1", &[("state", "available")]),
        ("system.swap.utilization", Gauge, F64, "1", &[("state", "used")]),
        ("system.cpu.load_average.1m", Gauge, F64, "{thread}", &[]),
        ("system.process.count", UpDownCounter, I64, "{process}", &[]),
    ]
};

pub(crate) trait Find {
    fn find(&self, name: &str, labels: Labels<'_>) -> Option<f64>;

    /// The number of series of a metric.
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

/// Asserts that the value lies between two results of `read`, right before and right after the
/// reading. Tries again if another process changes the value in the meantime.
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

/// Keeps one CPU busy until this thread has used this many seconds of CPU time.
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

/// The numbers of the line of `/proc/stat` for `cpu`.
pub(crate) fn stat(cpu: &str) -> Vec<f64> {
    let stat = read("/proc/stat");
    let line = stat.lines().find(|line| line.split(' ').next() == Some(cpu)).unwrap();
    line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect()
}

/// The number of CPUs with a line in `/proc/stat`.
pub(crate) fn cpus() -> usize {
    let is_cpu = |line: &&str| {
        line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    read("/proc/stat").lines().filter(is_cpu).count()
}

/// A field of `/proc/self/stat`, by its number in the manual. The command's name may contain
/// blanks.
pub(crate) fn self_stat(field: usize) -> f64 {
    let stat = read("/proc/self/stat");
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').nth(field - 3).unwrap().parse().unwrap()
}

/// The number of processes that `/proc` shows.
pub(crate) fn processes() -> f64 {
    let entries = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter(|name| name.to_str().unwrap().parse::<u32>().is_ok()).count() as f64
}
