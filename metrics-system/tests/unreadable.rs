//! Sources that cannot be read: without a free file descriptor, no file in `/proc` can be opened.
//!
//! This is the only test of its process, because other tests need file descriptors.

#![cfg(target_os = "linux")]

mod support;

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};
use typed_metrics_core::{MetricType, snapshot};
use typed_metrics_system::{Set, install};

use support::*;

/// The logged messages.
static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        LOGGED.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

#[test]
fn unreadable_metrics_are_reported_and_missing_until_they_can_be_read() {
    log::set_logger(&Logger).unwrap();
    log::set_max_level(LevelFilter::Warn);

    let unavailable = without_files(|| install(Set::Basic)).unwrap_err();
    let missing: Vec<_> = unavailable.metrics().collect();
    let basic = BASIC.map(|(name, ..)| name);
    assert_eq!(missing, basic);
    let error = typed_metrics_core::Error::from(unavailable).to_string();
    assert!(
        error.starts_with(
            "some system metrics cannot be read and are missing; all others are installed:\n"
        ),
        "{error}"
    );
    for line in [
        "- `system.cpu.load_average.1m`: /proc/loadavg: Too many open files (os error 24)",
        "- `system.process.count`: /proc: Too many open files (os error 24)",
    ] {
        assert!(error.lines().any(|said| said == line), "no `{line}` in\n{error}");
    }
    for file in ["/proc/stat", "/proc/meminfo"] {
        assert!(error.contains(file), "no `{file}` in\n{error}");
    }
    // There are no zeros, and nothing is logged after the error.
    let empty = without_files(snapshot);
    assert!(empty.metrics.iter().all(|metric| metric.series.is_empty()), "{empty}");
    assert_eq!(*LOGGED.lock().unwrap(), [""; 0]);

    // The metrics return when they can be read.
    next_window();
    let back = snapshot();
    assert!(basic.iter().all(|name| back.count(name) == 1), "{back}");

    // Gauges and up-down counters are missing again, and counters stay.
    install(Set::Full).unwrap();
    let full = snapshot();
    next_window();
    let gone = without_files(snapshot);
    for metric in &gone.metrics {
        let name = metric.descriptor.name();
        // Since Linux 6.2, the number is the size of a folder, which can be read without opening
        // the folder.
        if name == "process.open_file_descriptor.count" {
            continue;
        }
        let is_counter = metric.descriptor.metric_type() == MetricType::Counter;
        assert_eq!(metric.series.len(), if is_counter { full.count(name) } else { 0 }, "{name}");
    }
    next_window();
    assert_value("process.thread.count", &[], || self_stat(20));
    let time = |state, i: usize| {
        let time = value("system.cpu.time", &[("state", state), ("cpu", "1")]);
        (time - stat("cpu0")[i] / 100.0).abs()
    };
    assert!(time("idle", 3) < 1.0 && time("user", 0) < 1.0);

    // The error has reported the basic metrics.
    let logged = LOGGED.lock().unwrap();
    assert!(!logged.is_empty());
    for line in logged.iter() {
        assert!(line.contains("missing while they cannot be read (reported once): "), "{line}");
        assert!(!line.contains("`system.process.count`"), "{line}");
    }
    let threads = |line: &&String| line.contains("`process.thread.count`");
    assert_eq!(logged.iter().filter(threads).count(), 1);
}
