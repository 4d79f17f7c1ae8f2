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
    /// The name of the field in the variant, or the value of a constant label.
    field_or_value: &'static str,
    values: Values,
    is_optional: bool,
    is_integer: bool,
    value_at: fn(usize) -> LabelRef<'static>,
}

/// Which values a label has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    Open,
    /// As many as this, and they are known at compile time.
    Fixed(usize),
    /// The same one in all series of the metric.
    Constant,
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
            field_or_value: name,
            values: match label_type.cardinality {
                Some(count) => Values::Fixed(count),
                None => Values::Open,
            },
            is_optional: label_type.is_optional,
            is_integer: label_type.is_integer,
            value_at: label_type.value_at,
        }
    }

    /// A label that has the same value in all series. It is no field of a variant.
    #[doc(hidden)]
    #[must_use]
    pub const fn constant(name: &'static str, value: &'static str) -> Self {
        let values = Values::Constant;
        Self {
            name,
            field_or_value: value,
            values,
            is_optional: false,
            is_integer: false,
            value_at: |_| LabelRef::Absent,
        }
    }

    pub(crate) const fn is_constant(&self) -> bool {
        matches!(self.values, Values::Constant)
    }

    /// The same label, with a field whose name differs from the label's.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_field(self, field: &'static str) -> Self {
        Self { field_or_value: field, ..self }
    }

    /// The same label with another name.
    pub(super) const fn renamed(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The name of the field; empty for labels that are no fields of a variant.
    pub(crate) const fn field(&self) -> &'static str {
        if self.is_constant() { "" } else { self.field_or_value }
    }

    /// The name of the label.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The number of values, if it is known at compile time.
    #[must_use]
    pub const fn cardinality(&self) -> Option<usize> {
        match self.values {
            Values::Open => None,
            Values::Fixed(count) => Some(count),
            Values::Constant => Some(1),
        }
    }

    /// Whether a series may lack the label, because its type is an `Option`.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::LabelDescriptor;
    ///
    /// assert!(LabelDescriptor::of::<Option<u16>>("port").is_optional());
    /// assert!(!LabelDescriptor::of::<u16>("port").is_optional());
    /// ```
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.is_optional
    }

    /// Whether the values are integers.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::LabelDescriptor;
    ///
    /// assert!(LabelDescriptor::of::<Option<u16>>("port").is_integer());
    /// assert!(!LabelDescriptor::of::<String>("port").is_integer());
    /// ```
    #[must_use]
    pub const fn is_integer(&self) -> bool {
        self.is_integer
    }

    /// The value with this index, for a fixed label.
    #[must_use]
    pub fn value_at(&self, index: usize) -> LabelRef<'static> {
        match self.values {
            Values::Constant => LabelRef::Str(self.field_or_value),
            Values::Open | Values::Fixed(_) => (self.value_at)(index),
        }
    }
}

impl PartialEq for LabelDescriptor {
    /// Compares names and values. Two enums with the same values are the same label.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.cardinality() == other.cardinality()
            && (0..self.cardinality().unwrap_or(0)).all(|i| self.value_at(i) == other.value_at(i))
    }
}

impl fmt::Debug for LabelDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelDescriptor")
            .field("name", &self.name)
            .field("cardinality", &self.cardinality())
            .finish_non_exhaustive()
    }
}

impl Serialize for LabelDescriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: Option<Vec<_>> = self
            .cardinality()
            .map(|count| (0..count).filter_map(|i| self.value_at(i).to_value()).collect());
        let mut s = serializer.serialize_struct("LabelDescriptor", 2)?;
        s.serialize_field("name", self.name)?;
        s.serialize_field("values", &values)?;
        s.end()
    }
}
