//! Labels of a series as OpenTelemetry attributes.

use std::sync::Arc;

use opentelemetry::{Key, KeyValue, StringValue, Value};
use typed_metrics_core::{Descriptor, LabelRef, LabelValue, Labels};

/// The attributes of a series of `metric`, sorted: the SDK stores any other order in addition to
/// the sorted one. The SDK clones the attributes in every collection, so their texts are static or
/// reference-counted.
pub(crate) fn attributes(metric: &'static Descriptor, labels: &Labels) -> Vec<KeyValue> {
    let attribute = |(name, value): (&str, &LabelValue)| {
        let label = metric.labels().iter().find(|label| label.name() == name);
        let key = label.map_or_else(|| Key::from(Arc::from(name)), |l| Key::new(l.name()));
        let value = match value {
            LabelValue::Bool(value) => Value::Bool(*value),
            LabelValue::Int(value) => Value::I64(*value),
            LabelValue::Float(value) => Value::F64(*value),
            LabelValue::Str(text) => {
                let mut fixed = label.into_iter().flat_map(|label| {
                    (0..label.cardinality().unwrap_or(0)).map(|i| label.value_at(i))
                });
                let known = fixed.find_map(|value| match value {
                    LabelRef::Str(known) if *known == **text => Some(StringValue::from(known)),
                    _ => None,
                });
                Value::String(known.unwrap_or_else(|| Arc::<str>::from(&**text).into()))
            }
            // A type of value that this crate does not know yet.
            other => Value::String(other.to_string().into()),
        };
        KeyValue::new(key, value)
    };
    let mut attributes: Vec<_> = labels.iter().map(attribute).collect();
    attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    attributes
}
