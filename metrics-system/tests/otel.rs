//! Export through OpenTelemetry.

#![cfg(target_os = "linux")]

mod support;

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use typed_metrics_otel::OtelHandler;
use typed_metrics_system::{Set, install};

use support::*;

#[test]
fn basic_and_full_metrics_arrive_with_their_types_and_attributes() {
    let _turn = my_turn();
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    typed_metrics_core::set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    install(Set::Full).unwrap();
    next_window();
    provider.force_flush().unwrap();
    next_window();
    exporter.reset();
    provider.force_flush().unwrap();

    let finished = exporter.get_finished_metrics().unwrap();
    let metrics = finished.iter().flat_map(|resource| resource.scope_metrics());
    let metrics: Vec<&Metric> = metrics.flat_map(|scope| scope.metrics()).collect();
    let find = |name: &str| {
        let named: Vec<_> = metrics.iter().filter(|metric| metric.name() == name).collect();
        let [metric] = named[..] else { panic!("{name} is there {} times", named.len()) };
        (metric.data(), metric.unit())
    };

    let (AggregatedMetrics::F64(MetricData::Gauge(gauge)), "1") = find("process.cpu.utilization")
    else {
        panic!("no gauge")
    };
    let values: Vec<_> = gauge.data_points().map(|point| point.value()).collect();
    assert!(matches!(values[..], [0.0..=1.0]), "{values:?}");

    let (AggregatedMetrics::F64(MetricData::Gauge(gauge)), "1") = find("system.memory.utilization")
    else {
        panic!("no gauge")
    };
    assert_eq!(gauge.data_points().count(), 9);

    let (AggregatedMetrics::I64(MetricData::Sum(sum)), "{process}") = find("system.process.count")
    else {
        panic!("no sum")
    };
    assert!(!sum.is_monotonic());
    let values: Vec<_> = sum.data_points().map(|point| point.value()).collect();
    assert_eq!(values.len(), 1);
    assert!((values[0] as f64 - processes()).abs() < 50.0, "{values:?}");

    let (AggregatedMetrics::F64(MetricData::Sum(sum)), "s") = find("system.cpu.time") else {
        panic!("no sum")
    };
    assert!(sum.is_monotonic());
    let point = sum.data_points().find(|point| {
        let mut attributes: Vec<_> = point
            .attributes()
            .map(|attribute| (attribute.key.as_str(), attribute.value.clone()))
            .collect();
        attributes.sort_by_key(|(key, _)| *key);
        // The label `cpu` is a number, as in Logfire's Python SDK.
        attributes == [("cpu", 1_i64.into()), ("state", "idle".into())]
    });
    // The time is counted once, although it was collected twice.
    let (idle, kernel) = (point.unwrap().value(), stat("cpu0")[3] / 100.0);
    assert!((idle - kernel).abs() < 1.0, "{idle} is not {kernel}");
    typed_metrics_core::clear_metric_handlers();
}
