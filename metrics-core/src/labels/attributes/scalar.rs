//! Serializing one value of an attribute, or its name.

use std::fmt::Display;
use std::ops::Range;

use serde::ser::{Impossible, Serialize, Serializer};

use super::collected::Collected;
use super::collected::Stored;
use super::error::AttributeError;

/// Takes a single value; what is nested is an error.
pub(super) struct Scalar<'c> {
    into: &'c mut Collected,
    /// The attribute's name; `None` while that is what is serialized.
    name: Option<Range<usize>>,
}

/// Serializes the name of an attribute: text.
pub(super) fn name<T: Serialize + ?Sized>(
    name: &T,
    into: &mut Collected,
) -> Result<Range<usize>, AttributeError> {
    match name.serialize(Scalar { into: &mut *into, name: None })? {
        Stored::Str(name) => {
            into.check_name(&name)?;
            Ok(name)
        }
        _ => Err(AttributeError("the name of an attribute is no text".to_owned())),
    }
}

/// Serializes the value of the attribute `name`.
pub(super) fn value<T: Serialize + ?Sized>(
    name: Range<usize>,
    value: &T,
    into: &mut Collected,
) -> Result<(), AttributeError> {
    let stored = value.serialize(Scalar { into: &mut *into, name: Some(name.clone()) })?;
    into.pair(name, stored)
}

impl Scalar<'_> {
    fn nested<T>(&self, found: &str) -> Result<T, AttributeError> {
        Err(match &self.name {
            Some(name) => AttributeError::not_flat(self.into.text(name), found),
            None => AttributeError(format!("the name of an attribute is {found}, no text")),
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "what serde's methods return")]
    fn integer<T: TryInto<i64> + Display + Copy>(self, value: T) -> Result<Stored, AttributeError> {
        // Attributes hold an i64; what does not fit is kept exactly, as text.
        Ok(value.try_into().map_or_else(|_| self.into.display(&value), Stored::Int))
    }
}

macro_rules! integers {
    ($($method:ident($integer:ty)),*) => {$(
        fn $method(self, value: $integer) -> Result<Stored, AttributeError> {
            self.integer(value)
        }
    )*};
}

type Nested = Impossible<Stored, AttributeError>;

impl Serializer for Scalar<'_> {
    type Ok = Stored;
    type Error = AttributeError;
    type SerializeSeq = Nested;
    type SerializeTuple = Nested;
    type SerializeTupleStruct = Nested;
    type SerializeTupleVariant = Nested;
    type SerializeMap = Nested;
    type SerializeStruct = Nested;
    type SerializeStructVariant = Nested;

    integers! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_i128(i128), serialize_u8(u8), serialize_u16(u16), serialize_u32(u32),
        serialize_u64(u64), serialize_u128(u128)
    }

    fn serialize_bool(self, value: bool) -> Result<Stored, AttributeError> {
        Ok(Stored::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> Result<Stored, AttributeError> {
        Ok(Stored::Float(f64::from(value)))
    }

    fn serialize_f64(self, value: f64) -> Result<Stored, AttributeError> {
        Ok(Stored::Float(value))
    }

    fn serialize_char(self, value: char) -> Result<Stored, AttributeError> {
        Ok(self.into.str(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, value: &str) -> Result<Stored, AttributeError> {
        Ok(self.into.str(value))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Stored, AttributeError> {
        Ok(self.into.display(value))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Stored, AttributeError> {
        self.nested("a run of bytes")
    }

    fn serialize_none(self) -> Result<Stored, AttributeError> {
        Ok(Stored::Absent)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Stored, AttributeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Stored, AttributeError> {
        Ok(Stored::Absent)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Stored, AttributeError> {
        Ok(self.into.str(name))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Stored, AttributeError> {
        Ok(self.into.str(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Stored, AttributeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<Stored, AttributeError> {
        self.nested(&format!("the variant `{variant}` with a field"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Nested, AttributeError> {
        self.nested("a list")
    }

    fn serialize_tuple(self, _: usize) -> Result<Nested, AttributeError> {
        self.nested("a tuple or an array")
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Nested, AttributeError> {
        self.nested(&format!("the struct `{name}` with several fields"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Nested, AttributeError> {
        self.nested(&format!("the variant `{variant}` with fields"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Nested, AttributeError> {
        self.nested("a map")
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Nested, AttributeError> {
        self.nested(&format!("the struct `{name}`"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Nested, AttributeError> {
        self.nested(&format!("the variant `{variant}` with fields"))
    }
}
