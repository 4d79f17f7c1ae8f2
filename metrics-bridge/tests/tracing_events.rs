//! Events and spans of `tracing`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use tracing::{Level, info, info_span, warn_span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;
use typed_metrics_bridge::{SpanLabels, SpanLevel, SpanMetrics, TracingMetrics};
use typed_metrics_core::testing::capture;
use typed_metrics_core::{DropReason, MetricSnapshot, MetricType, snapshot};

fn with<R>(metrics: TracingMetrics, f: impl FnOnce() -> R) -> R {
    let subscriber = tracing_subscriber::registry().with(metrics.layer());
    tracing::subscriber::with_default(subscriber, f)
}

fn metric(name: &str) -> MetricSnapshot {
    snapshot().get(name).unwrap_or_else(|| panic!("no metric {name}")).clone()
}

fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    let metric = metric(name);
    let series = metric.series_with(labels);
    series.unwrap_or_else(|| panic!("no series {labels:?} in {metric:?}")).value.as_f64()
}

#[test]
fn numbers_of_128_bits_are_measurements_and_attributes() {
    let took = Duration::from_millis(1500);
    with(TracingMetrics::new(), || {
        info!(histogram.tr_wide = took.as_millis(), size = 7_u128);
        info!(histogram.tr_wide = -500_i128, size = 7_i128);
    });
    let wide = metric("tr_wide");
    let wide = wide.series_with(&[("size", "7")]).unwrap().value.as_histogram().unwrap().clone();
    assert_eq!((wide.count, wide.sum), (2, 1000.0));
}

/// The fields that `tracing-opentelemetry` documents for `MetricsLayer`.
#[test]
fn every_kind_takes_every_number() {
    with(TracingMetrics::new(), || {
        info!(monotonic_counter.tr_sum = 1);
        info!(monotonic_counter.tr_sum = 2_u64);
        info!(monotonic_counter.tr_sum = 1.5);
        info!(counter.tr_level = 3);
        info!(counter.tr_level = -1);
        info!(counter.tr_level = 0.5);
        info!(gauge.tr_gauge = 7_u64);
        info!(gauge.tr_gauge = -2);
        info!(gauge.tr_gauge = 2.5);
        info!(histogram.tr_size = 1);
        info!(histogram.tr_size = -1);
        info!(histogram.tr_size = 2_u64);
        info!(histogram.tr_size = 1.5);
    });
    assert_eq!(value("tr_sum", &[]), 4.5);
    assert_eq!(value("tr_level", &[]), 2.5);
    assert_eq!(value("tr_gauge", &[]), 2.5);
    let size = metric("tr_size");
    let size = size.series[0].value.as_histogram().unwrap();
    assert_eq!((size.count, size.sum, size.min, size.max), (4, 3.5, -1.0, 2.0));
    let kinds = ["tr_sum", "tr_level", "tr_gauge", "tr_size"]
        .map(|name| metric(name).descriptor.metric_type());
    let expected =
        [MetricType::Counter, MetricType::UpDownCounter, MetricType::Gauge, MetricType::Histogram];
    assert_eq!(kinds, expected);
}

#[test]
fn other_fields_are_attributes() {
    with(TracingMetrics::new(), || {
        let user = String::from("ann");
        info!(
            monotonic_counter.tr_labelled = 1,
            text = "a b",
            user,
            shown = %1.5,
            debug = ?Some(1),
            flag = true,
            int = -3,
            large = u64::MAX,
            float = 0.25,
            gauge.tr_text = "no number",
            "the message of {user}"
        );
        // The order of the fields does not matter.
        info!(text = "1", monotonic_counter.tr_order = 1, other = "2");
        info!(other = "2", monotonic_counter.tr_order = 1, text = "1");
    });
    let labels = [
        ("text", "a b"),
        ("user", "ann"),
        ("shown", "1.5"),
        ("debug", "Some(1)"),
        ("flag", "true"),
        ("int", "-3"),
        ("large", "18446744073709551615"),
        ("float", "0.25"),
        ("gauge.tr_text", "no number"),
    ];
    assert_eq!(value("tr_labelled", &labels), 1.0);
    assert_eq!(value("tr_order", &[("text", "1"), ("other", "2")]), 2.0);
    assert!(snapshot().get("tr_text").is_none());
}

#[test]
fn one_event_may_have_several_measurements() {
    with(TracingMetrics::new(), || {
        info!(monotonic_counter.tr_many = 1, histogram.tr_many_size = 5.0, k = "v");
    });
    assert_eq!(value("tr_many", &[("k", "v")]), 1.0);
    assert_eq!(value("tr_many_size", &[("k", "v")]), 5.0);
}

#[test]
fn values_that_a_metric_cannot_hold_are_counted() {
    with(TracingMetrics::new(), || {
        info!(monotonic_counter.tr_bad = 1);
        info!(monotonic_counter.tr_bad = -1);
        info!(monotonic_counter.tr_bad = f64::NAN);
    });
    let bad = metric("tr_bad");
    assert_eq!(bad.series[0].value.as_f64(), 1.0);
    let mut dropped = bad.dropped.clone();
    dropped.sort_by_key(|(reason, _)| reason.to_string());
    let mut expected = [(DropReason::Negative, 1), (DropReason::NotFinite, 1)];
    expected.sort_by_key(|(reason, _)| reason.to_string());
    assert_eq!(dropped, expected);
}

#[test]
fn names_keep_their_dots_and_clash_by_kind() {
    with(TracingMetrics::new(), || {
        info!(monotonic_counter.tr.dotted.name = 1);
        info!(gauge.tr.dotted.name = 5);
        info!({ "gauge.tr name" } = 1);
    });
    assert_eq!(value("tr.dotted.name", &[]), 1.0);
    assert_eq!(value("tr.dotted.name.gauge", &[]), 5.0);
    assert_eq!(value("tr_name", &[]), 1.0);
}

/// Counts what reaches a layer.
#[derive(Default)]
struct Counting;

static EVENTS: AtomicU64 = AtomicU64::new(0);

impl<S: tracing::Subscriber> Layer<S> for Counting {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        EVENTS.fetch_add(1, Relaxed);
    }
}

#[test]
fn the_filter_is_for_this_layer_alone() {
    let subscriber =
        tracing_subscriber::registry().with(TracingMetrics::new().layer()).with(Counting);
    tracing::subscriber::with_default(subscriber, || {
        info!("no measurement");
        info!(monotonic_counter.tr_filtered = 1);
        assert!(tracing::enabled!(Level::INFO));
    });
    assert_eq!(EVENTS.load(Relaxed), 2);
    assert_eq!(value("tr_filtered", &[]), 1.0);
}

#[test]
fn events_without_measurements_are_disabled_if_nothing_else_wants_them() {
    struct Formatted;
    impl std::fmt::Debug for Formatted {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("the value of an event that nobody wants is read");
        }
    }
    fn costly() -> u64 {
        panic!("the value of an event that nobody wants is computed");
    }
    with(TracingMetrics::new(), || {
        info!(value = ?Formatted, other = costly(), "no measurement");
        let span = info_span!("not measured");
        assert!(span.is_disabled());
    });
}

#[test]
fn a_value_may_record_an_event_while_it_is_formatted() {
    struct Recording;
    impl std::fmt::Debug for Recording {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            info!(monotonic_counter.tr_inner = 1, from = "debug");
            f.write_str("recorded")
        }
    }
    with(TracingMetrics::new(), || info!(monotonic_counter.tr_outer = 1, value = ?Recording));
    assert_eq!(value("tr_outer", &[("value", "recorded")]), 1.0);
    // `tracing` itself lets no event in while it dispatches one, unless the dispatcher is global.
    let inner = snapshot().get("tr_inner").map_or(0.0, |m| m.series[0].value.as_f64());
    assert!(inner <= 1.0);
}

#[test]
fn spans_are_measured_if_asked_for() {
    let seen = capture(|| {
        with(TracingMetrics::new(), || info_span!("tr_span").in_scope(|| ()));
    });
    let labels = SpanLabels::new("tr_span", SpanLevel::Info);
    seen.assert_histogram_count(SpanMetrics::Duration(labels), 0);

    let pause = Duration::from_millis(20);
    let seen = capture(|| {
        with(TracingMetrics::new().spans(true), || {
            let span = info_span!("tr_span", field = 1);
            let _clone = span.clone();
            thread::sleep(pause);
            span.in_scope(|| {
                thread::sleep(pause);
                // Entered twice.
                span.in_scope(|| thread::sleep(pause));
            });
            warn_span!("tr_other").in_scope(|| ());
        });
    });
    let [total, busy, idle] =
        [SpanMetrics::Duration(labels), SpanMetrics::Busy(labels), SpanMetrics::Idle(labels)]
            .map(|metric| seen.histogram(metric));
    assert_eq!([total.count, busy.count, idle.count], [1, 1, 1]);
    let pause = pause.as_secs_f64();
    assert!(idle.sum >= pause && busy.sum >= 2.0 * pause, "{idle:?} {busy:?}");
    assert!((total.sum - busy.sum - idle.sum).abs() < 1e-9);
    let other = SpanLabels::new("tr_other", SpanLevel::Warn);
    seen.assert_histogram_count(SpanMetrics::Duration(other), 1);
}
