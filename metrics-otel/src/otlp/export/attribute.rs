//! Attributes: `KeyValue` and `AnyValue` of OTLP's `common.proto`.

use opentelemetry::{Array, Value};
use typed_metrics_core::LabelRef;
use typed_metrics_core::label::Element;

use super::wire::{bytes_len, fixed_len, put_begin, put_fixed, put_varint, varint_len};

/// The value of an attribute.
#[derive(Debug)]
pub(super) enum AnyValue<'a> {
    Text(&'a str),
    Bool(bool),
    Int(i64),
    Double(f64),
    List(Vec<AnyValue<'a>>),
}

impl<'a> AnyValue<'a> {
    /// The value of a label; `None` if it is absent.
    pub(super) fn of_label(label: LabelRef<'a>) -> Option<Self> {
        Some(match label {
            LabelRef::Str(text) => Self::Text(text),
            LabelRef::Bool(value) => Self::Bool(value),
            LabelRef::Int(value) => Self::Int(value),
            LabelRef::Float(value) => Self::Double(value),
            LabelRef::List(list) => Self::List(list.iter().filter_map(Self::of_element).collect()),
            _ => return None,
        })
    }

    /// An element of a list; `None` for a type that this crate does not know.
    fn of_element(element: Element<'a>) -> Option<Self> {
        Some(match element {
            Element::Str(text) => Self::Text(text),
            Element::Bool(value) => Self::Bool(value),
            Element::Int(value) => Self::Int(value),
            Element::Float(value) => Self::Double(value),
            _ => return None,
        })
    }

    /// The value of an attribute of the resource; `None` for a type that this crate does not know.
    pub(super) fn of_value(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::String(text) => Self::Text(text.as_str()),
            Value::Bool(value) => Self::Bool(*value),
            Value::I64(value) => Self::Int(*value),
            Value::F64(value) => Self::Double(*value),
            Value::Array(Array::String(list)) => {
                Self::List(list.iter().map(|text| Self::Text(text.as_str())).collect())
            }
            Value::Array(Array::Bool(list)) => {
                Self::List(list.iter().copied().map(Self::Bool).collect())
            }
            Value::Array(Array::I64(list)) => {
                Self::List(list.iter().copied().map(Self::Int).collect())
            }
            Value::Array(Array::F64(list)) => {
                Self::List(list.iter().copied().map(Self::Double).collect())
            }
            _ => return None,
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text) => bytes_len(1, text.len()),
            Self::Bool(_) => 2,
            Self::Int(value) => 1 + varint_len(value.cast_unsigned()),
            Self::Double(_) => fixed_len(4),
            Self::List(list) => bytes_len(5, list_len(list)),
        }
    }

    fn put(&self, buffer: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                // Not `put_text`: an empty text is a value too.
                put_begin(1, text.len(), buffer);
                buffer.extend_from_slice(text.as_bytes());
            }
            Self::Bool(value) => put_varint(2, u64::from(*value), buffer),
            Self::Int(value) => put_varint(3, value.cast_unsigned(), buffer),
            Self::Double(value) => put_fixed(4, value.to_bits(), buffer),
            Self::List(list) => {
                put_begin(5, list_len(list), buffer);
                for value in list {
                    put_begin(1, value.len(), buffer);
                    value.put(buffer);
                }
            }
        }
    }
}

fn list_len(list: &[AnyValue<'_>]) -> usize {
    list.iter().map(|value| bytes_len(1, value.len())).sum()
}

/// The length of an attribute as the field `tag`.
pub(super) fn attribute_len(tag: u32, name: &str, value: &AnyValue<'_>) -> usize {
    bytes_len(tag, bytes_len(1, name.len()) + bytes_len(2, value.len()))
}

/// Writes an attribute as the field `tag`.
pub(super) fn put_attribute(tag: u32, name: &str, value: &AnyValue<'_>, buffer: &mut Vec<u8>) {
    let value_len = value.len();
    put_begin(tag, bytes_len(1, name.len()) + bytes_len(2, value_len), buffer);
    put_begin(1, name.len(), buffer);
    buffer.extend_from_slice(name.as_bytes());
    put_begin(2, value_len, buffer);
    value.put(buffer);
}
