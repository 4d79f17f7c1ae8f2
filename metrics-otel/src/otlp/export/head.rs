//! The parts that requests have in common: resource and instrumentation scopes.

use opentelemetry::{InstrumentationScope, Key, Value};
use typed_metrics_core::Scope;

use super::attribute::{AnyValue, put_attribute};
use super::wire::{put_begin, put_text};

/// The resource, encoded as the field of `ResourceMetrics`.
#[derive(Debug)]
pub(super) struct Head(pub(super) Vec<u8>);

/// A scope, encoded as fields of `ScopeMetrics`.
#[derive(Debug, Clone)]
pub(super) struct ScopeHead {
    /// The scope, which is written before the metrics.
    pub(super) scope: Vec<u8>,
    /// The URL of the schema, which is written behind the metrics.
    pub(super) schema_url: Vec<u8>,
}

impl Head {
    pub(super) fn new(resource: &[(Key, Value)]) -> Self {
        let mut attributes = Vec::new();
        for (key, value) in resource {
            if let Some(value) = AnyValue::of_value(value) {
                put_attribute(1, key.as_str(), &value, &mut attributes);
            }
        }
        Self(message(&attributes))
    }
}

impl ScopeHead {
    /// The scope that a handler gives metrics without a scope of their own.
    pub(super) fn new(scope: &InstrumentationScope) -> Self {
        let attributes = scope.attributes().filter_map(|attribute| {
            Some((attribute.key.as_str(), AnyValue::of_value(&attribute.value)?))
        });
        Self::encoded(scope.name(), scope.version(), scope.schema_url(), attributes)
    }

    /// The scope of a metric.
    pub(super) fn of(scope: &Scope) -> Self {
        let attributes = scope
            .attributes()
            .iter()
            .filter_map(|(name, value)| Some((name, AnyValue::of_label(value.as_ref())?)));
        Self::encoded(scope.name(), scope.version(), scope.schema_url(), attributes)
    }

    fn encoded<'a>(
        name: &str,
        version: Option<&str>,
        schema_url: Option<&str>,
        attributes: impl Iterator<Item = (&'a str, AnyValue<'a>)>,
    ) -> Self {
        let (mut scope, mut url) = (Vec::new(), Vec::new());
        put_text(1, name, &mut scope);
        put_text(2, version.unwrap_or_default(), &mut scope);
        for (name, value) in attributes {
            put_attribute(3, name, &value, &mut scope);
        }
        put_text(3, schema_url.unwrap_or_default(), &mut url);
        Self { scope: message(&scope), schema_url: url }
    }
}

/// A message as the first field.
fn message(fields: &[u8]) -> Vec<u8> {
    let mut field = Vec::new();
    put_begin(1, fields.len(), &mut field);
    field.extend_from_slice(fields);
    field
}

#[cfg(test)]
mod tests {
    use opentelemetry::{Array, StringValue};
    use opentelemetry_proto::tonic::common::v1::any_value::Value as Decoded;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue};
    use opentelemetry_proto::tonic::metrics::v1::ResourceMetrics;
    use prost::Message;

    use super::*;

    #[test]
    fn attributes_of_every_type_are_those_of_opentelemetry() {
        let strings =
            |texts: &[&'static str]| texts.iter().map(|t| StringValue::from(*t)).collect();
        let resource: Vec<(Key, Value)> = vec![
            ("empty".into(), "".into()),
            ("text".into(), "ä".repeat(200).into()),
            ("yes".into(), true.into()),
            ("no".into(), false.into()),
            ("zero".into(), 0_i64.into()),
            ("negative".into(), (-1_i64).into()),
            ("float".into(), 0.5.into()),
            ("texts".into(), Value::Array(Array::String(strings(&["a", ""])))),
            ("numbers".into(), Value::Array(Array::I64(vec![0, -7, i64::MAX]))),
            ("floats".into(), Value::Array(Array::F64(vec![0.0, 1.5]))),
            ("flags".into(), Value::Array(Array::Bool(vec![true, false]))),
        ];
        let head = Head::new(&resource);
        let decoded = ResourceMetrics::decode(&*head.0).unwrap().resource.unwrap();
        assert_eq!(decoded.attributes.len(), resource.len());
        for (attribute, (key, value)) in decoded.attributes.iter().zip(&resource) {
            assert_eq!(attribute.key, key.as_str());
            let any = attribute.value.clone().unwrap();
            assert_eq!(any, expected(value), "{key}");
        }
    }

    fn expected(value: &Value) -> AnyValue {
        let any = |value| AnyValue { value: Some(value) };
        let array = |values| any(Decoded::ArrayValue(ArrayValue { values }));
        match value {
            Value::Bool(value) => any(Decoded::BoolValue(*value)),
            Value::I64(value) => any(Decoded::IntValue(*value)),
            Value::F64(value) => any(Decoded::DoubleValue(*value)),
            Value::String(text) => any(Decoded::StringValue(text.to_string())),
            Value::Array(Array::Bool(list)) => {
                array(list.iter().map(|value| any(Decoded::BoolValue(*value))).collect())
            }
            Value::Array(Array::I64(list)) => {
                array(list.iter().map(|value| any(Decoded::IntValue(*value))).collect())
            }
            Value::Array(Array::F64(list)) => {
                array(list.iter().map(|value| any(Decoded::DoubleValue(*value))).collect())
            }
            Value::Array(Array::String(list)) => {
                array(list.iter().map(|text| any(Decoded::StringValue(text.to_string()))).collect())
            }
            other => panic!("{other:?}"),
        }
    }
}
