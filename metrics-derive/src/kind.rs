//! The kinds of metric as the attributes write them: names, value types, keys.

use typed_metrics_core::{MetricType, ValueType};

pub(crate) const KINDS: [MetricType; 4] =
    [MetricType::Counter, MetricType::UpDownCounter, MetricType::Gauge, MetricType::Histogram];

/// The kind whose attribute is called `word`.
pub(crate) fn kind_named(word: &str) -> Option<MetricType> {
    KINDS.into_iter().find(|kind| attribute_name(*kind) == word)
}

/// The name of a kind's attribute.
pub(crate) fn attribute_name(kind: MetricType) -> &'static str {
    match kind {
        MetricType::Counter => "counter",
        MetricType::UpDownCounter => "up_down_counter",
        MetricType::Gauge => "gauge",
        MetricType::Histogram => "histogram",
    }
}

/// The kind in prose, with its article.
pub(crate) fn in_prose(kind: MetricType) -> &'static str {
    match kind {
        MetricType::Counter => "a counter",
        MetricType::UpDownCounter => "an up-down counter",
        MetricType::Gauge => "a gauge",
        MetricType::Histogram => "a histogram",
    }
}

/// The value types that a kind can have; the first one is the default.
pub(crate) fn value_types(kind: MetricType) -> &'static [ValueType] {
    match kind {
        MetricType::Counter => &[ValueType::U64, ValueType::F64],
        MetricType::UpDownCounter => &[ValueType::I64, ValueType::F64],
        MetricType::Gauge => &[ValueType::F64, ValueType::I64, ValueType::U64],
        MetricType::Histogram => &[ValueType::F64, ValueType::U64],
    }
}

/// The value type called `word`.
pub(crate) fn value_type_named(word: &str) -> Option<ValueType> {
    [ValueType::U64, ValueType::I64, ValueType::F64]
        .into_iter()
        .find(|value_type| value_type_name(*value_type) == word)
}

/// A value type as Rust writes it.
pub(crate) fn value_type_name(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::U64 => "u64",
        ValueType::I64 => "i64",
        ValueType::F64 => "f64",
    }
}

/// The keys of a kind's attribute.
pub(crate) fn keys(kind: MetricType) -> &'static [&'static str] {
    match kind {
        MetricType::Histogram => {
            &["unit", "buckets", "name", "description", "value", "series_limit"]
        }
        _ => &["unit", "name", "description", "value", "series_limit"],
    }
}
