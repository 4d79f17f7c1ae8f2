//! Which series of a family is meant: the labels, as found by hashing.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::attributes::Collected;
use crate::descriptor::{Descriptor, LabelDescriptor};
use crate::label::{Label, LabelRef, LabelValue, Scratch, cut};

/// The labels of a series: names and values, absent ones left out; clones are cheap.
#[derive(Clone, PartialEq)]
pub struct Labels(Arc<[(Cow<'static, str>, LabelValue)]>);

impl Labels {
    pub(crate) fn new(labels: impl IntoIterator<Item = (Cow<'static, str>, LabelValue)>) -> Self {
        Self(labels.into_iter().collect())
    }

    /// The names and values, in the order of the metric's definition.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &LabelValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// The value of the label `name`, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&LabelValue> {
        self.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Labels {
    /// `name=value` pairs, separated by blanks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            write!(f, "{}{name}={value}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// What an open series is found by, owned.
#[derive(Debug)]
pub(crate) struct Key {
    /// In its family's table.
    pub(crate) hash: u64,
    /// The combination of its fixed labels.
    pub(crate) fixed: usize,
    /// The values of its open labels, in the order of the definition; run-time metrics have none.
    open: Box<[Option<LabelValue>]>,
    pub(crate) labels: Labels,
}

/// What an open series is looked up by, borrowed.
pub(crate) trait Query {
    fn hash(&self, hasher: &mut impl Hasher);
    fn matches(&self, key: &Key) -> bool;
    fn to_key(&self, descriptor: &'static Descriptor) -> Key;
}

/// The hash of a query to a family. The seed is the family's address, which differs from process to
/// process where addresses are randomised: so nobody can choose labels that collide. Where they are
/// not, a chain is at most as long as the series limit.
#[inline(always)]
pub(crate) fn hash(query: &impl Query, family: u64) -> u64 {
    let mut hasher = FixedState::with_seed(family).build_hasher();
    query.hash(&mut hasher);
    hasher.finish()
}

/// One label of a measurement: its share of the fixed combination, or its open value.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Part<'a> {
    pub(crate) index: usize,
    /// The stride of its dimension, if it is an outcome that is not known yet.
    pub(crate) pending: usize,
    pub(crate) open: Option<LabelRef<'a>>,
}

/// What a type of labels can do, as plain functions.
///
/// Generated code names a label's type in several places; making this from it is the only one that
/// asks for `Label`, so that a type that is none is one error.
#[derive(Debug)]
#[doc(hidden)]
pub struct LabelType<L: ?Sized> {
    pub(crate) cardinality: Option<usize>,
    pub(crate) value_at: fn(usize) -> LabelRef<'static>,
    index: fn(&L) -> usize,
    is_pending: fn(&L) -> bool,
    value: for<'a> fn(&'a L, &'a mut Scratch) -> LabelRef<'a>,
}

#[doc(hidden)]
#[must_use]
#[inline(always)]
pub const fn label_type<L: Label + ?Sized>() -> LabelType<L> {
    LabelType {
        cardinality: L::CARDINALITY,
        value_at: L::value_at,
        index: L::index,
        is_pending: L::is_pending,
        value: L::value,
    }
}

/// The part that `label` has, with the stride of its dimension.
#[doc(hidden)]
#[inline(always)]
pub fn part<'a, L: ?Sized>(
    label_type: LabelType<L>,
    label: &'a L,
    stride: usize,
    scratch: &'a mut Scratch,
) -> Part<'a> {
    match label_type.cardinality {
        Some(count) => {
            // A `Label` written by hand could give any index; it must not reach another series.
            Part {
                index: (label_type.index)(label).min(count.saturating_sub(1)) * stride,
                pending: if (label_type.is_pending)(label) { stride } else { 0 },
                open: None,
            }
        }
        None => {
            let value = match (label_type.value)(label, scratch) {
                LabelRef::Str(text) => LabelRef::Str(cut(text)),
                value => value,
            };
            Part { index: 0, pending: 0, open: Some(value) }
        }
    }
}

/// A typed metric's labels.
pub(crate) struct Parts<'a, const N: usize>(pub(crate) [Part<'a>; N]);

impl<const N: usize> Parts<'_, N> {
    #[inline(always)]
    pub(crate) fn fixed(&self) -> usize {
        self.0.iter().map(|part| part.index).sum()
    }

    /// How far apart the series lie that differ in a pending outcome only; 0 if none is pending.
    #[inline(always)]
    pub(crate) fn pending(&self) -> usize {
        self.0.iter().map(|part| part.pending).sum()
    }

    #[inline(always)]
    fn open(&self) -> impl Iterator<Item = LabelRef<'_>> {
        self.0.iter().filter_map(|part| part.open)
    }
}

impl<const N: usize> Query for Parts<'_, N> {
    #[inline(always)]
    fn hash(&self, hasher: &mut impl Hasher) {
        hasher.write_usize(self.fixed());
        self.open().for_each(|value| hash_value(value, hasher));
    }

    #[inline(always)]
    fn matches(&self, key: &Key) -> bool {
        self.fixed() == key.fixed
            && self.open().zip(&key.open).all(|(value, stored)| same(value, stored.as_ref()))
    }

    fn to_key(&self, descriptor: &'static Descriptor) -> Key {
        let mut values = combination(descriptor.labels(), self.fixed());
        for (value, part) in values.iter_mut().zip(&self.0) {
            if let Some(open) = part.open {
                *value = open.to_value();
            }
        }
        Key {
            hash: 0,
            fixed: self.fixed(),
            open: self.open().map(LabelRef::to_value).collect(),
            labels: named(descriptor, values),
        }
    }
}

/// The labels of a key, with some replaced.
pub(crate) struct Completed<'a> {
    pub(crate) key: &'a Key,
    /// The combination of all fixed labels.
    pub(crate) fixed: usize,
    /// Open labels that differ, by their place among the open ones.
    pub(crate) open: &'a [(usize, LabelRef<'a>)],
}

impl Completed<'_> {
    fn open(&self) -> impl Iterator<Item = LabelRef<'_>> {
        self.key.open.iter().enumerate().map(|(place, stored)| {
            let replaced = self.open.iter().find(|(replaced, _)| *replaced == place);
            match (replaced, stored) {
                (Some((_, value)), _) => *value,
                (None, Some(stored)) => stored.as_ref(),
                (None, None) => LabelRef::Absent,
            }
        })
    }
}

impl Query for Completed<'_> {
    fn hash(&self, hasher: &mut impl Hasher) {
        hasher.write_usize(self.fixed);
        self.open().for_each(|value| hash_value(value, hasher));
    }

    fn matches(&self, key: &Key) -> bool {
        self.fixed == key.fixed
            && self.open().zip(&key.open).all(|(value, stored)| same(value, stored.as_ref()))
    }

    fn to_key(&self, descriptor: &'static Descriptor) -> Key {
        let mut values = combination(descriptor.labels(), self.fixed);
        let labels = values.iter_mut().zip(descriptor.labels());
        let open = labels.filter(|(_, label)| label.cardinality().is_none());
        open.zip(self.open()).for_each(|((value, _), open)| *value = open.to_value());
        Key {
            hash: 0,
            fixed: self.fixed,
            open: self.open().map(LabelRef::to_value).collect(),
            labels: named(descriptor, values),
        }
    }
}

/// A run-time metric's attributes.
impl Query for Collected {
    fn hash(&self, hasher: &mut impl Hasher) {
        for (name, value) in self.iter() {
            hasher.write(name.as_bytes());
            hash_value(value, hasher);
        }
    }

    fn matches(&self, key: &Key) -> bool {
        self.len() == key.labels.len()
            && self.iter().zip(key.labels.iter()).all(|((name, value), (stored_name, stored))| {
                name == stored_name && same(value, Some(stored))
            })
    }

    fn to_key(&self, _: &'static Descriptor) -> Key {
        let owned = |(name, value): (&str, LabelRef<'_>)| {
            Some((Cow::Owned(name.to_owned()), value.to_value()?))
        };
        Key {
            hash: 0,
            fixed: 0,
            open: Box::default(),
            labels: Labels::new(self.iter().filter_map(owned)),
        }
    }
}

/// The hash of the labels that a series has.
pub(crate) fn hash_of(labels: &Labels) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for (name, value) in labels.iter() {
        hasher.write(name.as_bytes());
        hash_value(value.as_ref(), &mut hasher);
    }
    hasher.finish()
}

#[inline(always)]
fn hash_value(value: LabelRef<'_>, hasher: &mut impl Hasher) {
    match value {
        LabelRef::Absent => hasher.write_u64(0),
        LabelRef::Bool(value) => hasher.write_u64(1 + u64::from(value)),
        LabelRef::Int(value) => hasher.write_u64(value.cast_unsigned()),
        LabelRef::Float(value) => hasher.write_u64(value.to_bits()),
        LabelRef::Str(text) => hasher.write(text.as_bytes()),
    }
}

#[inline(always)]
fn same(value: LabelRef<'_>, stored: Option<&LabelValue>) -> bool {
    match (value, stored) {
        (LabelRef::Absent, None) => true,
        (LabelRef::Bool(a), Some(LabelValue::Bool(b))) => a == *b,
        (LabelRef::Int(a), Some(LabelValue::Int(b))) => a == *b,
        // By bits, so that NaN finds itself again.
        (LabelRef::Float(a), Some(LabelValue::Float(b))) => a.to_bits() == b.to_bits(),
        (LabelRef::Str(a), Some(LabelValue::Str(b))) => *a == **b,
        _ => false,
    }
}

/// The labels of a series with fixed labels only, by its place in the block.
pub(crate) fn fixed_labels(descriptor: &'static Descriptor, place: usize) -> Labels {
    named(descriptor, combination(descriptor.labels(), place))
}

/// The values of the fixed labels in combination `place`; `None` for open and absent ones. The last
/// fixed label varies fastest.
fn combination(labels: &[LabelDescriptor], mut place: usize) -> Vec<Option<LabelValue>> {
    let mut values = vec![None; labels.len()];
    for (label, value) in labels.iter().zip(&mut values).rev() {
        if let Some(count) = label.cardinality() {
            *value = label.value_at(place % count).to_value();
            place /= count;
        }
    }
    values
}

fn named(descriptor: &'static Descriptor, values: Vec<Option<LabelValue>>) -> Labels {
    let names = descriptor.labels().iter().map(|label| Cow::Borrowed(label.name()));
    Labels::new(names.zip(values).filter_map(|(name, value)| Some((name, value?))))
}
