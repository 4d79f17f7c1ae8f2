//! The fields of events that are measurements.

use typed_metrics_core::MetricType;

/// The metric that a field with this name records in: its kind, and its name without the prefix.
pub(super) fn metric_of(field: &'static str) -> Option<(MetricType, &'static str)> {
    let (prefix, name) = field.split_once('.')?;
    let kind = match prefix {
        "monotonic_counter" => MetricType::Counter,
        "counter" => MetricType::UpDownCounter,
        "gauge" => MetricType::Gauge,
        "histogram" => MetricType::Histogram,
        _ => return None,
    };
    Some((kind, name))
}
