//! The type of handle that a constructor returns.

use typed_metrics_core::ValueType;

use crate::kind::Kind;

/// `Counter<u64>`, `Histogram<Milliseconds>` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HandleType {
    pub(crate) kind: Kind,
    pub(crate) value_type: ValueType,
    /// The name of the unit's type in core's `unit`, if the unit is one of time.
    pub(crate) time: Option<&'static str>,
}

impl HandleType {
    pub(crate) fn new(kind: Kind, value_type: ValueType, unit: &str) -> Self {
        Self { kind, value_type, time: typed_metrics_core::unit::time_unit_type(unit) }
    }
}
