//! Metrics are registered at run time: keys, names, definitions.

use std::time::Duration;

use typed_metrics::{
    Error, Metric, MetricType, Metrics, ValueType, attributes, catalog, record_metric,
    register_metric, snapshot,
};

use crate::found::{here, line, one, recorded};

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
        (
            metric("differs").expire(Duration::from_secs(60)),
            "expiry",
            ("the expiry of the process", "expiry after 60s"),
        ),
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
    // A different description is not a conflict. The first description stays.
    let described = metric("differs").description("x");
    register_metric("differs again", described).unwrap().record(1, attributes!()).unwrap();
    let differs = snapshot();
    let differs = differs.get("differs").unwrap();
    assert_eq!(differs.descriptor.description(), "");
    assert_eq!(differs.series[0].value.as_histogram().unwrap().count, 2);
    // A metric that was registered by recording can conflict too. Its definition is the default.
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
        assert_eq!(source.file, "tests/run_time/registering.rs");
        assert_eq!(
            error.to_string(),
            format!(
                "metric `declared.requests`: a typed metric has this name or had it, {source}; \
                 record in the typed metric, or choose another name"
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
    // None of the failed calls registered the metric.
    assert!(snapshot().get("rules").is_none());
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
