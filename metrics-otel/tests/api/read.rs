//! Reading the metrics of a scope.

use opentelemetry::metrics::{Meter, MeterProvider};
use typed_metrics::{DropReason, MetricSnapshot, Reader, Value, snapshot};
use typed_metrics_otel::meter_provider;
use typed_metrics_turn::{Level, lines};

pub(crate) fn meter(scope: &'static str) -> Meter {
    meter_provider().meter(scope)
}

/// The metrics of a scope that have this name.
pub(crate) fn metrics(scope: &str, name: &str) -> Vec<MetricSnapshot> {
    of(snapshot().metrics, scope, name)
}

/// The metric of a scope with this name.
#[track_caller]
pub(crate) fn metric(scope: &str, name: &str) -> MetricSnapshot {
    let mut found = metrics(scope, name);
    assert_eq!(found.len(), 1, "`{name}` of `{scope}`");
    found.remove(0)
}

fn of(metrics: Vec<MetricSnapshot>, scope: &str, name: &str) -> Vec<MetricSnapshot> {
    let is_wanted = |metric: &MetricSnapshot| {
        let metric = metric.descriptor;
        metric.name() == name && metric.scope().is_some_and(|of| of.name() == scope)
    };
    metrics.into_iter().filter(is_wanted).collect()
}

/// Labels, as a snapshot shows them, and values.
pub(crate) fn values(metric: &MetricSnapshot) -> Vec<(String, Value)> {
    let series = metric.series.iter();
    let mut values: Vec<_> =
        series.map(|series| (series.labels.to_string(), series.value.clone())).collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
}

/// Labels and values of a metric.
#[track_caller]
pub(crate) fn read(scope: &str, name: &str) -> Vec<(String, Value)> {
    values(&metric(scope, name))
}

/// The same, in a collection of `reader`.
pub(crate) fn collect(reader: &Reader, scope: &str, name: &str) -> Vec<(String, Value)> {
    of(reader.collect().metrics, scope, name).first().map(values).unwrap_or_default()
}

/// How many measurements were dropped for this reason.
#[track_caller]
pub(crate) fn dropped(scope: &str, name: &str, reason: DropReason) -> u64 {
    let dropped = metric(scope, name).dropped;
    dropped.iter().find(|(found, _)| *found == reason).map_or(0, |(_, count)| *count)
}

/// Checks that a line with this text was logged since the last call. The test has its turn.
#[track_caller]
pub(crate) fn reported(level: Level, text: &str) {
    let lines = lines();
    let is_meant =
        |line: &typed_metrics_turn::Line| line.level == level && line.text.contains(text);
    assert!(lines.iter().any(is_meant), "no {level} with `{text}` in {lines:?}");
}
