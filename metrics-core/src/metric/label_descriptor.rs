//! The definition of one label of a metric.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::labels::label::Label;
use crate::labels::part::{LabelType, label_type};
use crate::labels::value::LabelRef;

/// One label of a metric: its name and, if it is fixed, its values.
#[derive(Clone, Copy)]
pub struct LabelDescriptor {
    name: &'static str,
    /// The name of the field in the variant.
    field: &'static str,
    cardinality: Option<usize>,
    value_at: fn(usize) -> LabelRef<'static>,
    /// The value of a label that all series of the metric have.
    constant: Option<&'static str>,
}

impl LabelDescriptor {
    /// The label `name` of type `L`.
    #[must_use]
    pub const fn of<L: Label>(name: &'static str) -> Self {
        Self::new(name, label_type::<L>())
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn new<L: ?Sized>(name: &'static str, label_type: LabelType<L>) -> Self {
        Self {
            name,
            field: name,
            cardinality: label_type.cardinality,
            value_at: label_type.value_at,
            constant: None,
        }
    }

    /// A label that has the same value in all series. It is no field of a variant.
    #[doc(hidden)]
    #[must_use]
    pub const fn constant(name: &'static str, value: &'static str) -> Self {
        let constant = Some(value);
        Self { name, field: "", cardinality: Some(1), value_at: |_| LabelRef::Absent, constant }
    }

    pub(crate) const fn is_constant(&self) -> bool {
        self.constant.is_some()
    }

    /// The same label, with a field whose name differs from the label's.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    /// The same label with another name.
    pub(super) const fn renamed(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub(crate) const fn field(&self) -> &'static str {
        self.field
    }

    /// The name of the label.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The number of values, if it is known at compile time.
    #[must_use]
    pub const fn cardinality(&self) -> Option<usize> {
        self.cardinality
    }

    /// The value with this index, for a fixed label.
    #[must_use]
    pub fn value_at(&self, index: usize) -> LabelRef<'static> {
        self.constant.map_or_else(|| (self.value_at)(index), LabelRef::Str)
    }
}

impl PartialEq for LabelDescriptor {
    /// Compares names and values. Two enums with the same values are the same label.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.cardinality == other.cardinality
            && (0..self.cardinality.unwrap_or(0)).all(|i| self.value_at(i) == other.value_at(i))
    }
}

impl fmt::Debug for LabelDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelDescriptor")
            .field("name", &self.name)
            .field("cardinality", &self.cardinality)
            .finish_non_exhaustive()
    }
}

impl Serialize for LabelDescriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: Option<Vec<_>> = self
            .cardinality
            .map(|count| (0..count).filter_map(|i| self.value_at(i).to_value()).collect());
        let mut s = serializer.serialize_struct("LabelDescriptor", 2)?;
        s.serialize_field("name", self.name)?;
        s.serialize_field("values", &values)?;
        s.end()
    }
}
