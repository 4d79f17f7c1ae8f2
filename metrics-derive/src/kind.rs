//! The kinds of metric as the attributes write them.

use typed_metrics_core::{MetricType, ValueType};

/// The kind whose attribute is called `word`.
pub(crate) fn kind_named(word: &str) -> Option<MetricType> {
    MetricType::ALL.into_iter().find(|kind| kind.as_str() == word)
}

/// The value type called `word`.
pub(crate) fn value_type_named(word: &str) -> Option<ValueType> {
    ValueType::ALL.into_iter().find(|value_type| value_type.as_str() == word)
}

/// The keys of a kind's attribute.
pub(crate) fn keys(kind: MetricType) -> &'static [&'static str] {
    match kind {
        MetricType::Histogram => &[
            "unit",
            "buckets",
            "name",
            "description",
            "value",
            "series_limit",
            "expire",
            "last_recorded",
            "positional",
        ],
        MetricType::UpDownCounter => {
            &["unit", "name", "description", "value", "series_limit", "last_recorded", "positional"]
        }
        _ => &[
            "unit",
            "name",
            "description",
            "value",
            "series_limit",
            "expire",
            "last_recorded",
            "positional",
        ],
    }
}
