//! Hashing the values of labels.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use super::set::Labels;
use super::value::LabelRef;

/// The hash of the labels of a series.
pub(crate) fn hash_of(labels: &Labels) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for (name, value) in labels.iter() {
        hasher.write(name.as_bytes());
        hash_value(value.as_ref(), &mut hasher);
    }
    hasher.finish()
}

#[inline(always)]
pub(crate) fn hash_value(value: LabelRef<'_>, hasher: &mut impl Hasher) {
    match value {
        LabelRef::Absent => hasher.write_u64(0),
        LabelRef::Bool(value) => hasher.write_u64(1 + u64::from(value)),
        LabelRef::Int(value) => hasher.write_u64(value.cast_unsigned()),
        LabelRef::Float(value) => hasher.write_u64(value.to_bits()),
        LabelRef::Str(text) => hasher.write(text.as_bytes()),
    }
}
