//! Recording through OpenTelemetry's API allocates nothing once its series exist.

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::{Array, KeyValue, Value};
use typed_metrics_otel::meter_provider;

/// The allocations of a hundred calls, after earlier calls have made the series.
fn allocations(mut call: impl FnMut()) -> u64 {
    call();
    call();
    allocation_counter::measure(|| (0..100).for_each(|_| call())).count_total
}

#[test]
fn of_any_instrument_with_any_attributes() {
    let meter = meter_provider().meter("steady");
    let lists = [
        KeyValue::new("z", Value::Array(Array::I64(vec![1, 2, 3]))),
        KeyValue::new("y", Value::Array(Array::String(vec!["a".into(), "b".into()]))),
    ];
    let (mut unsorted, mut long) = (Vec::new(), Vec::new());
    for index in (0..8_i64).rev() {
        unsorted.push(KeyValue::new(format!("key {index}"), index));
        long.push(KeyValue::new(format!("key {index}"), "x".repeat(1000 + 10 * 8)));
    }
    let all: [&[KeyValue]; 4] = [&[], &unsorted, &lists, &long];
    for attributes in all {
        let counter = meter.u64_counter("counter").build();
        assert_eq!(allocations(|| counter.add(1, attributes)), 0);
        let bound = counter.bind(attributes);
        assert_eq!(allocations(|| bound.add(1)), 0);
        let level = meter.f64_up_down_counter("level").build();
        assert_eq!(allocations(|| level.add(0.5, attributes)), 0);
        let gauge = meter.i64_gauge("gauge").build();
        assert_eq!(allocations(|| gauge.record(1, attributes)), 0);
        let histogram = meter.f64_histogram("histogram").build();
        assert_eq!(allocations(|| histogram.record(1.0, attributes)), 0);
        assert_eq!(allocations(|| counter.add(0, attributes)), 0);
    }
}
