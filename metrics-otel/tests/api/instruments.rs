//! Synchronous instruments: what they record, and under which attributes.

use std::thread;

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value as Attribute};
use typed_metrics::{DropReason, MetricType, Override, Value, ValueType, override_metric};
use typed_metrics_otel::meter_provider;

use typed_metrics_turn::my_turn;

use crate::read::{dropped, meter, metric, read};

fn no_labels(value: Value) -> Vec<(String, Value)> {
    vec![(String::new(), value)]
}

#[test]
fn each_instrument_records_values_of_its_type() {
    let _turn = my_turn();
    const SCOPE: &str = "each";
    let meter = meter(SCOPE);
    meter.u64_counter("u64_counter").build().add(u64::MAX - 1, &[]);
    meter.f64_counter("f64_counter").build().add(0.5, &[]);
    meter.i64_up_down_counter("i64_level").build().add(-7, &[]);
    meter.f64_up_down_counter("f64_level").build().add(-0.5, &[]);
    meter.u64_gauge("u64_gauge").build().record(u64::MAX, &[]);
    meter.i64_gauge("i64_gauge").build().record(i64::MIN, &[]);
    meter.f64_gauge("f64_gauge").build().record(-1.25, &[]);
    let expected = [
        ("u64_counter", MetricType::Counter, Value::U64(u64::MAX - 1)),
        ("f64_counter", MetricType::Counter, Value::F64(0.5)),
        ("i64_level", MetricType::UpDownCounter, Value::I64(-7)),
        ("f64_level", MetricType::UpDownCounter, Value::F64(-0.5)),
        ("u64_gauge", MetricType::Gauge, Value::U64(u64::MAX)),
        ("i64_gauge", MetricType::Gauge, Value::I64(i64::MIN)),
        ("f64_gauge", MetricType::Gauge, Value::F64(-1.25)),
    ];
    for (name, metric_type, value) in expected {
        assert_eq!(metric(SCOPE, name).descriptor.metric_type(), metric_type);
        assert_eq!(read(SCOPE, name), no_labels(value), "{name}");
    }
}

#[test]
fn histograms_have_the_given_boundaries_or_those_of_opentelemetry() {
    let _turn = my_turn();
    const SCOPE: &str = "histograms";
    let meter = meter(SCOPE);
    let given = meter.f64_histogram("given").with_boundaries(vec![1.0, 2.0]).build();
    [0.5, 1.0, 1.5, 9.0].into_iter().for_each(|value| given.record(value, &[]));
    let default = meter.u64_histogram("default").with_unit("s").build();
    [0, 5, 6, 20_000].into_iter().for_each(|value| default.record(value, &[]));
    let none = meter.f64_histogram("none").with_boundaries(Vec::new()).build();
    [-1.0, 4.0].into_iter().for_each(|value| none.record(value, &[]));

    let buckets = |name: &str| {
        let metric = metric(SCOPE, name);
        let histogram = metric.series[0].value.as_histogram().unwrap();
        (histogram.boundaries.to_vec(), histogram.buckets.clone(), histogram.sum)
    };
    assert_eq!(buckets("given"), (vec![1.0, 2.0], vec![2, 1, 1], 12.0));
    // The default of the specification, whatever the unit.
    let default = [
        0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0,
        7500.0, 10000.0,
    ];
    let mut counts = vec![0; 16];
    (counts[0], counts[1], counts[2], counts[15]) = (1, 1, 1, 1);
    assert_eq!(buckets("default"), (default.to_vec(), counts, 20_011.0));
    assert_eq!(metric(SCOPE, "default").descriptor.value_type(), ValueType::U64);
    assert_eq!(buckets("none"), (vec![], vec![2], 3.0));
}

#[test]
fn the_order_of_attributes_does_not_matter_and_the_last_of_a_name_counts() {
    let _turn = my_turn();
    const SCOPE: &str = "order";
    let counter = meter(SCOPE).u64_counter("orders").build();
    let (a, b) = (KeyValue::new("a", 1), KeyValue::new("b", "x"));
    for _ in 0..3 {
        counter.add(1, &[a.clone(), b.clone()]);
        counter.add(10, &[b.clone(), a.clone()]);
        counter.add(100, &[KeyValue::new("b", "other"), a.clone(), b.clone()]);
        counter.add(1000, &[b.clone(), KeyValue::new("b", false), a.clone()]);
        counter.add(10_000, std::slice::from_ref(&a));
    }
    let expected = [("a=1", 30_000), ("a=1 b=false", 3000), ("a=1 b=x", 333)];
    let expected = expected.map(|(labels, value)| (labels.to_owned(), Value::U64(value)));
    assert_eq!(read(SCOPE, "orders"), expected);
}

#[test]
fn attributes_of_every_type_distinguish_series() {
    let _turn = my_turn();
    const SCOPE: &str = "types";
    let gauge = meter(SCOPE).f64_gauge("types").build();
    let texts = |texts: &[&'static str]| texts.iter().map(|t| StringValue::from(*t)).collect();
    let values: [(Attribute, &str); 13] = [
        (true.into(), "true"),
        (1_i64.into(), "1"),
        (1.0.into(), "1"),
        ("1".into(), "1"),
        (f64::NAN.into(), "NaN"),
        (Attribute::Array(Array::Bool(vec![true, false])), "[true,false]"),
        (Attribute::Array(Array::I64(vec![1, -2])), "[1,-2]"),
        (Attribute::Array(Array::I64(vec![1, -3])), "[1,-3]"),
        (Attribute::Array(Array::F64(vec![1.0, f64::INFINITY])), r#"[1.0,"inf"]"#),
        (Attribute::Array(Array::String(texts(&["a", "b"]))), r#"["a","b"]"#),
        (Attribute::Array(Array::String(texts(&["ab"]))), r#"["ab"]"#),
        (Attribute::Array(Array::String(texts(&["a", "b", ""]))), r#"["a","b",""]"#),
        (Attribute::Array(Array::Bool(vec![])), "[]"),
    ];
    for round in [0.0, 1.0] {
        for (index, (value, _)) in (0_u32..).zip(&values) {
            let attributes = [KeyValue::new("z", 0), KeyValue::new("k", value.clone())];
            gauge.record(f64::from(index) + round, &attributes);
        }
    }
    let metric = metric(SCOPE, "types");
    assert_eq!(metric.series.len(), values.len());
    for (index, (series, (_, shown))) in (0_u32..).zip(metric.series.iter().zip(&values)) {
        assert_eq!(series.labels.get("k").unwrap().to_string(), *shown);
        assert_eq!(series.value, Value::F64(f64::from(index) + 1.0));
    }
}

#[test]
fn attributes_may_have_any_name_but_none() {
    let _turn = my_turn();
    const SCOPE: &str = "names";
    let counter = meter(SCOPE).u64_counter("named").build();
    let names = ["Ünï code", "le", "otel.x", "1", "a=b", "__name__"];
    let all: Vec<_> = names.iter().map(|name| KeyValue::new(*name, 1)).collect();
    counter.add(1, &all);
    counter.add(2, &[KeyValue::new("", "gone"), KeyValue::new("x", 1)]);
    let many: Vec<_> =
        (0..300).map(|i| KeyValue::new(Key::from(format!("k{i:03}")), i64::from(i))).collect();
    counter.add(3, &many);
    let metric = metric(SCOPE, "named");
    let labels = |index: usize| &metric.series[index].labels;
    assert!(names.iter().all(|name| labels(0).get(name).is_some()), "{}", labels(0));
    assert_eq!(labels(1).to_string(), "x=1");
    assert_eq!(labels(2).len(), 300);
}

#[test]
fn long_texts_are_cut_and_the_cut_ones_are_one_series() {
    let _turn = my_turn();
    const SCOPE: &str = "long";
    let counter = meter(SCOPE).u64_counter("long").build();
    let long = |last: char| KeyValue::new("text", format!("{}{last}", "x".repeat(5000)));
    for _ in 0..2 {
        counter.add(1, &[long('a')]);
        counter.add(1, &[long('b')]);
    }
    let metric = metric(SCOPE, "long");
    assert_eq!(metric.series.len(), 1);
    assert_eq!(metric.series[0].value, Value::U64(4));
}

#[test]
fn values_that_cannot_be_recorded_are_dropped_and_counted() {
    let _turn = my_turn();
    const SCOPE: &str = "invalid";
    let meter = meter(SCOPE);
    let counter = meter.f64_counter("sum").build();
    let bound = counter.bind(&[]);
    let level = meter.f64_up_down_counter("level").build();
    let gauge = meter.f64_gauge("gauge").build();
    let histogram = meter.f64_histogram("histogram").build();
    let bound_histogram = histogram.bind(&[]);
    for value in [1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        counter.add(value, &[]);
        bound.add(value);
        level.add(value, &[]);
        gauge.record(value, &[]);
        histogram.record(value, &[]);
        bound_histogram.record(value);
    }
    assert_eq!(read(SCOPE, "sum"), no_labels(Value::F64(2.0)));
    assert_eq!(dropped(SCOPE, "sum", DropReason::NotFinite), 6);
    assert_eq!(dropped(SCOPE, "sum", DropReason::Negative), 2);
    assert_eq!(read(SCOPE, "level"), no_labels(Value::F64(0.0)));
    assert_eq!(dropped(SCOPE, "level", DropReason::NotFinite), 3);
    assert_eq!(read(SCOPE, "gauge"), no_labels(Value::F64(-1.0)));
    assert_eq!(dropped(SCOPE, "gauge", DropReason::NotFinite), 3);
    let histogram = metric(SCOPE, "histogram");
    let histogram = histogram.series[0].value.as_histogram().unwrap();
    assert_eq!((histogram.count, histogram.sum), (4, 0.0));
    assert_eq!(dropped(SCOPE, "histogram", DropReason::NotFinite), 6);
}

#[test]
fn measurements_beyond_the_series_limit_are_in_the_overflow_series() {
    let _turn = my_turn();
    const SCOPE: &str = "limit";
    override_metric("limited", Override::new().series_limit(2)).unwrap();
    let counter = meter(SCOPE).u64_counter("limited").build();
    let of = |id: i64| [KeyValue::new("z", 1), KeyValue::new("id", id)];
    for _ in 0..2 {
        (0..5).for_each(|id| counter.add(1, &of(id)));
    }
    // Bound and unbound measurements behave alike.
    let bound = counter.bind(&of(7));
    bound.add(10);
    counter.bind(&of(0)).add(100);
    let expected = [("id=0 z=1", 102), ("id=1 z=1", 2), ("otel.metric.overflow=true", 16)];
    let expected = expected.map(|(labels, value)| (labels.to_owned(), Value::U64(value)));
    assert_eq!(read(SCOPE, "limited"), expected);
    assert_eq!(dropped(SCOPE, "limited", DropReason::Overflow), 8);
}

#[test]
fn bound_instruments_record_in_the_series_of_their_attributes() {
    let _turn = my_turn();
    const SCOPE: &str = "bound";
    let meter = meter(SCOPE);
    let attributes = [KeyValue::new("b", "x"), KeyValue::new("a", 1), KeyValue::new("b", "y")];
    let counter = meter.u64_counter("counter").build();
    let bound = counter.bind(&attributes);
    assert!(metric(SCOPE, "counter").series.is_empty(), "nothing was recorded yet");
    bound.add(1);
    bound.clone().add(10);
    counter.add(100, &[KeyValue::new("a", 1), KeyValue::new("b", "y")]);
    meter.i64_up_down_counter("level").build().bind(&attributes).add(-4);
    meter.f64_gauge("gauge").build().bind(&attributes).record(2.5);
    meter.u64_histogram("histogram").build().bind(&attributes).record(9);
    let only = |value| vec![("a=1 b=y".to_owned(), value)];
    assert_eq!(read(SCOPE, "counter"), only(Value::U64(111)));
    assert_eq!(read(SCOPE, "level"), only(Value::I64(-4)));
    assert_eq!(read(SCOPE, "gauge"), only(Value::F64(2.5)));
    assert_eq!(read(SCOPE, "histogram")[0].1.as_histogram().unwrap().sum, 9.0);
}

#[test]
fn threads_record_in_one_metric_and_nothing_is_lost() {
    let _turn = my_turn();
    const SCOPE: &str = "threads";
    let each: u64 = 20_000;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Each thread makes the instruments, as crates do that keep none.
                let meter = meter(SCOPE);
                let counter = meter.u64_counter("counter").build();
                let histogram = meter.f64_histogram("histogram").build();
                for i in 0..each {
                    let attributes = [KeyValue::new("k", i.cast_signed() % 7)];
                    counter.add(1, &attributes);
                    histogram.record(1.0, &attributes);
                }
            });
        }
    });
    let total: f64 = read(SCOPE, "counter").iter().map(|(_, value)| value.as_f64()).sum();
    assert_eq!(total, 4.0 * each as f64);
    let total: f64 = read(SCOPE, "histogram").iter().map(|(_, value)| value.as_f64()).sum();
    assert_eq!(total, 4.0 * each as f64);
}

#[test]
fn instruments_outlive_meter_and_provider() {
    let _turn = my_turn();
    let provider = meter_provider();
    let scope = InstrumentationScope::builder("dropped").with_version("1").build();
    let meter = provider.meter_with_scope(scope.clone());
    let counter = meter.u64_counter("counter").build();
    let bound = counter.bind(&[]);
    let _ = meter.u64_observable_gauge("gauge").with_callback(|o| o.observe(3, &[])).build();
    drop((provider, meter));
    counter.add(1, &[]);
    bound.add(1);
    drop(counter);
    bound.add(1);
    let again = meter_provider().meter_with_scope(scope).u64_counter("counter").build();
    again.add(1, &[]);
    assert_eq!(read("dropped", "counter"), no_labels(Value::U64(4)));
    assert_eq!(read("dropped", "gauge"), no_labels(Value::U64(3)));
}
