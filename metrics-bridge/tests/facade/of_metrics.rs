//! The cases that the crate `metrics` and its recorders test, written again for this recorder.
//!
//! From `metrics` 0.24.6, `src/recorder/mod.rs` and `src/key.rs`, from `metrics-util` 0.20.4,
//! `src/registry/mod.rs`, and from `metrics-exporter-prometheus` 0.18.3,
//! `src/exporter/builder.rs`.

use std::sync::Arc;

use metrics::{
    Key, Label, Recorder, counter, gauge, histogram, set_default_local_recorder,
    with_local_recorder,
};
use typed_metrics_bridge::{Matcher, MetricsRecorder};
use typed_metrics_core::snapshot;
use typed_metrics_prometheus::{Format, PrometheusHandler};

use super::support::{METADATA, RECORDER, metric, value, with};

fn new() -> MetricsRecorder {
    MetricsRecorder::builder().build().unwrap()
}

/// `blanket_implementations`.
#[test]
fn the_recorder_is_one_behind_every_pointer() {
    fn is_recorder<T: Recorder>(recorder: T) {
        let key = Key::from_static_name("of.pointer");
        recorder.register_counter(&key, &METADATA).increment(1);
    }
    let recorder = new();
    let pointer: &dyn Recorder = &recorder;
    is_recorder(pointer);
    is_recorder(Arc::new(new()));
    is_recorder(Box::new(new()));
    is_recorder(new());
    assert_eq!(value("of.pointer", &[]), 4.0);
}

/// `thread_scoped_recorder_guards` and `local_recorder_restored_when_dropped`.
#[test]
fn only_what_is_recorded_while_the_recorder_is_set_is_recorded() {
    counter!("of.local").increment(1);
    assert!(snapshot().get("of.local").is_none());
    {
        let recorder = new();
        let _guard = set_default_local_recorder(&recorder);
        counter!("of.local").increment(10);
        with_local_recorder(&*RECORDER, || counter!("of.local").increment(100));
        counter!("of.local").increment(1000);
    }
    counter!("of.local").increment(1);
    assert_eq!(value("of.local", &[]), 1110.0);
}

/// `test_registry`: one key is one series of each kind, and is created once.
#[test]
fn equal_keys_are_one_series() {
    let key = Key::from_name("of.registry");
    let recorder: &dyn Recorder = &*RECORDER;
    for _ in 0..2 {
        recorder.register_counter(&key, &METADATA).increment(1);
    }
    let counters = metric("of.registry");
    assert_eq!(counters.series.len(), 1);
    assert_eq!(counters.series[0].value.as_f64(), 2.0);
    let labelled = Key::from_parts("of.registry", vec![Label::new("k", "v")]);
    recorder.register_counter(&labelled, &METADATA).increment(1);
    assert_eq!(metric("of.registry").series.len(), 2);
}

/// `test_key_eq_and_hash`: keys of static and owned parts are equal.
#[test]
fn keys_of_any_origin_are_one_series() {
    static LABELS: [Label; 1] = [Label::from_static_parts("system", "http")];
    let keys = [
        Key::from_static_parts("of.key", &LABELS),
        Key::from_static_labels("of.key", &LABELS),
        Key::from_parts("of.key".to_owned(), vec![Label::new("system", "http")]),
        Key::from_parts("of.key", &[("system", "http")]),
    ];
    for key in &keys {
        RECORDER.register_gauge(key, &METADATA).increment(1.0);
    }
    assert_eq!(value("of.key", &[("system", "http")]), 4.0);
}

/// `test_render`.
#[test]
fn each_kind_is_rendered() {
    let recorder = MetricsRecorder::builder()
        .buckets([10.0, 20.0])
        .prometheus_names_as_given(true)
        .build()
        .unwrap();
    with_local_recorder(&recorder, || {
        counter!("of_counter").increment(42);
        gauge!("of_gauge", "foo" => "bar").set(-3.5);
        histogram!("of_histogram").record(12.0);
    });
    let text = PrometheusHandler::builder().build().unwrap().render(Format::Text);
    let text = String::from_utf8(text).unwrap();
    let expected = [
        "# TYPE of_counter counter\nof_counter 42\n",
        "# TYPE of_gauge gauge\nof_gauge{foo=\"bar\"} -3.5\n",
        "# TYPE of_histogram histogram\nof_histogram_bucket{le=\"10.0\"} 0\n\
         of_histogram_bucket{le=\"20.0\"} 1\nof_histogram_bucket{le=\"+Inf\"} 1\n\
         of_histogram_sum 12.0\nof_histogram_count 1\n",
    ];
    for expected in expected {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

/// `test_buckets`: full before prefix before suffix before the default.
#[test]
fn matchers_are_asked_in_order() {
    let values = [11.0, 12.0, 13.0, 14.0];
    let recorder = MetricsRecorder::builder()
        .buckets_for(Matcher::full("ofb.foo"), [values[0]])
        .buckets_for(Matcher::prefix("ofb"), [values[1]])
        .buckets_for(Matcher::Suffix("foo".to_owned()), [values[2]])
        .buckets([values[3]])
        .build()
        .unwrap();
    for (name, value) in ["ofb.foo", "ofb_bar", "ofc_foo", "ofc"].into_iter().zip(values) {
        with_local_recorder(&recorder, || histogram!(name).record(1.0));
        assert_eq!(metric(name).descriptor.boundaries(), [value], "{name}");
    }
}

/// `test_sanitized_render`: labels with characters that Prometheus does not allow.
#[test]
fn hostile_labels_are_rendered() {
    with(|| counter!("of_hostile", "fo.o" => "foo", ":b:ar" => "ba\"r\n\\").increment(1));
    let text = PrometheusHandler::builder().build().unwrap().render(Format::Text);
    let text = String::from_utf8(text).unwrap();
    let line = "of_hostile_total{fo_o=\"foo\",key_b_ar=\"ba\\\"r\\n\\\\\"} 1\n";
    let other = "of_hostile_total{key_b_ar=\"ba\\\"r\\n\\\\\",fo_o=\"foo\"} 1\n";
    assert!(text.contains(line) || text.contains(other), "{text}");
}
