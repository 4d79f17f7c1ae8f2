//! The type of handle that a constructor returns.

use typed_metrics_core::{MetricType, ValueType};

/// `Counter<u64>`, `Histogram<Milliseconds>` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HandleType {
    pub(crate) kind: MetricType,
    pub(crate) parameter: HandleParameter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandleParameter {
    /// All but histograms.
    Value(ValueType),
    /// A histogram of time: the name of the unit's type in core's `unit`.
    Time(&'static str),
    /// Any other histogram.
    NotTime,
}

impl HandleType {
    pub(crate) fn new(kind: MetricType, value_type: ValueType, unit: &str) -> Self {
        let parameter = match kind {
            MetricType::Histogram => typed_metrics_core::unit::time_unit_type(unit)
                .map_or(HandleParameter::NotTime, HandleParameter::Time),
            _ => HandleParameter::Value(value_type),
        };
        Self { kind, parameter }
    }
}
