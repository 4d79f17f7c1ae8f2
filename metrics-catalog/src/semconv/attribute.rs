//! The attributes of a catalog: one definition for all metrics that have the label.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use typed_metrics_core::LabelRef;

use super::registry::{Attribute, AttributeType, Member, MemberValue};
use crate::catalog::Catalog;
use crate::entry::text_of;

/// The values of a label in all metrics.
enum Values {
    Fixed(BTreeSet<String>),
    Boolean,
    Integer,
    Text,
}

/// The attributes of a catalog, by name.
///
/// A label may have other values, or another type, in each metric, but an attribute has one
/// definition. It has all fixed values of all metrics, and is open if the label is open in one.
pub(super) fn attributes(catalog: &Catalog, stability: &str) -> Vec<Attribute> {
    let mut all: BTreeMap<&str, Values> = BTreeMap::new();
    let definitions = catalog.iter().flat_map(|entry| entry.definitions());
    for label in definitions.flat_map(|definition| definition.labels()) {
        let refs = (0..label.cardinality().unwrap_or(0)).map(|index| label.value_at(index));
        let refs: Vec<LabelRef<'_>> =
            refs.filter(|value| !matches!(value, LabelRef::Absent)).collect();
        let values = if label.is_integer() {
            Values::Integer
        } else if label.cardinality().is_none() {
            Values::Text
        } else if refs.iter().all(|value| matches!(value, LabelRef::Bool(_))) {
            Values::Boolean
        } else {
            let texts = refs.into_iter().filter_map(LabelRef::to_value);
            Values::Fixed(texts.map(text_of).collect())
        };
        let values = match all.remove(label.name()) {
            Some(known) => known.and(values),
            None => values,
        };
        all.insert(label.name(), values);
    }
    all.into_iter().map(|(name, values)| attribute(name, values, stability)).collect()
}

impl Values {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fixed(mut values), Self::Fixed(more)) => {
                values.extend(more);
                Self::Fixed(values)
            }
            (Self::Boolean, Self::Boolean) => Self::Boolean,
            (Self::Integer, Self::Integer) => Self::Integer,
            _ => Self::Text,
        }
    }
}

fn attribute(name: &str, values: Values, stability: &str) -> Attribute {
    let named = |name: &str| AttributeType::Named(name.to_owned());
    let (value_type, examples) = match values {
        Values::Boolean => (named("boolean"), None),
        Values::Integer => (named("int"), None),
        // A text must have examples, and what is recorded is not known here.
        Values::Text => (named("string"), Some(vec![format!("some {name}")])),
        Values::Fixed(values) => {
            let mut ids = BTreeSet::new();
            let members = values.into_iter().map(|value| Member {
                id: unique(&mut ids, &value),
                value: MemberValue::Text(value),
                brief: None,
                stability: Some(stability.to_owned()),
            });
            (AttributeType::Enum { members: members.collect() }, None)
        }
    };
    Attribute {
        id: Some(name.to_owned()),
        value_type: Some(value_type),
        stability: Some(stability.to_owned()),
        brief: Some(format!("The label `{name}`.")),
        examples,
        ..Attribute::default()
    }
}

/// An id for the value that no other value has.
fn unique(ids: &mut BTreeSet<String>, value: &str) -> String {
    let base = value.to_snake_case();
    let base = if base.is_empty() { "value".to_owned() } else { base };
    let numbered = (2..).map(|n| format!("{base}_{n}"));
    let mut candidates = std::iter::once(base.clone()).chain(numbered);
    // There are more numbers than values.
    let id = candidates.find(|id| !ids.contains(id)).unwrap_or(base);
    ids.insert(id.clone());
    id
}
