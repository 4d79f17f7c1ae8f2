//! Which series of a family is meant: the labels, as found by hashing.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use crate::labels::attributes::collected::Collected;
use crate::labels::hash::{hash_value, same};
use crate::labels::part::Part;
use crate::labels::set::Labels;
use crate::labels::value::{LabelRef, LabelValue};
use crate::metric::descriptor::Descriptor;
use crate::metric::label_descriptor::LabelDescriptor;

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
