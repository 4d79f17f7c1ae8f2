//! Warnings of a scrape reach a logger that reads the metrics itself.

use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use log::{LevelFilter, Log, Metadata, Record};
use typed_metrics_core::{MetricType, attributes, record_metric, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::{Format, Settings};

static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Takes a snapshot for each record.
struct Reading;

impl Log for Reading {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &Record<'_>) {
        assert!(!snapshot().metrics.is_empty());
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).push(record.args().to_string());
    }
    fn flush(&self) {}
}

#[derive(Metrics)]
#[metrics(prefix = "reported", crate = typed_metrics_core)]
enum Reported {
    #[histogram(buckets = [1])]
    Wait,
}

/// A second definition, with other buckets.
#[derive(Metrics)]
#[metrics(prefix = "reported", crate = typed_metrics_core)]
enum Again {
    #[histogram(buckets = [2])]
    Wait,
}

#[test]
fn a_logger_may_read_the_metrics_and_is_told_of_everything_left_out() {
    log::set_logger(&Reading).unwrap();
    log::set_max_level(LevelFilter::Warn);
    record_metric("reported.jobs", 1, MetricType::Counter, attributes!()).unwrap();
    record_metric("reported.jobs.total", 2, MetricType::Gauge, attributes!()).unwrap();
    record_metric("reported.one", 3, MetricType::Gauge, attributes!()).unwrap();
    record_metric("reported_one", 4, MetricType::Gauge, attributes!()).unwrap();
    Reported::wait().record(3.0);
    Again::wait().record(3.0);
    let (tell, done) = channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        Format::Text.encode_now(&Settings::default(), &mut text);
        tell.send(String::from_utf8(text).unwrap())
    });
    let text = done.recv_timeout(Duration::from_secs(20)).expect("the scrape hangs");
    assert!(text.contains("\nreported_jobs_total 1"), "{text}");
    let logged = LOGGED.lock().unwrap();
    for part in [
        "metric `reported.jobs.total` (gauge, ",
        "are both `reported_one` in Prometheus",
        "metric `reported.wait` has other buckets at ",
    ] {
        assert_eq!(logged.iter().filter(|text| text.contains(part)).count(), 1, "{logged:?}");
    }
}
