//! Refusing the types of serde's data model that a serializer of attributes does not take.
//!
//! Both serializers have a method `refuse`, which makes an error of what was found.

/// Methods of a `Serializer` that refuse a type: `name(argument) -> result: "a number";`.
macro_rules! refuse {
    ($($method:ident($argument:ty) -> $result:ty: $found:literal;)*) => {$(
        fn $method(self, _: $argument) -> Result<$result, AttributeError> {
            self.refuse($found)
        }
    )*};
}

/// The types that neither serializer takes: bytes, structs with unnamed fields, and variants with
/// fields.
macro_rules! refuse_bytes_and_unnamed_fields {
    () => {
        type SerializeTupleStruct = Impossible<Self::Ok, AttributeError>;
        type SerializeTupleVariant = Impossible<Self::Ok, AttributeError>;
        type SerializeStructVariant = Impossible<Self::Ok, AttributeError>;

        fn serialize_bytes(self, _: &[u8]) -> Result<Self::Ok, AttributeError> {
            self.refuse("a byte array")
        }

        fn serialize_tuple_struct(
            self,
            name: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, AttributeError> {
            self.refuse(&format!("the struct `{name}` with unnamed fields"))
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            variant: &'static str,
            _: &T,
        ) -> Result<Self::Ok, AttributeError> {
            self.refuse(&format!("the variant `{variant}` with a field"))
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            variant: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, AttributeError> {
            self.refuse(&format!("the variant `{variant}` with fields"))
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            variant: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, AttributeError> {
            self.refuse(&format!("the variant `{variant}` with fields"))
        }
    };
}

pub(super) use {refuse, refuse_bytes_and_unnamed_fields};
