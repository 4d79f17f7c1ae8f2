//! Serializing the name or the value of one attribute.

use std::fmt::Display;
use std::ops::Range;

use serde::ser::{Impossible, Serialize, Serializer};

use super::collected::Collected;
use super::collected::Stored;
use super::error::AttributeError;
use super::refuse::{refuse, refuse_bytes_and_unnamed_fields};

/// Serializes a single value, and refuses a nested one.
pub(super) struct Scalar<'c> {
    collected: &'c mut Collected,
    /// The name of the attribute; `None` while the name itself is serialized.
    name: Option<Range<usize>>,
}

/// Serializes the name of an attribute: a string.
pub(super) fn name<T: Serialize + ?Sized>(
    name: &T,
    collected: &mut Collected,
) -> Result<Range<usize>, AttributeError> {
    match name.serialize(Scalar { collected: &mut *collected, name: None })? {
        Stored::Str(name) => {
            collected.check_name(&name)?;
            Ok(name)
        }
        _ => Err(AttributeError("the name of an attribute is not a string".to_owned())),
    }
}

/// Serializes the value of the attribute `name`.
pub(super) fn value<T: Serialize + ?Sized>(
    name: Range<usize>,
    value: &T,
    collected: &mut Collected,
) -> Result<(), AttributeError> {
    let scalar = Scalar { collected: &mut *collected, name: Some(name.clone()) };
    let stored = value.serialize(scalar)?;
    collected.pair(name, stored)
}

impl Scalar<'_> {
    /// The error for a type that is not a single value.
    fn refuse<T>(&self, found: &str) -> Result<T, AttributeError> {
        Err(match &self.name {
            Some(name) => AttributeError::not_flat(self.collected.text(name), found),
            None => AttributeError(format!("the name of an attribute is {found}; give a string")),
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "serde's methods return a `Result`")]
    fn integer<T: TryInto<i64> + Display + Copy>(self, value: T) -> Result<Stored, AttributeError> {
        // Attributes hold an i64. An integer that does not fit is kept exactly, as text.
        Ok(value.try_into().map_or_else(|_| self.collected.display(&value), Stored::Int))
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
    type SerializeMap = Nested;
    type SerializeStruct = Nested;

    integers! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_i128(i128), serialize_u8(u8), serialize_u16(u16), serialize_u32(u32),
        serialize_u64(u64), serialize_u128(u128)
    }

    refuse! {
        serialize_seq(Option<usize>) -> Nested: "a list";
        serialize_tuple(usize) -> Nested: "a tuple or an array";
        serialize_map(Option<usize>) -> Nested: "a map";
    }

    refuse_bytes_and_unnamed_fields!();

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Nested, AttributeError> {
        self.refuse(&format!("the struct `{name}`"))
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
        Ok(self.collected.str(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, value: &str) -> Result<Stored, AttributeError> {
        Ok(self.collected.str(value))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Stored, AttributeError> {
        Ok(self.collected.display(value))
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
        Ok(self.collected.str(name))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Stored, AttributeError> {
        Ok(self.collected.str(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Stored, AttributeError> {
        value.serialize(self)
    }
}
