//! The limit on the number of instruments. This test needs its own binary, because it makes as many
//! instruments as possible.

use opentelemetry::metrics::MeterProvider as _;
use typed_metrics_core::{MAX_RUNTIME_METRICS, snapshot};
use typed_metrics_otel::meter_provider;

#[test]
fn instruments_made_from_input_come_to_an_end_and_so_does_their_memory() {
    let meter = meter_provider().meter("limited");
    let make = |i: usize| meter.u64_counter(format!("user_{i}")).build();
    (0..MAX_RUNTIME_METRICS).for_each(|i| make(i).add(1, &[]));
    // The first refusal is reported.
    make(MAX_RUNTIME_METRICS).add(1, &[]);
    let refused = MAX_RUNTIME_METRICS + 1..2 * MAX_RUNTIME_METRICS;
    let memory = allocation_counter::measure(|| refused.for_each(|i| make(i).add(1, &[])));
    assert_eq!(memory.bytes_current, 0);
    // An instrument of a metric that exists is no new one.
    make(7).add(2, &[]);
    let snapshot = snapshot();
    assert_eq!(snapshot.get("user_7").unwrap().series[0].value.as_f64(), 3.0);
    assert!(snapshot.get(&format!("user_{MAX_RUNTIME_METRICS}")).is_none());
}
