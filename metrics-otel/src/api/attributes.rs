//! OpenTelemetry's attributes as core takes them.

use opentelemetry::{Array, KeyValue, Value};
use typed_metrics_core::label::Element;
use typed_metrics_core::{GivenAttributes, LabelRef};

/// Attributes as a call of the API gives them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a>(pub(super) &'a [KeyValue]);

impl GivenAttributes for Given<'_> {
    #[inline]
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        self.0.iter().map(|attribute| {
            let value = match &attribute.value {
                Value::String(text) => LabelRef::Str(text.as_str()),
                Value::I64(value) => LabelRef::Int(*value),
                Value::Bool(value) => LabelRef::Bool(*value),
                Value::F64(value) => LabelRef::Float(*value),
                _ => LabelRef::Absent,
            };
            (attribute.key.as_str(), value)
        })
    }

    fn list(&self, index: usize, visit: &mut dyn FnMut(Element<'_>)) {
        match &self.0[index].value {
            Value::Array(Array::Bool(list)) => {
                list.iter().for_each(|value| visit(Element::Bool(*value)));
            }
            Value::Array(Array::I64(list)) => {
                list.iter().for_each(|value| visit(Element::Int(*value)));
            }
            Value::Array(Array::F64(list)) => {
                list.iter().for_each(|value| visit(Element::Float(*value)));
            }
            Value::Array(Array::String(list)) => {
                list.iter().for_each(|text| visit(Element::Str(text.as_str())));
            }
            // A type that this crate does not know yet.
            other => visit(Element::Str(&other.as_str())),
        }
    }
}
