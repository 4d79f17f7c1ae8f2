//! Labels of a series as OpenTelemetry attributes.

use std::sync::Arc;

use opentelemetry::{Array, Key, KeyValue, StringValue, Value};
use typed_metrics_core::label::{Element, List};
use typed_metrics_core::{Descriptor, LabelRef, LabelValue, Labels};

/// The attributes of a series of `metric`, sorted: the SDK stores any other order in addition to
/// the sorted one. The SDK clones the attributes in every collection, so their texts are static or
/// reference-counted.
pub(crate) fn attributes(metric: &'static Descriptor, labels: &Labels) -> Vec<KeyValue> {
    let attribute = |(name, value): (&str, &LabelValue)| {
        let label = metric.labels().iter().find(|label| label.name() == name);
        let key = label.map_or_else(|| Key::from(Arc::from(name)), |l| Key::new(l.name()));
        let known = |text: &str| {
            let mut fixed = label
                .into_iter()
                .flat_map(|label| (0..label.cardinality().unwrap_or(0)).map(|i| label.value_at(i)));
            fixed.find_map(|value| match value {
                LabelRef::Str(known) if known == text => Some(StringValue::from(known)),
                _ => None,
            })
        };
        let value = match value {
            LabelValue::Str(text) => known(text).map(Value::String),
            _ => None,
        }
        .unwrap_or_else(|| owned(value));
        KeyValue::new(key, value)
    };
    let mut attributes: Vec<_> = labels.iter().map(attribute).collect();
    attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    attributes
}

/// The attributes of a scope.
pub(super) fn pairs(labels: &Labels) -> impl Iterator<Item = KeyValue> {
    labels.iter().map(|(name, value)| KeyValue::new(name.to_owned(), owned(value)))
}

fn owned(value: &LabelValue) -> Value {
    match value {
        LabelValue::Bool(value) => Value::Bool(*value),
        LabelValue::Int(value) => Value::I64(*value),
        LabelValue::Float(value) => Value::F64(*value),
        LabelValue::Str(text) => Value::String(Arc::<str>::from(&**text).into()),
        LabelValue::List(list) => Value::Array(array(list.as_ref())),
        // A type of value that this crate does not know yet.
        other => Value::String(other.to_string().into()),
    }
}

/// The list, whose elements are of one type. An empty list is one of texts.
fn array(list: List<'_>) -> Array {
    fn all<T>(list: List<'_>, of: impl Fn(Element<'_>) -> Option<T>) -> Vec<T> {
        list.iter().filter_map(of).collect()
    }
    match list.iter().next() {
        Some(Element::Bool(_)) => Array::Bool(all(list, |element| match element {
            Element::Bool(value) => Some(value),
            _ => None,
        })),
        Some(Element::Int(_)) => Array::I64(all(list, |element| match element {
            Element::Int(value) => Some(value),
            _ => None,
        })),
        Some(Element::Float(_)) => Array::F64(all(list, |element| match element {
            Element::Float(value) => Some(value),
            _ => None,
        })),
        _ => Array::String(all(list, |element| match element {
            Element::Str(text) => Some(StringValue::from(Arc::<str>::from(text))),
            _ => None,
        })),
    }
}
