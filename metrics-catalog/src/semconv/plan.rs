//! The enum that is to be written: its metrics, and the labels that are enums.

use super::registry::Presentation;

/// An enum with metrics.
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) prefix: String,
    pub(super) metrics: Vec<MetricPlan>,
    pub(super) labels: Vec<LabelPlan>,
}

/// A metric.
pub(super) struct MetricPlan {
    pub(super) variant: String,
    /// The last part of the name, if it does not follow from the variant.
    pub(super) last: Option<String>,
    pub(super) brief: String,
    /// The attribute of the variant.
    pub(super) kind: &'static str,
    pub(super) unit: String,
    pub(super) was: Option<String>,
    pub(super) value: Option<&'static str>,
    pub(super) presentation: Presentation,
    pub(super) fields: Vec<Field>,
}

/// A label of a metric.
pub(super) struct Field {
    pub(super) name: String,
    /// The name of the label, if it differs from that of the field.
    pub(super) label: Option<String>,
    pub(super) brief: String,
    pub(super) value: FieldType,
    pub(super) is_optional: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Integer,
    Boolean,
    /// A float, as the text of it.
    Float,
    /// A label enum: its name, and the number of its values.
    Enum(String, usize),
}

/// An enum that is a label.
pub(super) struct LabelPlan {
    pub(super) name: String,
    pub(super) brief: String,
    /// The variant, its value if that does not follow from the variant, and its description.
    pub(super) values: Vec<(String, Option<String>, String)>,
}
