//! Metrics that are recorded at run time, registered or not.

use std::thread;

use typed_metrics::{
    DropReason, Metric, MetricType, Value, ValueType, attributes, catalog, record_metric,
    register_metric, snapshot, testing,
};

use crate::found::{dropped, here, line, one, recorded};

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
        panic!("not a histogram")
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
        // Both measurements of the right type are recorded. The others are recorded nowhere, and
        // have not registered another metric.
        let expected = [(String::new(), 1.0), ("other=type".to_owned(), 100.0)];
        assert_eq!(recorded(name), expected);
        let named = catalog().into_iter().filter(|metric| metric.name().starts_with(name));
        assert_eq!(named.count(), 1);
    }
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
        [(DropReason::NotFinite, 1), (DropReason::Negative, 1), (DropReason::WrongType, 1)]
    );
    assert_eq!(dropped("values.signed"), [(DropReason::WrongType, 1)]);
    assert_eq!(dropped("values.sizes"), [(DropReason::Negative, 1), (DropReason::WrongType, 1)]);
    assert_eq!(dropped("values.gauge"), [(DropReason::NotFinite, 2)]);
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
    assert_eq!(dropped("limited"), [(DropReason::Overflow, 99_990)]);
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
