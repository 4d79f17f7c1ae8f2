//! OpenTelemetry's instruments and series that have expired. The expiry belongs to the process.

use std::thread;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use typed_metrics_core::{Value, set_default_expiry, snapshot};
use typed_metrics_otel::meter_provider;

fn read() -> Vec<(String, Value)> {
    let snapshot = snapshot();
    let series = snapshot.get("counter").unwrap().series.iter();
    series.map(|series| (series.labels.to_string(), series.value.clone())).collect()
}

/// Removes all series by their expiry.
fn expire() {
    set_default_expiry(Duration::from_millis(1));
    // The first collection sees the last values, and a later one that they did not change.
    let _ = snapshot();
    thread::sleep(Duration::from_millis(5));
    assert!(read().is_empty());
    set_default_expiry(None);
}

#[test]
fn an_instrument_brings_back_a_series_that_has_expired() {
    let counter = meter_provider().meter("expired").u64_counter("counter").build();
    let attributes = [KeyValue::new("b", 1), KeyValue::new("a", 1)];
    let bound = counter.bind(&attributes);
    let expected = |value| [("a=1 b=1".to_owned(), Value::U64(value))];
    for round in 0..3 {
        counter.add(1, &attributes);
        assert_eq!(read(), expected(1), "{round}");
        bound.add(10);
        assert_eq!(read(), expected(11), "{round}");
        expire();
        bound.add(2);
        assert_eq!(read(), expected(2), "{round}");
        counter.add(20, &attributes);
        assert_eq!(read(), expected(22), "{round}");
        expire();
    }
}
