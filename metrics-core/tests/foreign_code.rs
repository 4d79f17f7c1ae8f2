//! Loggers that read, and readers that want a metric under one of its names.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use typed_metrics_core::{
    Counting, Metric, MetricType, Override, PointReader, attributes, override_metric,
    record_metric, register_metric, snapshot,
};

/// Reads and records for each line.
struct Reading;

static LINES: AtomicUsize = AtomicUsize::new(0);

impl log::Log for Reading {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &log::Record<'_>) {
        let _ = snapshot();
        register_metric("log.lines", Metric::counter("log.lines")).unwrap();
        LINES.fetch_add(1, Relaxed);
    }

    fn flush(&self) {}
}

#[test]
fn a_logger_reads_and_registers_while_an_override_is_refused() {
    log::set_logger(&Reading).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    override_metric("refused", Override::new().buckets([1, 2])).unwrap();
    record_metric("refused", 1, MetricType::Counter, attributes!()).unwrap();
    assert_eq!(LINES.load(Relaxed), 1);
    assert!(snapshot().get("log.lines").is_some());
}

#[test]
fn points_of_a_metric_come_under_the_names_that_are_wanted() {
    let renamed = Metric::counter("points.new").was("points.old");
    register_metric("points.new", renamed).unwrap().record(2, attributes!()).unwrap();
    let reader = PointReader::new();
    for (wanted, expected) in [
        (&["points.old"][..], &["points.old"][..]),
        (&["points.new"], &["points.new"]),
        (&["points.new", "points.old"], &["points.new", "points.old"]),
    ] {
        let mut visited = Vec::new();
        reader.collect(
            |metric| wanted.contains(&metric.name()),
            |_, _| Counting::Totals,
            |metric, point| visited.push((metric.name(), point.value.as_f64())),
        );
        let expected: Vec<_> = expected.iter().map(|name| (*name, 2.0)).collect();
        assert_eq!(visited, expected);
    }
}
