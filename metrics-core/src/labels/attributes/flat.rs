//! Serializing attributes: a struct, a map, or a list of pairs.

use std::ops::Range;

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use super::collected::Collected;
use super::error::AttributeError;
use super::scalar;

/// Takes what has names and values.
pub(super) struct Flat<'c> {
    into: &'c mut Collected,
    place: Place,
}

/// What is serialized.
#[derive(Clone, Copy)]
enum Place {
    /// All attributes.
    Whole,
    /// One of a list.
    Element,
}

/// Takes the entries of a map or the fields of a struct.
pub(super) struct Entries<'c> {
    into: &'c mut Collected,
    name: Option<Range<usize>>,
}

/// Takes the elements of a list of pairs, or those of a pair.
pub(super) struct List<'c> {
    into: &'c mut Collected,
    place: Place,
    /// In a pair: its name, once that is there.
    name: Option<Range<usize>>,
}

/// Serializes attributes.
pub(super) fn attributes<T: Serialize + ?Sized>(
    attributes: &T,
    into: &mut Collected,
) -> Result<(), AttributeError> {
    attributes.serialize(Flat { into, place: Place::Whole })
}

impl<'c> Flat<'c> {
    /// What has no name and value in it.
    fn nameless<T>(&self, found: &str) -> Result<T, AttributeError> {
        Err(AttributeError(match self.place {
            Place::Whole => format!(
                "its attributes are {found}; give a struct, a map or a list of `(name, value)` pairs"
            ),
            Place::Element => format!(
                "an element of its list of attributes is {found}; give `(name, value)` pairs"
            ),
        }))
    }

    /// Nothing, where that means that there are no attributes.
    fn nothing(&self) -> Result<(), AttributeError> {
        match self.place {
            Place::Whole => Ok(()),
            Place::Element => self.nameless("nothing"),
        }
    }

    fn entries(self, found: &str) -> Result<Entries<'c>, AttributeError> {
        match self.place {
            Place::Whole => Ok(Entries { into: self.into, name: None }),
            Place::Element => self.nameless(found),
        }
    }

    fn list(self, len: Option<usize>) -> Result<List<'c>, AttributeError> {
        match (self.place, len) {
            (Place::Whole, _) | (Place::Element, Some(2)) => {
                Ok(List { into: self.into, place: self.place, name: None })
            }
            (Place::Element, _) => self.nameless("a list of another length than 2"),
        }
    }
}

macro_rules! nameless {
    ($($method:ident($value:ty) is $found:literal;)*) => {$(
        fn $method(self, _: $value) -> Result<(), AttributeError> {
            self.nameless($found)
        }
    )*};
}

type Nested = Impossible<(), AttributeError>;

impl<'c> Serializer for Flat<'c> {
    type Ok = ();
    type Error = AttributeError;
    type SerializeSeq = List<'c>;
    type SerializeTuple = List<'c>;
    type SerializeTupleStruct = Nested;
    type SerializeTupleVariant = Nested;
    type SerializeMap = Entries<'c>;
    type SerializeStruct = Entries<'c>;
    type SerializeStructVariant = Nested;

    nameless! {
        serialize_bool(bool) is "a truth value";
        serialize_i8(i8) is "a number";
        serialize_i16(i16) is "a number";
        serialize_i32(i32) is "a number";
        serialize_i64(i64) is "a number";
        serialize_i128(i128) is "a number";
        serialize_u8(u8) is "a number";
        serialize_u16(u16) is "a number";
        serialize_u32(u32) is "a number";
        serialize_u64(u64) is "a number";
        serialize_u128(u128) is "a number";
        serialize_f32(f32) is "a number";
        serialize_f64(f64) is "a number";
        serialize_char(char) is "a character";
        serialize_str(&str) is "one text";
        serialize_bytes(&[u8]) is "a run of bytes";
    }

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
        self.nameless(&format!("the variant `{variant}`"))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), AttributeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<(), AttributeError> {
        self.nameless(&format!("the variant `{variant}`"))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<List<'c>, AttributeError> {
        self.list(len)
    }

    fn serialize_tuple(self, len: usize) -> Result<List<'c>, AttributeError> {
        self.list(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Nested, AttributeError> {
        self.nameless(&format!("the struct `{name}`, whose fields have no names"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Nested, AttributeError> {
        self.nameless(&format!("the variant `{variant}`"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'c>, AttributeError> {
        self.entries("a map")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'c>, AttributeError> {
        self.entries("a struct")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Nested, AttributeError> {
        self.nameless(&format!("the variant `{variant}`"))
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
        let name = self.into.name(name)?;
        scalar::value(name, value, self.into)
    }

    fn end(self) -> Result<(), AttributeError> {
        Ok(())
    }
}

impl SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = AttributeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), AttributeError> {
        self.name = Some(scalar::name(key, self.into)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), AttributeError> {
        match self.name.take() {
            Some(name) => scalar::value(name, value, self.into),
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
                match (self.place, self.name.take()) {
                    (Place::Whole, _) => {
                        element.serialize(Flat { into: self.into, place: Place::Element })
                    }
                    (Place::Element, None) => {
                        self.name = Some(scalar::name(element, self.into)?);
                        Ok(())
                    }
                    (Place::Element, Some(name)) => scalar::value(name, element, self.into),
                }
            }

            fn end(self) -> Result<(), AttributeError> {
                Ok(())
            }
        }
    )*};
}

list!(SerializeSeq, SerializeTuple);
