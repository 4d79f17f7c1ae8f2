//! Metrics registered and recorded at run time.

use std::panic::Location;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use typed_metrics::{
    Descriptor, Error, HandlerError, Measurement, Metric, MetricHandler, MetricType, Metrics,
    Reason, Value, ValueType, attributes, catalog, record_metric, register_metric, snapshot,
    testing,
};

/// The labels and the value of each series of the metric `name`.
fn recorded(name: &str) -> Vec<(String, f64)> {
    let snapshot = snapshot();
    let series = snapshot.get(name).map_or(&[][..], |metric| &metric.series);
    series.iter().map(|series| (series.labels.to_string(), series.value.as_f64())).collect()
}

fn one(labels: &str, value: f64) -> Vec<(String, f64)> {
    vec![(labels.to_owned(), value)]
}

fn dropped(name: &str) -> Vec<(Reason, u64)> {
    snapshot().get(name).unwrap().dropped.clone()
}

fn here(line_before: u32) -> String {
    format!("at tests/runtime_metrics.rs:{line_before}")
}

#[track_caller]
fn line() -> u32 {
    Location::caller().line()
}

#[test]
fn every_kind_records_as_it_is_meant() {
    let counter = register_metric("kinds.counter", Metric::counter("kinds.counter")).unwrap();
    counter.record(2, attributes!()).unwrap();
    counter.record(1.5, attributes!()).unwrap();
    assert_eq!(recorded("kinds.counter"), one("", 3.5));

    let sum = register_metric("kinds.sum", Metric::up_down_counter("kinds.sum")).unwrap();
    sum.record(2, attributes!()).unwrap();
    sum.record(-5i8, attributes!()).unwrap();
    assert_eq!(recorded("kinds.sum"), one("", -3.0));

    let gauge = register_metric("kinds.gauge", Metric::gauge("kinds.gauge")).unwrap();
    gauge.record(7u64, attributes!()).unwrap();
    gauge.record(-0.5f32, attributes!()).unwrap();
    assert_eq!(recorded("kinds.gauge"), one("", -0.5));

    let histogram = Metric::histogram("kinds.histogram").buckets([1, 10]);
    let histogram = register_metric("kinds.histogram", histogram).unwrap();
    for value in [0.5, 1.0, 2.0, 11.0] {
        histogram.record(value, attributes!()).unwrap();
    }
    let snapshot = snapshot();
    let Value::Histogram(seen) = &snapshot.get("kinds.histogram").unwrap().series[0].value else {
        panic!("no histogram")
    };
    assert_eq!((seen.count, seen.sum, seen.min, seen.max), (4, 14.5, 0.5, 11.0));
    assert_eq!((seen.boundaries, &*seen.buckets), (&[1.0, 10.0][..], &[2, 1, 1][..]));
}

#[test]
fn integers_are_kept_exactly_in_the_integer_types() {
    let big = u64::MAX - 1;
    let counter = Metric::counter("exact.counter").value_type(ValueType::U64);
    register_metric("exact.counter", counter).unwrap().record(big, attributes!()).unwrap();
    let gauge = Metric::gauge("exact.gauge").value_type(ValueType::I64);
    register_metric("exact.gauge", gauge).unwrap().record(i64::MIN, attributes!()).unwrap();
    let snapshot = snapshot();
    assert_eq!(snapshot.get("exact.counter").unwrap().series[0].value, Value::U64(big));
    assert_eq!(snapshot.get("exact.gauge").unwrap().series[0].value, Value::I64(i64::MIN));
}

#[test]
fn series_of_one_counter_do_not_touch_each_other() {
    for round in 0..3 {
        for shard in 0..600 {
            record_metric(
                "neighbours",
                shard + round,
                MetricType::Counter,
                attributes!("shard" => shard),
            )
            .unwrap();
        }
    }
    let expected: Vec<_> =
        (0..600).map(|shard| (format!("shard={shard}"), f64::from(3 * shard + 3))).collect();
    assert_eq!(recorded("neighbours"), expected);
}

#[test]
fn an_unregistered_key_becomes_a_metric_of_the_given_type() {
    let line = line() + 1;
    record_metric("fresh.size", 3, MetricType::Histogram, attributes!("a" => 1)).unwrap();
    let metric = catalog().into_iter().find(|metric| metric.name() == "fresh.size").unwrap();
    assert_eq!(metric.metric_type(), MetricType::Histogram);
    assert_eq!(metric.value_type(), ValueType::F64);
    assert_eq!((metric.unit(), metric.description()), ("", ""));
    assert_eq!(metric.boundaries(), typed_metrics::buckets::default_for(""));
    assert_eq!(metric.source().to_string(), format!("`record_metric` {}", here(line)));
    assert_eq!(recorded("fresh.size"), one("a=1", 3.0));
}

#[test]
fn another_type_is_refused_and_recorded_nowhere() {
    let kinds = [
        ("typed.counter", MetricType::Counter, "a counter"),
        ("typed.sum", MetricType::UpDownCounter, "an up-down counter"),
        ("typed.gauge", MetricType::Gauge, "a gauge"),
        ("typed.histogram", MetricType::Histogram, "a histogram"),
    ];
    for (name, metric_type, registered) in kinds {
        record_metric(name, 1, metric_type, attributes!()).unwrap();
        for (_, other, asked) in kinds {
            let result = record_metric(name, 100, other, attributes!("other" => "type"));
            if other == metric_type {
                result.unwrap();
                continue;
            }
            assert_eq!(
                result.unwrap_err().to_string(),
                format!(
                    "metric `{name}`: it is registered as {registered}, not as {asked}; \
                     record it as {registered} or choose another name"
                )
            );
        }
        // The metric has the two measurements of the right type. Those of wrong types are recorded
        // neither here nor in another metric.
        let expected = [(String::new(), 1.0), ("other=type".to_owned(), 100.0)];
        assert_eq!(recorded(name), expected);
        let named = catalog().into_iter().filter(|metric| metric.name().starts_with(name));
        assert_eq!(named.count(), 1);
    }
}

#[test]
fn a_key_may_differ_from_the_name_and_both_find_the_metric() {
    let metric = Metric::counter("keys.jobs_done").unit("{job}");
    let jobs = register_metric("JOBS DONE!", metric.clone()).unwrap();
    jobs.record(1, attributes!()).unwrap();
    record_metric("JOBS DONE!", 1, MetricType::Counter, attributes!()).unwrap();
    record_metric("keys.jobs_done", 1, MetricType::Counter, attributes!()).unwrap();
    let second = register_metric("second key", metric).unwrap();
    record_metric("second key", 1, MetricType::Counter, attributes!()).unwrap();
    assert!(std::ptr::eq(jobs.descriptor(), second.descriptor()));
    assert_eq!(recorded("keys.jobs_done"), one("", 4.0));
    assert!(snapshot().get("JOBS DONE!").is_none());
}

#[test]
fn an_enum_can_be_the_key() {
    enum Key {
        RequestCount,
    }
    impl AsRef<str> for Key {
        fn as_ref(&self) -> &str {
            match self {
                Self::RequestCount => "enum_key.request_count",
            }
        }
    }
    register_metric(Key::RequestCount, Metric::counter("enum_key.requests")).unwrap();
    record_metric(Key::RequestCount, 2, MetricType::Counter, attributes!()).unwrap();
    assert_eq!(recorded("enum_key.requests"), one("", 2.0));
}

#[test]
fn registering_the_same_again_gives_the_same_metric() {
    let metric = || Metric::histogram("same").unit("ms").description("d").buckets([1.0, 2.0]);
    let first = register_metric("same", metric()).unwrap();
    let second = register_metric("same", metric()).unwrap();
    assert!(std::ptr::eq(first.descriptor(), second.descriptor()));
    assert_eq!(catalog().into_iter().filter(|metric| metric.name() == "same").count(), 1);
}

#[test]
fn a_definition_that_differs_is_refused_with_what_differs_and_both_places() {
    let metric = |name: &str| Metric::histogram(name).unit("ms").buckets([1.0]).series_limit(9);
    let first_line = line() + 1;
    register_metric("differs", metric("differs")).unwrap().record(1, attributes!()).unwrap();
    for (other, what, values) in [
        (Metric::gauge("differs").unit("ms"), "type", ("histogram", "gauge")),
        (metric("differs").value_type(ValueType::U64), "value type", ("f64", "u64")),
        (metric("differs").unit("s"), "unit", ("\"ms\"", "\"s\"")),
        (metric("differs").buckets([1.0, 2.5]), "buckets", ("[1.0]", "[1.0, 2.5]")),
        (metric("differs").series_limit(10), "series limit", ("9", "10")),
        (metric("Differs"), "case of the name", ("differs", "Differs")),
    ] {
        let second_line = line() + 1;
        let error = register_metric("differs again", other).unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!(
                "metric `differs` is defined twice with a different {what}: \
                 {} in `register_metric` {}, {} in `register_metric` {}; \
                 make them agree or rename one",
                values.0,
                here(first_line),
                values.1,
                here(second_line)
            )
        );
    }
    assert_eq!(recorded("differs"), one("", 1.0));
    // Another description is no conflict: the first one stays.
    let described = metric("differs").description("x");
    register_metric("differs again", described).unwrap().record(1, attributes!()).unwrap();
    let differs = snapshot();
    let differs = differs.get("differs").unwrap();
    assert_eq!(differs.descriptor.description(), "");
    assert_eq!(differs.series[0].value.as_histogram().unwrap().count, 2);
    // A metric that `record_metric` registered can conflict too; it has the default definition.
    record_metric("differs.early", 1, MetricType::Counter, attributes!()).unwrap();
    register_metric("differs.early", Metric::counter("differs.early")).unwrap();
    let error = register_metric("differs.early", Metric::counter("differs.early").unit("1"));
    assert!(
        error.unwrap_err().to_string().contains("with a different unit: \"\" in `record_metric`")
    );
}

#[test]
fn a_name_in_another_case_is_refused_when_recorded_too() {
    record_metric("case.queue", 1, MetricType::Counter, attributes!()).unwrap();
    let error = record_metric("case.Queue", 1, MetricType::Counter, attributes!()).unwrap_err();
    assert!(error.to_string().contains("a different case of the name: case.queue in"), "{error}");
    assert_eq!(recorded("case.queue"), one("", 1.0));
    assert!(snapshot().get("case.Queue").is_none());
}

#[test]
fn a_key_or_name_that_stands_for_another_metric_is_refused() {
    let line = line() + 1;
    register_metric("taken", Metric::counter("taken.first")).unwrap();
    let error = register_metric("taken", Metric::counter("taken.second")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "metric `taken.second`: `taken` already refers to the metric `taken.first`, \
             `register_metric` {}; choose another key",
            here(line)
        )
    );
    let error = register_metric("other", Metric::counter("taken")).unwrap_err().to_string();
    assert!(error.contains("`taken` already refers to the metric `taken.first`"), "{error}");
    assert!(error.ends_with("choose another name"), "{error}");
    assert!(snapshot().get("taken.second").is_none());
}

#[derive(Metrics)]
#[metrics(prefix = "declared")]
enum Declared {
    /// Requests served.
    #[counter]
    Requests,
}

#[test]
fn the_name_of_a_typed_metric_is_refused_and_its_place_told() {
    Declared::requests().inc();
    for error in [
        register_metric("x", Metric::counter("declared.requests")).unwrap_err(),
        record_metric("declared.requests", 5, MetricType::Counter, attributes!()).unwrap_err(),
    ] {
        let source = Declared::descriptors()[0].source();
        assert_eq!(source.file, "tests/runtime_metrics.rs");
        assert_eq!(
            error.to_string(),
            format!(
                "metric `declared.requests`: a typed metric has this name, {source}; record in the \
                 typed metric, or choose another name"
            )
        );
    }
    let error = register_metric("x", Metric::counter("Declared.Requests")).unwrap_err();
    assert!(error.to_string().contains("a typed metric has this name"), "{error}");
    assert_eq!(recorded("declared.requests"), one("", 1.0));
}

#[test]
fn what_breaks_a_rule_of_definitions_is_refused() {
    let gauge = || Metric::gauge("rules");
    let histogram = || Metric::histogram("rules");
    for (key, metric, message) in [
        (
            "rules",
            Metric::gauge("queue depth"),
            "metric name \"queue depth\" cannot be used: character ' ' at position 5 is not \
             allowed; allowed are ASCII letters, digits, `_`, `.`, `-` and `/`",
        ),
        ("", gauge(), "metric key \"\" cannot be used: it is empty; give it at least one letter"),
        (
            "rules",
            gauge().unit("seconds"),
            "unit \"seconds\" of metric `rules` cannot be used: units are UCUM codes; write `s`",
        ),
        (
            "rules",
            histogram().buckets([5.0, 1.0]),
            "buckets of metric `rules` cannot be used: boundary 1 follows 5; \
             boundaries must increase strictly",
        ),
        (
            "rules",
            histogram().buckets([f64::NAN]),
            "buckets of metric `rules` cannot be used: boundary NaN is not finite; \
             leave it out, the last bucket always extends to infinity",
        ),
        (
            "rules",
            gauge().buckets([1.0]),
            "metric `rules`: a gauge has no buckets; leave them out or use a histogram",
        ),
        (
            "rules",
            Metric::counter("rules").value_type(ValueType::I64),
            "metric `rules`: a counter cannot have values of type i64; use u64 or f64",
        ),
        (
            "rules",
            Metric::up_down_counter("rules").value_type(ValueType::U64),
            "metric `rules`: an up-down counter cannot have values of type u64; use i64 or f64",
        ),
        (
            "rules",
            histogram().value_type(ValueType::I64),
            "metric `rules`: a histogram cannot have values of type i64; use f64 or u64",
        ),
        (
            "rules",
            gauge().series_limit(0),
            "metric `rules`: with a series limit of 0 every measurement would land in the \
             overflow series; give at least 1",
        ),
    ] {
        assert_eq!(register_metric(key, metric).unwrap_err().to_string(), message);
    }
    let error = record_metric("not a name", 1, MetricType::Gauge, attributes!()).unwrap_err();
    assert!(matches!(error, Error::Name { .. }), "{error:?}");
    assert!(register_metric("k".repeat(256), gauge()).is_err());
    // No metric was registered by these calls.
    assert!(snapshot().get("rules").is_none());
}

#[test]
fn a_value_that_cannot_be_held_is_an_error_and_counted_and_costs_nothing_recorded() {
    let whole = Metric::counter("values.whole").value_type(ValueType::U64);
    let whole = register_metric("values.whole", whole).unwrap();
    let signed = Metric::up_down_counter("values.signed").value_type(ValueType::I64);
    let signed = register_metric("values.signed", signed).unwrap();
    let sizes = Metric::histogram("values.sizes").value_type(ValueType::U64);
    let sizes = register_metric("values.sizes", sizes).unwrap();
    let gauge = register_metric("values.gauge", Metric::gauge("values.gauge")).unwrap();
    for metric in [whole, signed, sizes, gauge] {
        metric.record(3.0, attributes!()).unwrap();
    }
    for (result, message) in [
        (
            whole.record(1.5, attributes!()),
            "metric `values.whole`: 1.5 is not a value of type u64; convert it, or register the metric \
             with values of f64, the default",
        ),
        (
            whole.record(-1, attributes!("new" => "series")),
            "metric `values.whole`: -1 is negative, and a counter only grows; use an up-down counter",
        ),
        (
            whole.record(f64::NAN, attributes!()),
            "metric `values.whole`: NaN is not finite; record numbers only",
        ),
        (
            signed.record(u64::MAX, attributes!()),
            "metric `values.signed`: 18446744073709551615 is not a value of type i64; convert it, or \
             register the metric with values of f64, the default",
        ),
        (
            sizes.record(0.5, attributes!()),
            "metric `values.sizes`: 0.5 is not a value of type u64; convert it, or register the metric \
             with values of f64, the default",
        ),
        (
            sizes.record(-4, attributes!()),
            "metric `values.sizes`: -4 is not a value of type u64; convert it, or register the metric \
             with values of f64, the default",
        ),
        (
            gauge.record(f64::INFINITY, attributes!()),
            "metric `values.gauge`: inf is not finite; record numbers only",
        ),
        (
            record_metric("values.gauge", f32::NAN, MetricType::Gauge, attributes!()),
            "metric `values.gauge`: NaN is not finite; record numbers only",
        ),
    ] {
        assert_eq!(result.unwrap_err().to_string(), message);
    }
    for name in ["values.whole", "values.signed", "values.sizes", "values.gauge"] {
        assert_eq!(recorded(name), one("", 3.0));
    }
    assert_eq!(
        dropped("values.whole"),
        [(Reason::NotFinite, 1), (Reason::Negative, 1), (Reason::WrongType, 1)]
    );
    assert_eq!(dropped("values.signed"), [(Reason::WrongType, 1)]);
    assert_eq!(dropped("values.sizes"), [(Reason::Negative, 1), (Reason::WrongType, 1)]);
    assert_eq!(dropped("values.gauge"), [(Reason::NotFinite, 2)]);
}

#[test]
fn the_series_limit_holds_for_made_up_attributes() {
    let metric = Metric::counter("limited").series_limit(10);
    let limited = register_metric("limited", metric).unwrap();
    for user in 0..100_000 {
        limited.record(1, attributes!("user" => user)).unwrap();
    }
    let series = recorded("limited");
    assert_eq!(series.len(), 11);
    assert!(series[..10].iter().enumerate().all(|(i, s)| *s == (format!("user={i}"), 1.0)));
    assert_eq!(series[10], ("otel.metric.overflow=true".to_owned(), 99_990.0));
    assert_eq!(dropped("limited"), [(Reason::Overflow, 99_990)]);
}

#[derive(Default)]
struct Told {
    metrics: Mutex<Vec<&'static str>>,
    measured: Mutex<Vec<String>>,
}

impl MetricHandler for Told {
    fn register(&self, metric: &'static Descriptor) {
        self.metrics.lock().unwrap().push(metric.name());
    }

    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        metric.name() == "told.late"
    }

    fn measured(&self, measurement: &Measurement) {
        let line = format!("{} {}", measurement.labels, measurement.value.as_f64());
        self.measured.lock().unwrap().push(line);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn handlers_are_told_of_metrics_that_come_later_and_may_subscribe() {
    let told = Arc::new(Told::default());
    register_metric("told.early", Metric::gauge("told.early")).unwrap();
    typed_metrics::add_metric_handler(Arc::clone(&told)).unwrap();
    let late = register_metric("told.late", Metric::counter("told.late")).unwrap();
    register_metric("told.late", Metric::counter("told.late")).unwrap();
    record_metric("told.latest", 1, MetricType::Gauge, attributes!()).unwrap();
    for name in ["told.early", "told.late", "told.latest"] {
        let times = told.metrics.lock().unwrap().iter().filter(|told| **told == name).count();
        assert_eq!(times, 1, "{name}");
    }
    late.record(2, attributes!("queue" => "mail")).unwrap();
    assert!(late.record(-2, attributes!("queue" => "mail")).is_err());
    assert_eq!(*told.measured.lock().unwrap(), ["queue=mail 2"]);
}

#[test]
fn handlers_miss_no_metric_that_threads_register_at_once() {
    let told = Arc::new(Told::default());
    typed_metrics::add_metric_handler(Arc::clone(&told)).unwrap();
    thread::scope(|scope| {
        for t in 0..4 {
            scope.spawn(move || {
                for i in 0..100 {
                    let name = format!("at_once.{t}.{i}");
                    register_metric(&name, Metric::gauge(&name)).unwrap();
                }
            });
        }
    });
    let told = told.metrics.lock().unwrap();
    let mut names: Vec<_> = told.iter().filter(|name| name.starts_with("at_once.")).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 400);
}

#[test]
fn threads_that_bring_one_metric_up_at_once_count_in_it() {
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..1000 {
                    record_metric("race", 1, MetricType::Counter, attributes!("k" => "v")).unwrap();
                }
            });
        }
    });
    assert_eq!(recorded("race"), one("k=v", 8000.0));
}

#[test]
fn threads_that_disagree_on_the_type_get_one_type() {
    let barrier = Barrier::new(2);
    let record = |metric_type| {
        barrier.wait();
        record_metric("race.types", 1, metric_type, attributes!()).is_ok()
    };
    let (a, b) = thread::scope(|scope| {
        let a = scope.spawn(|| record(MetricType::Counter));
        let b = scope.spawn(|| record(MetricType::Gauge));
        (a.join().unwrap(), b.join().unwrap())
    });
    assert!(a != b, "one of them was first");
    assert_eq!(recorded("race.types"), one("", 1.0));
}

#[test]
fn recording_at_the_end_of_a_thread_is_counted() {
    struct AtTheEnd;
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            record_metric("ends", 1, MetricType::Counter, attributes!("at" => "end")).unwrap();
        }
    }
    thread_local!(static LAST: AtTheEnd = const { AtTheEnd });
    for _ in 0..3 {
        thread::spawn(|| {
            LAST.with(|_| ());
            record_metric("ends", 1, MetricType::Counter, attributes!("at" => "end")).unwrap();
        })
        .join()
        .unwrap();
    }
    assert_eq!(recorded("ends"), one("at=end", 6.0));
}

#[test]
fn a_capture_sees_only_its_own() {
    record_metric("captured", 5, MetricType::Counter, attributes!("k" => 1)).unwrap();
    let seen = testing::capture(|| {
        record_metric("captured", 2, MetricType::Counter, attributes!("k" => 1)).unwrap();
    });
    let series = &seen.snapshot.get("captured").unwrap().series;
    assert_eq!(series[0].value, Value::F64(2.0));
    drop(seen);
    assert_eq!(recorded("captured"), one("k=1", 7.0));
}

#[test]
fn boundaries_are_numbers_of_any_type_or_references_to_them() {
    let boundaries = |key: &str, metric: Metric| {
        let metric = register_metric(key, metric).unwrap();
        metric.descriptor().boundaries()
    };
    let metric = Metric::histogram;
    let limits = vec![1u64, 2];
    let floats: &[f64] = &[0.5, 1.0];
    assert_eq!(boundaries("b.float", metric("b.float").buckets(floats)), [0.5, 1.0]);
    assert_eq!(boundaries("b.u64", metric("b.u64").buckets([1u64, 2])), [1.0, 2.0]);
    assert_eq!(boundaries("b.vec", metric("b.vec").buckets(&limits)), [1.0, 2.0]);
    assert_eq!(boundaries("b.int", metric("b.int").buckets([-1, 2])), [-1.0, 2.0]);
}
