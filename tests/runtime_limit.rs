//! The limit on the number of metrics that are registered at run time. This test needs its own
//! binary, because it registers as many metrics as possible.

use typed_metrics::{
    MAX_RUNTIME_METRICS, Metric, MetricType, Value, attributes, catalog, record_metric,
    register_metric, snapshot,
};

#[test]
fn metrics_made_from_input_come_to_an_end_and_the_others_go_on() {
    let name = |i: usize| format!("user_{i}");
    let declared = catalog().len(); // by the crates that the features add
    for i in 0..MAX_RUNTIME_METRICS {
        record_metric(name(i), 1, MetricType::Gauge, attributes!()).unwrap();
    }
    let message = "10000 metrics are registered at run time already, which is the limit; \
                   put the varying part of the name into attributes";
    for error in [
        record_metric("one_more", 1, MetricType::Gauge, attributes!()).unwrap_err(),
        register_metric("one_more", Metric::gauge("one_more")).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), format!("metric `one_more`: {message}"));
    }
    assert_eq!(catalog().len(), declared + MAX_RUNTIME_METRICS);

    // A second registration adds no metric, and recording still works.
    register_metric(name(0), Metric::gauge(name(0))).unwrap();
    record_metric(name(0), 2, MetricType::Gauge, attributes!()).unwrap();
    assert_eq!(snapshot().get("user_0").unwrap().series[0].value, Value::F64(2.0));

    // The number of keys is limited too.
    for i in 0..MAX_RUNTIME_METRICS {
        register_metric(format!("key {i}"), Metric::gauge(name(0))).unwrap();
    }
    let error = register_metric("another key", Metric::gauge(name(0))).unwrap_err();
    assert!(error.to_string().contains("10000 keys are registered at run time already"), "{error}");
    register_metric("key 7", Metric::gauge(name(0))).unwrap();
    record_metric("key 7", 3, MetricType::Gauge, attributes!()).unwrap();
    assert_eq!(snapshot().get("user_0").unwrap().series[0].value, Value::F64(3.0));
}
