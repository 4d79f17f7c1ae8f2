//! Serializing attributes: a struct, a map, or a list of pairs.

use std::ops::Range;

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use super::collected::Collected;
use super::error::AttributeError;
use super::refuse::{refuse, refuse_bytes_and_unnamed_fields};
use super::scalar;

/// Serializes attributes, or one element of a list of attributes.
pub(super) struct Flat<'c> {
    collected: &'c mut Collected,
    level: Level,
}

/// The part of the attributes that is serialized.
#[derive(Clone, Copy)]
enum Level {
    /// All attributes.
    Attributes,
    /// One element of a list of attributes: a pair.
    Element,
}

/// Takes the entries of a map or the fields of a struct.
pub(super) struct Entries<'c> {
    collected: &'c mut Collected,
    name: Option<Range<usize>>,
}

/// Takes the elements of a list of pairs, or the name and the value of a pair.
pub(super) struct List<'c> {
    collected: &'c mut Collected,
    level: Level,
    /// In a pair: its name, once the name is serialized.
    name: Option<Range<usize>>,
}

/// Serializes attributes.
pub(super) fn attributes<T: Serialize + ?Sized>(
    attributes: &T,
    collected: &mut Collected,
) -> Result<(), AttributeError> {
    attributes.serialize(Flat { collected, level: Level::Attributes })
}

impl<'c> Flat<'c> {
    /// The error for a type without names and values.
    fn refuse<T>(&self, found: &str) -> Result<T, AttributeError> {
        Err(AttributeError(match self.level {
            Level::Attributes => format!(
                "its attributes are {found}; give a struct, a map or a list of `(name, value)` pairs"
            ),
            Level::Element => format!(
                "an element of its list of attributes is {found}; give `(name, value)` pairs"
            ),
        }))
    }

    /// Takes the unit or `None`, if that means that there are no attributes.
    fn nothing(&self) -> Result<(), AttributeError> {
        match self.level {
            Level::Attributes => Ok(()),
            Level::Element => self.refuse("nothing"),
        }
    }

    fn entries(self, found: &str) -> Result<Entries<'c>, AttributeError> {
        match self.level {
            Level::Attributes => Ok(Entries { collected: self.collected, name: None }),
            Level::Element => self.refuse(found),
        }
    }

    fn list(self, len: Option<usize>) -> Result<List<'c>, AttributeError> {
        match (self.level, len) {
            (Level::Attributes, _) | (Level::Element, Some(2)) => {
                Ok(List { collected: self.collected, level: self.level, name: None })
            }
            (Level::Element, _) => self.refuse("a list whose length is not 2"),
        }
    }
}

impl<'c> Serializer for Flat<'c> {
    type Ok = ();
    type Error = AttributeError;
    type SerializeSeq = List<'c>;
    type SerializeTuple = List<'c>;
    type SerializeMap = Entries<'c>;
    type SerializeStruct = Entries<'c>;

    refuse! {
        serialize_bool(bool) -> (): "a boolean";
        serialize_i8(i8) -> (): "a number";
        serialize_i16(i16) -> (): "a number";
        serialize_i32(i32) -> (): "a number";
        serialize_i64(i64) -> (): "a number";
        serialize_i128(i128) -> (): "a number";
        serialize_u8(u8) -> (): "a number";
        serialize_u16(u16) -> (): "a number";
        serialize_u32(u32) -> (): "a number";
        serialize_u64(u64) -> (): "a number";
        serialize_u128(u128) -> (): "a number";
        serialize_f32(f32) -> (): "a number";
        serialize_f64(f64) -> (): "a number";
        serialize_char(char) -> (): "a character";
        serialize_str(&str) -> (): "a string";
    }

    refuse_bytes_and_unnamed_fields!();

    fn serialize_none(self) -> Result<(), AttributeError> {
        self.nothing()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), AttributeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), AttributeError> {
        self.nothing()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), AttributeError> {
        self.nothing()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), AttributeError> {
        self.refuse(&format!("the variant `{variant}`"))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), AttributeError> {
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<List<'c>, AttributeError> {
        self.list(len)
    }

    fn serialize_tuple(self, len: usize) -> Result<List<'c>, AttributeError> {
        self.list(Some(len))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'c>, AttributeError> {
        self.entries("a map")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'c>, AttributeError> {
        self.entries("a struct")
    }
}

impl SerializeStruct for Entries<'_> {
    type Ok = ();
    type Error = AttributeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), AttributeError> {
        let name = self.collected.name(name)?;
        scalar::value(name, value, self.collected)
    }

    fn end(self) -> Result<(), AttributeError> {
        Ok(())
    }
}

impl SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = AttributeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), AttributeError> {
        self.name = Some(scalar::name(key, self.collected)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), AttributeError> {
        match self.name.take() {
            Some(name) => scalar::value(name, value, self.collected),
            None => Err(AttributeError("a value came before its name".to_owned())),
        }
    }

    fn end(self) -> Result<(), AttributeError> {
        Ok(())
    }
}

macro_rules! list {
    ($($trait:ident),*) => {$(
        impl $trait for List<'_> {
            type Ok = ();
            type Error = AttributeError;

            fn serialize_element<T: Serialize + ?Sized>(
                &mut self,
                element: &T,
            ) -> Result<(), AttributeError> {
                match (self.level, self.name.take()) {
                    (Level::Attributes, _) => {
                        element.serialize(Flat { collected: self.collected, level: Level::Element })
                    }
                    (Level::Element, None) => {
                        self.name = Some(scalar::name(element, self.collected)?);
                        Ok(())
                    }
                    (Level::Element, Some(name)) => scalar::value(name, element, self.collected),
                }
            }

            fn end(self) -> Result<(), AttributeError> {
                Ok(())
            }
        }
    )*};
}

list!(SerializeSeq, SerializeTuple);
