//! Metrics, labels and series that are one after translation.

use std::sync::{Mutex, Once, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use log::{LevelFilter, Log, Metadata, Record};
use typed_metrics_core::testing::capture;
use typed_metrics_core::{
    Descriptor, Metric, RuntimeMetric, ValueType, attributes, catalog, register_metric,
};
use typed_metrics_prometheus::{Escaping, Format, Naming, PrometheusHandler, Settings};

use crate::texts::scrape;

static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps what is logged from now on.
pub(crate) fn set_logger() {
    struct Logger;
    impl Log for Logger {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &Record<'_>) {
            let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
            logged.push(record.args().to_string());
        }
        fn flush(&self) {}
    }
    static SET: Once = Once::new();
    SET.call_once(|| {
        log::set_logger(&Logger).unwrap();
        log::set_max_level(LevelFilter::Warn);
    });
}

/// The one logged text that fulfils `is_meant`.
///
/// Waits for it: the scrape of another test may have found the conflict first, and logs it at its
/// end.
#[track_caller]
pub(crate) fn logged(is_meant: impl Fn(&str) -> bool) -> String {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found: Vec<_> = logged.iter().filter(|text| is_meant(text)).collect();
        match found[..] {
            [text] => return text.clone(),
            [] if Instant::now() < deadline => sleep(Duration::from_millis(10)),
            _ => panic!("{} texts are meant among {logged:#?}", found.len()),
        }
    }
}

fn counter(name: &str) -> RuntimeMetric {
    register_metric(name, Metric::counter(name).value_type(ValueType::U64)).unwrap()
}

fn check(metrics: &[RuntimeMetric]) -> Vec<(String, &'static str, &'static str)> {
    let descriptors: Vec<&'static Descriptor> = metrics.iter().map(|m| m.descriptor()).collect();
    let Err(conflicts) = Naming::default().check(&descriptors) else { return Vec::new() };
    let names = conflicts.iter().map(|conflict| {
        (conflict.name.clone(), conflict.first.unwrap().name(), conflict.second.name())
    });
    names.collect()
}

#[test]
fn two_metrics_of_one_type_share_a_name() {
    let metrics = [counter("one.name"), counter("one_name")];
    let seen = capture(|| {
        metrics[0].record(1, attributes!("a" => 1)).unwrap();
        metrics[0].record(2, attributes!("a" => 2)).unwrap();
        metrics[1].record(3, attributes!("b" => 1)).unwrap();
        metrics[1].record(4, attributes!("a" => 1)).unwrap();
    });
    // The series of the second metric with the labels of the first one is left out.
    let expected = "# TYPE one_name_total counter\n\
                    one_name_total{a=\"1\"} 1\n\
                    one_name_total{a=\"2\"} 2\n\
                    one_name_total{b=\"1\"} 3\n";
    assert_eq!(scrape(Format::Text, &seen.snapshot, &Settings::default()), expected);
    assert_eq!(check(&metrics), [("one_name_total".to_owned(), "one.name", "one_name")]);
}

#[test]
fn constant_labels_tell_metrics_of_one_name_apart() {
    let metric = |name: &str, region: &str| {
        let metric = Metric::counter(name).label("region", region);
        register_metric(name, metric).unwrap()
    };
    assert_eq!(check(&[metric("apart.a", "eu"), metric("apart_a", "us")]), []);
    assert_eq!(check(&[metric("apart.b", "eu"), metric("apart_b", "eu")]).len(), 1);
}

#[test]
fn a_metric_whose_name_another_type_has_is_left_out_and_reported_once() {
    set_logger();
    let jobs = counter("left.jobs");
    let total = register_metric("left.jobs.total", Metric::gauge("left.jobs.total")).unwrap();
    let count = register_metric("left.wait.count", Metric::gauge("left.wait.count")).unwrap();
    let wait = register_metric("left.wait", Metric::histogram("left.wait").buckets([1])).unwrap();
    let seen = capture(|| {
        jobs.record(1, attributes!()).unwrap();
        total.record(2, attributes!()).unwrap();
        count.record(3, attributes!()).unwrap();
        wait.record(1, attributes!()).unwrap();
    });
    for format in [Format::Text, Format::OpenMetrics(Escaping::Underscores)] {
        let text = scrape(format, &seen.snapshot, &Settings::default());
        assert!(text.contains("left_jobs_total 1\n"), "{text}");
        assert!(!text.contains("left_jobs_total 2"), "{text}");
        assert!(text.contains("left_wait_count 1\n"), "{text}");
        assert!(!text.contains("left_wait_count 3"), "{text}");
    }
    let expected = [
        ("left_jobs_total".to_owned(), "left.jobs", "left.jobs.total"),
        ("left_wait_count".to_owned(), "left.wait", "left.wait.count"),
    ];
    assert_eq!(check(&[jobs, total, count, wait]), expected);
    let of = |metric: &str| {
        let begin = format!("metric `{metric}` (gauge, `register_metric` at ");
        logged(|text| text.starts_with(&begin))
    };
    let text = of("left.jobs.total");
    let parts = [
        "is `left_jobs_total` in Prometheus, which clashes with metric `left.jobs` (counter, ",
        "formats/names.rs:",
        "; rename one of them; the scrape leaves it out",
    ];
    parts.iter().for_each(|part| assert!(text.contains(part), "{text}"));
    of("left.wait.count");
}

#[test]
fn a_metric_whose_old_name_is_the_new_one_in_prometheus_needs_no_old_name() {
    set_logger();
    let metric = Metric::counter("again.c").value_type(ValueType::U64).was("again_c");
    let new = register_metric("again.c", metric).unwrap();
    let seen = capture(|| new.record(2, attributes!()).unwrap());
    let both: Vec<&'static Descriptor> =
        catalog().into_iter().filter(|metric| metric.name().starts_with("again")).collect();
    assert_eq!(both.len(), 2, "{both:?}");
    let conflicts = Naming::default().check(&both).unwrap_err().to_string();
    let begin = "metric `again.c` (counter, `register_metric` at ";
    let end = ") clashes in Prometheus with its own old name `again_c`, because `again_c` is \
               `again_c_total` there; leave out `was`";
    assert!(conflicts.starts_with(begin) && conflicts.ends_with(end), "{conflicts}");

    // A capture has no old names.
    assert!(scrape(Format::Text, &seen.snapshot, &Settings::default()).contains("again_c_total 2"));
    new.record(3, attributes!()).unwrap();
    let handler = PrometheusHandler::builder().build().unwrap();
    let text = String::from_utf8(handler.render(Format::Text)).unwrap();
    assert_eq!(text.matches("\nagain_c_total ").count(), 1, "{text}");
    let text = logged(|text| text.starts_with("metric `again.c` ("));
    let end = "and its own old name `again_c` are both `again_c_total` in Prometheus; the scrape \
               has the metric once; leave out `was`";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn labels_that_are_one_after_translation_are_joined() {
    let hits = counter("joined.hits");
    let seen = capture(|| {
        let labels = attributes!("a_b" => "3", "a.b" => "x\"y", "a-b" => 1, "A" => true);
        hits.record(1, labels).unwrap();
    });
    let text = scrape(Format::Text, &seen.snapshot, &Settings::default());
    // In the order of the original names: `a-b`, `a.b`, `a_b`.
    let line = "joined_hits_total{A=\"true\",a_b=\"1;x\\\"y;3\"} 1\n";
    assert!(text.ends_with(line), "{text}");
}

#[test]
fn labels_that_prometheus_takes_for_equal_are_one_series() {
    let hits = counter("equal.hits");
    let wait = register_metric("equal.wait", Metric::histogram("equal.wait").buckets([1])).unwrap();
    let seen = capture(|| {
        hits.record(1, attributes!("a" => 1)).unwrap();
        hits.record(2, attributes!("a" => "1")).unwrap();
        hits.record(3, attributes!("a" => "")).unwrap();
        hits.record(4, attributes!()).unwrap();
        wait.record(0, attributes!("a" => 1)).unwrap();
        wait.record(5, attributes!("a" => "1")).unwrap();
    });
    let expected = "# TYPE equal_hits_total counter\n\
                    equal_hits_total 7\n\
                    equal_hits_total{a=\"1\"} 3\n\
                    # TYPE equal_wait histogram\n\
                    equal_wait_bucket{a=\"1\",le=\"1.0\"} 1\n\
                    equal_wait_bucket{a=\"1\",le=\"+Inf\"} 2\n\
                    equal_wait_sum{a=\"1\"} 5.0\n\
                    equal_wait_count{a=\"1\"} 2\n";
    assert_eq!(scrape(Format::Text, &seen.snapshot, &Settings::default()), expected);
}

#[test]
fn names_that_differ_only_for_some_scrapers_are_reported() {
    let metrics = [counter("some.scrapers"), counter("some_scrapers")].map(|m| m.descriptor());
    let naming = Naming::default().utf8(true);
    let conflicts = naming.check(&metrics).unwrap_err();
    assert_eq!(conflicts.iter().len(), 1);
    assert!(conflicts.to_string().contains("`some_scrapers`"), "{conflicts}");
}

#[test]
fn a_metric_with_the_name_of_the_resource_is_left_out() {
    let target = register_metric("target.info", Metric::gauge("target.info")).unwrap();
    let seen = capture(|| target.record(5, attributes!()).unwrap());
    let with = Settings::default().resource([("a", "b")]);
    let text = scrape(Format::Text, &seen.snapshot, &with);
    assert!(text.ends_with("# TYPE target_info gauge\ntarget_info{a=\"b\"} 1\n"), "{text}");
    let text = scrape(Format::Text, &seen.snapshot, &Settings::default());
    assert_eq!(text, "# TYPE target_info gauge\ntarget_info 5.0\n");
}

#[test]
fn without_suffixes_a_counter_takes_no_name_but_its_own() {
    let created = counter("reserved.jobs_created");
    let jobs = register_metric("reserved.jobs", Metric::gauge("reserved.jobs")).unwrap();
    let seen = capture(|| {
        created.record(1, attributes!()).unwrap();
        jobs.record(2, attributes!()).unwrap();
    });
    let naming = Naming::default().suffixes(false);
    naming.check(&[created.descriptor(), jobs.descriptor()]).unwrap();
    let other = counter("reserved.a_created");
    let total = register_metric("reserved.a_total", Metric::gauge("reserved.a_total")).unwrap();
    naming.check(&[other.descriptor(), total.descriptor()]).unwrap();
    let text = scrape(Format::Text, &seen.snapshot, &Settings::default().naming(naming));
    assert!(text.contains("\nreserved_jobs 2"), "{text}");
}
