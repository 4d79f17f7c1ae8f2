//! Making instruments: names, scopes, and instruments that are made twice.

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use typed_metrics::{MetricType, MetricType::Counter, Value, catalog, snapshot};
use typed_metrics_otel::meter_provider;
use typed_metrics_turn::{Level, lines, my_turn};

use crate::read::{meter, metric, metrics, read, reported};

fn one(value: u64) -> Vec<(String, Value)> {
    vec![(String::new(), Value::U64(value))]
}

#[test]
fn names_and_facts_are_kept_as_they_are() {
    let _turn = my_turn();
    let scope = InstrumentationScope::builder("facts")
        .with_version("1.2.3")
        .with_schema_url("https://opentelemetry.io/schemas/1.0.0")
        .with_attributes([KeyValue::new("team", "mail"), KeyValue::new("shard", 7)]);
    let meter = meter_provider().meter_with_scope(scope.build());
    let counter = meter.u64_counter("HTTP.Server/Requests-total_1");
    counter.with_unit("{Request}").with_description("All requests.").build().add(1, &[]);
    let metric = metric("facts", "HTTP.Server/Requests-total_1").descriptor;
    assert_eq!((metric.unit(), metric.description()), ("{Request}", "All requests."));
    let scope = metric.scope().unwrap();
    assert_eq!(scope.version(), Some("1.2.3"));
    assert_eq!(scope.schema_url(), Some("https://opentelemetry.io/schemas/1.0.0"));
    assert_eq!(scope.attributes().to_string(), "shard=7 team=mail");
    let source = metric.source().to_string();
    assert_eq!(source, "`meter(\"facts\").u64_counter(\"HTTP.Server/Requests-total_1\")`");
    assert!(catalog().iter().any(|listed| listed.id() == metric.id()));
}

#[test]
fn a_name_that_opentelemetry_does_not_allow_is_reported_and_recorded() {
    let _turn = my_turn();
    for name in ["my metric", "1st", "größe", "_x"] {
        let counter = meter("any name").u64_counter(name).build();
        counter.add(1, &[]);
        assert_eq!(read("any name", name), one(1));
        reported(Level::Warn, &format!("instrument `{name}` of scope `any name` has a name"));
    }
    let long = "x".repeat(256);
    for (name, what) in [(String::new(), "empty"), (long.clone(), "256 bytes")] {
        meter("any name").u64_counter(name.clone()).build().add(1, &[]);
        meter("any name").u64_counter(name.clone()).build().bind(&[]).add(1);
        assert!(metrics("any name", &name).is_empty());
        reported(Level::Error, what);
    }
}

#[test]
fn equal_instruments_are_one_metric() {
    let _turn = my_turn();
    let make = || meter("equal").u64_counter("c").with_unit("s").with_description("d").build();
    make().add(1, &[]);
    make().add(2, &[]);
    assert_eq!(read("equal", "c"), one(3));
    assert!(lines().iter().all(|line| !line.text.contains("equal")));
}

#[test]
fn instruments_of_two_scopes_are_two_metrics() {
    let _turn = my_turn();
    let provider = meter_provider();
    let scopes = [
        InstrumentationScope::builder("two").build(),
        InstrumentationScope::builder("two").with_version("2").build(),
        InstrumentationScope::builder("two").with_schema_url("u").build(),
        InstrumentationScope::builder("two").with_attributes([KeyValue::new("a", 1)]).build(),
        InstrumentationScope::builder("other").build(),
        // The same as the one before the last.
        InstrumentationScope::builder("two").with_attributes([KeyValue::new("a", 1)]).build(),
    ];
    for (number, scope) in (1..).zip(scopes) {
        // Kind and unit may differ, too.
        let meter = provider.meter_with_scope(scope);
        meter
            .u64_counter("c")
            .with_unit(if number == 5 { "s" } else { "" })
            .build()
            .add(number, &[]);
    }
    let found: Vec<_> = metrics("two", "c").iter().map(crate::read::values).collect();
    assert_eq!(found, [one(1), one(2), one(3), one(4 + 6)]);
    assert_eq!(read("other", "c"), one(5));
    // The console tells them apart.
    let table = snapshot().to_string();
    assert!(table.contains("c [other]") && table.contains("c [two]"), "{table}");
}

#[test]
fn a_metric_of_a_scope_is_another_one_than_a_metric_of_the_program() {
    let _turn = my_turn();
    use typed_metrics::{attributes, record_metric};

    record_metric("shared.name", 5, Counter, attributes!()).unwrap();
    meter("sharing").u64_counter("shared.name").build().add(1, &[]);
    record_metric("shared.name", 5, Counter, attributes!()).unwrap();
    assert_eq!(read("sharing", "shared.name"), one(1));
    let own = snapshot();
    let own = own.metrics.iter().filter(|metric| metric.descriptor.name() == "shared.name");
    let own: Vec<_> = own.filter(|metric| metric.descriptor.scope().is_none()).collect();
    assert_eq!(own[0].series[0].value, Value::F64(10.0));
}

#[test]
fn the_first_description_case_and_boundaries_count() {
    let _turn = my_turn();
    let meter = meter("first");
    let make = |name: &'static str, description: &'static str, boundaries: Vec<f64>| {
        let histogram = meter.f64_histogram(name).with_description(description);
        histogram.with_boundaries(boundaries).build()
    };
    make("h", "one", vec![1.0, 2.0]).record(0.5, &[]);
    make("h", "two", vec![1.0, 2.0]).record(0.5, &[]);
    reported(
        Level::Warn,
        "instrument `h` of scope `first` is registered twice: with different desc",
    );
    make("g", "one", vec![1.0]).record(0.5, &[]);
    make("G", "one", vec![1.0]).record(0.5, &[]);
    reported(Level::Warn, "with different cases of the name, \"g\" and \"G\"");
    make("b", "one", vec![1.0]).record(0.5, &[]);
    make("b", "one", vec![3.0]).record(0.5, &[]);
    reported(Level::Warn, "with different boundaries, [1.0] and [3.0]");
    // Without boundaries, those of the first are meant.
    meter.f64_histogram("b").with_description("one").build().record(0.5, &[]);
    for (name, count) in [("h", 2), ("g", 2), ("b", 3)] {
        let metric = metric("first", name);
        assert_eq!(metric.descriptor.description(), "one");
        assert_eq!(metric.series[0].value.as_histogram().unwrap().count, count, "{name}");
    }
}

#[test]
fn instruments_that_contradict_each_other_are_reported_and_all_record() {
    let _turn = my_turn();
    let meter = meter("conflict");
    meter.u64_counter("c").build().add(1, &[]);
    meter.f64_counter("c").build().add(2.0, &[]);
    let text = "instrument `c` of scope `conflict` is two instruments: counter of u64 with the \
                unit \"\" and counter of f64 with the unit \"\"";
    reported(Level::Warn, text);
    meter.u64_counter("c").with_unit("s").build().add(4, &[]);
    meter.i64_up_down_counter("C").build().add(8, &[]);
    let _ = meter.u64_observable_counter("c").with_callback(|o| o.observe(16, &[])).build();
    reported(Level::Warn, "observed counter of u64");
    let found: Vec<f64> =
        metrics("conflict", "c").iter().map(|metric| metric.series[0].value.as_f64()).collect();
    assert_eq!(found, [1.0, 2.0, 4.0, 16.0]);
    assert_eq!(metric("conflict", "C").descriptor.metric_type(), MetricType::UpDownCounter);
    // Each of them is found again.
    meter.u64_counter("c").with_unit("s").build().add(4, &[]);
    meter.f64_counter("c").build().add(2.0, &[]);
    let found: Vec<f64> =
        metrics("conflict", "c").iter().map(|metric| metric.series[0].value.as_f64()).collect();
    assert_eq!(found, [1.0, 4.0, 8.0, 16.0]);
}

#[test]
fn boundaries_that_cannot_be_used_are_reported_and_those_of_opentelemetry_are_used() {
    let _turn = my_turn();
    for (name, boundaries) in [("unsorted", vec![2.0, 1.0]), ("nan", vec![f64::NAN])] {
        let histogram = meter("boundaries").f64_histogram(name).with_boundaries(boundaries).build();
        histogram.record(1.0, &[]);
        let metric = metric("boundaries", name);
        assert_eq!(metric.descriptor.boundaries()[..3], [0.0, 5.0, 10.0]);
        assert_eq!(metric.series[0].value.as_f64(), 1.0);
        reported(
            Level::Error,
            &format!("instrument `{name}` of scope `boundaries` has boundaries"),
        );
    }
}
