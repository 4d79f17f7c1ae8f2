//! Scrapes of what the program records: nothing but values, and the same series each time.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use typed_metrics_core::{Metric, Snapshot, attributes, register_metric, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::{Escaping, Format, Settings};

use crate::parser::{Dialect, parse};

#[derive(Metrics)]
enum Removed {
    #[counter]
    Gone { a: u8 },
    #[counter]
    Begun { a: u8 },
}

/// A scrape of the metrics whose names begin so.
fn scrape(format: Format, begin: &str) -> String {
    let mut part = Snapshot::default();
    part.metrics = snapshot().metrics;
    part.metrics.retain(|metric| metric.descriptor.name().starts_with(begin));
    let mut out = Vec::new();
    format.encode(&part, &Settings::default().created(true), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn metrics_without_values_have_no_lines() {
    register_metric("empty.a", Metric::counter("empty.a").description("A.")).unwrap();
    register_metric("empty.b", Metric::histogram("empty.b")).unwrap();
    assert_eq!(scrape(Format::Text, "empty."), "");
    assert_eq!(scrape(Format::OpenMetrics(Escaping::Underscores), "empty."), "# EOF\n");
    assert_eq!(scrape(Format::Protobuf(Escaping::Underscores), "empty."), "");
}

#[test]
fn removed_series_disappear() {
    Removed::gone(1).add(1);
    Removed::gone(2).add(2);
    let both = "# TYPE gone_total counter\ngone_total{a=\"1\"} 1\ngone_total{a=\"2\"} 2\n";
    assert_eq!(scrape(Format::Text, "gone"), both);
    Removed::gone(1).remove();
    let one = "# TYPE gone_total counter\ngone_total{a=\"2\"} 2\n";
    assert_eq!(scrape(Format::Text, "gone"), one);
    Removed::gone(2).remove();
    assert_eq!(scrape(Format::Text, "gone"), "");
}

#[test]
fn the_time_of_creation_stays_and_moves_only_with_a_removal() {
    let format = Format::OpenMetrics(Escaping::Underscores);
    Removed::begun(1).add(1);
    let created = || -> f64 {
        let text = scrape(format, "begun");
        let line = text.lines().find(|line| line.starts_with("begun_created")).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let first = created();
    Removed::begun(1).add(1);
    thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(created(), first);
    Removed::begun(1).remove();
    Removed::begun(1).add(1);
    assert!(created() > first);
}

#[test]
fn histograms_are_whole_while_other_threads_record() {
    let metric = Metric::histogram("whole").buckets([1, 2, 4, 8]);
    let whole = register_metric("whole", metric).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for begin in 0..2 {
            let done = &done;
            scope.spawn(move || {
                for number in (begin..).step_by(3).take_while(|_| !done.load(Relaxed)) {
                    whole.record(number % 11, attributes!("a" => number % 5)).unwrap();
                }
            });
        }
        // The parser checks that buckets are cumulated, and that the last one is the count.
        let results: Vec<_> = (0..200)
            .map(|_| parse(&scrape(Format::Text, "whole"), Dialect::Text).map(|_| ()))
            .collect();
        done.store(true, Relaxed);
        results.into_iter().for_each(|result| result.unwrap());
    });
}
