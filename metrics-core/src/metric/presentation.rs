//! How readers show a metric: its values as they are stored, as states, as an info, and under which
//! names.

use super::label_descriptor::LabelDescriptor;
use crate::rules::const_text::Text;

/// The largest number of states of a metric. Each of them is a series of its own for each
/// combination of the other labels.
///
/// ```
/// assert_eq!(typed_metrics_core::MAX_STATES, 64);
/// ```
pub const MAX_STATES: usize = 64;

/// How readers show a metric.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Presentation {
    shape: Shape,
    name: OtherName,
    /// The name in Prometheus, if another crate has chosen it.
    exposed: Option<&'static str>,
}

/// The meaning of a stored number.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// The number is the value.
    Value,
    /// The number is the index of the state, whose label the stored series lack. These are the
    /// other labels.
    State(&'static [LabelDescriptor]),
    /// The series with the greatest number has the value 1, and the others are replaced by it.
    Info,
}

/// The other name of a metric that was renamed.
#[derive(Debug, Clone, Copy)]
pub(super) enum OtherName {
    None,
    /// The old one.
    Was(&'static str),
    /// The new one, in the descriptor with the old one.
    RenamedTo(&'static str),
}

impl Presentation {
    /// The values as they are stored.
    pub const PLAIN: Self = Self { shape: Shape::Value, name: OtherName::None, exposed: None };

    /// States: the values of the last label but for the constant ones. `others` are the other
    /// labels of the metric.
    #[must_use]
    pub const fn states(self, others: &'static [LabelDescriptor]) -> Self {
        Self { shape: Shape::State(others), ..self }
    }

    /// An info.
    #[must_use]
    pub const fn info(self) -> Self {
        Self { shape: Shape::Info, ..self }
    }

    /// The metric was renamed, and is also shown under the name `old`.
    #[must_use]
    pub const fn was(self, old: &'static str) -> Self {
        Self { name: OtherName::Was(old), ..self }
    }

    /// The metric is written under this name in Prometheus, which is not translated.
    #[must_use]
    pub const fn exposed_as(self, name: &'static str) -> Self {
        Self { exposed: Some(name), ..self }
    }

    /// The metric under its old name.
    pub(super) const fn renamed_to(self, new: &'static str) -> Self {
        Self { name: OtherName::RenamedTo(new), exposed: None, ..self }
    }

    pub(super) const fn exposed(&self) -> Option<&'static str> {
        self.exposed
    }

    pub(super) const fn other_name(&self) -> OtherName {
        self.name
    }

    /// The labels but for that of the state, if the metric has states.
    pub(super) const fn other_labels(&self) -> Option<&'static [LabelDescriptor]> {
        match self.shape {
            Shape::State(others) => Some(others),
            Shape::Value | Shape::Info => None,
        }
    }

    pub(super) const fn is_info(&self) -> bool {
        matches!(self.shape, Shape::Info)
    }
}

/// The states of a metric.
#[derive(Debug, Clone, Copy)]
pub(crate) struct States {
    /// The label whose values are the states.
    pub(crate) label: &'static LabelDescriptor,
}

impl States {
    /// The states of a metric with these labels.
    pub(super) fn of(labels: &'static [LabelDescriptor]) -> Option<Self> {
        let label = labels.iter().rfind(|label| !label.is_constant())?;
        Some(Self { label })
    }

    pub(crate) fn count(self) -> usize {
        self.label.cardinality().unwrap_or(1)
    }

    /// The states, for messages.
    pub(super) fn texts(self) -> Vec<String> {
        let values = (0..self.count()).filter_map(|state| self.label.value_at(state).to_value());
        values.map(|value| value.to_string()).collect()
    }
}

/// Checks the label whose values are the states of a metric.
///
/// # Panics
/// While compiling, if its values are not known then, if there is only one, or if there are more
/// than [`MAX_STATES`].
#[doc(hidden)]
#[track_caller]
pub const fn check_states(label: &LabelDescriptor) {
    let mut text = Text::<512>::new();
    text.push("the states are the values of the last label, `");
    text.push(label.name());
    match label.cardinality() {
        None => {
            text.push(
                "`, which can have any value; put the label with the states last, and give \
                       it the type of an enum that derives `Label`",
            );
        }
        Some(0 | 1) => text.push("`, which has one value only; a state needs two or more"),
        Some(count) if count > MAX_STATES => {
            text.push("`, which has ");
            text.push_number(count);
            text.push(" values; each is a series, and the most are ");
            text.push_number(MAX_STATES);
        }
        Some(_) => return,
    }
    panic!("{}", text.as_str());
}
