//! The labels that identify a series in its family, in the forms in which a series is looked up.

use std::borrow::Cow;

use super::encoded::{Comparison, Encoded, Encoder};
use crate::labels::attributes::collected::Collected;
use crate::labels::hash::LabelHash;
use crate::labels::part::{Part, PartList, PartVisitor};
use crate::labels::process::process_labels;
use crate::labels::set::Labels;
use crate::labels::value::{LabelRef, LabelValue, cut};
use crate::metric::descriptor::Descriptor;
use crate::metric::label_descriptor::LabelDescriptor;

/// The labels of an open series, owned.
#[derive(Debug)]
pub(crate) struct Key {
    /// The hash in the family's table.
    pub(crate) hash: u64,
    /// The index of the combination of the fixed labels.
    pub(crate) combination: usize,
    /// The values of the open labels, in the order of their definition. Empty for run-time metrics.
    open: Box<[Option<LabelValue>]>,
    pub(crate) labels: Labels,
    /// The labels in the form that is compared with a query.
    pub(crate) encoded: Encoded,
}

/// The labels by which an open series is looked up, borrowed.
pub(crate) trait Query {
    fn hash(&self, start: LabelHash<'static>) -> LabelHash<'static>;
    fn matches(&self, encoded: &Encoded) -> bool;
    fn to_key(&self, descriptor: &'static Descriptor) -> Key;
}

/// The hash of a query to a family. A thread keeps the series of all families in one cache, and
/// many families have the same labels: run-time metrics often have none, or the same queue names.
/// So the hash depends on the address of the family too.
#[inline(always)]
pub(crate) fn hash(query: &impl Query, family: u64) -> u64 {
    query.hash(LabelHash::new(family)).finish()
}

/// The labels of a typed metric.
pub(crate) struct Parts<P>(pub(crate) P);

/// The index of the combination of the fixed labels. The last fixed label varies fastest.
struct Combination(usize);

impl<'s> PartVisitor<'s> for Combination {
    #[inline(always)]
    fn visit(&mut self, part: &'s Part<'s>) {
        self.0 = self.0 * part.count + part.index;
    }
}

/// The distance between series that differ only in the pending outcome, which may be several
/// labels; 0 if no outcome is pending.
struct PendingStride(usize);

impl<'s> PartVisitor<'s> for PendingStride {
    #[inline(always)]
    fn visit(&mut self, part: &'s Part<'s>) {
        self.0 = self.0 * part.count + usize::from(part.is_pending);
    }
}

/// Whether a label is open.
struct IsOpen(bool);

impl<'s> PartVisitor<'s> for IsOpen {
    #[inline(always)]
    fn visit(&mut self, part: &'s Part<'s>) {
        self.0 |= part.open.is_some();
    }
}

/// The hash of the open labels.
struct Hash(LabelHash<'static>);

impl<'s> PartVisitor<'s> for Hash {
    #[inline(always)]
    fn visit(&mut self, part: &'s Part<'s>) {
        if let Some(value) = part.open {
            self.0 = self.0.value(value);
        }
    }
}

/// Whether the open labels are those of a comparison.
struct Matches<'c> {
    labels: Comparison<'c>,
    is_same: bool,
}

impl<'s> PartVisitor<'s> for Matches<'_> {
    #[inline(always)]
    fn visit(&mut self, part: &'s Part<'s>) {
        if let Some(value) = part.open {
            self.is_same = self.is_same && self.labels.value(value);
        }
    }
}

/// All labels, open or not.
struct Values<'s>(Vec<Option<LabelRef<'s>>>);

impl<'s> PartVisitor<'s> for Values<'s> {
    fn visit(&mut self, part: &'s Part<'s>) {
        self.0.push(part.open);
    }
}

impl<P: PartList> Parts<P> {
    /// The index of the combination of the fixed labels.
    #[inline(always)]
    pub(crate) fn combination(&self) -> usize {
        let mut combination = Combination(0);
        self.0.visit(&mut combination);
        combination.0
    }

    /// See [`PendingStride`].
    #[inline(always)]
    pub(crate) fn pending_stride(&self) -> usize {
        let mut stride = PendingStride(0);
        self.0.visit(&mut stride);
        stride.0
    }

    /// Whether there are no labels.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        size_of_val(&self.0) == 0
    }

    /// Whether a label is open.
    #[inline(always)]
    pub(crate) fn is_open(&self) -> bool {
        let mut is_open = IsOpen(false);
        self.0.visit(&mut is_open);
        is_open.0
    }

    /// The values of the open labels; `None` for fixed ones.
    fn values(&self) -> Vec<Option<LabelRef<'_>>> {
        let mut values = Values(Vec::new());
        self.0.visit(&mut values);
        values.0
    }

    /// The labels in the form that is compared with a query.
    pub(super) fn encode(&self) -> Encoded {
        encoded(self.combination(), self.values().into_iter().flatten())
    }
}

impl<P: PartList> Query for Parts<P> {
    #[inline(always)]
    fn hash(&self, start: LabelHash<'static>) -> LabelHash<'static> {
        let mut hash = Hash(start.combination(self.combination()));
        self.0.visit(&mut hash);
        hash.0
    }

    #[inline(always)]
    fn matches(&self, encoded: &Encoded) -> bool {
        let mut labels = encoded.read();
        let is_same = labels.number(self.combination());
        let mut matches = Matches { labels, is_same };
        self.0.visit(&mut matches);
        matches.is_same
    }

    fn to_key(&self, descriptor: &'static Descriptor) -> Key {
        let combination = self.combination();
        let mut values = fixed_values(descriptor.stored_labels(), combination);
        let open = self.values();
        for (value, open) in values.iter_mut().zip(&open) {
            if let Some(open) = open {
                *value = open.to_value();
            }
        }
        Key {
            hash: 0,
            combination,
            open: open.iter().flatten().map(|value| value.to_value()).collect(),
            labels: named(descriptor, values),
            encoded: encoded(combination, open.into_iter().flatten()),
        }
    }
}

/// The labels of a key, some of them replaced.
pub(crate) struct Completed<'a> {
    pub(crate) key: &'a Key,
    /// The index of the combination of all fixed labels, replaced ones included.
    pub(crate) combination: usize,
    /// The replaced open labels, by their position among the open labels.
    pub(crate) open: &'a [(usize, LabelRef<'a>)],
}

impl Completed<'_> {
    fn open(&self) -> impl Iterator<Item = LabelRef<'_>> {
        self.key.open.iter().enumerate().map(|(position, stored)| {
            let replaced = self.open.iter().find(|(replaced, _)| *replaced == position);
            match (replaced, stored) {
                (Some((_, value)), _) => *value,
                (None, Some(stored)) => stored.as_ref(),
                (None, None) => LabelRef::Absent,
            }
        })
    }
}

impl Query for Completed<'_> {
    fn hash(&self, start: LabelHash<'static>) -> LabelHash<'static> {
        self.open().fold(start.combination(self.combination), LabelHash::value)
    }

    fn matches(&self, encoded: &Encoded) -> bool {
        let mut labels = encoded.read();
        labels.number(self.combination) && self.open().all(|value| labels.value(value))
    }

    fn to_key(&self, descriptor: &'static Descriptor) -> Key {
        let mut values = fixed_values(descriptor.stored_labels(), self.combination);
        let labels = values.iter_mut().zip(descriptor.stored_labels());
        let open = labels.filter(|(_, label)| label.cardinality().is_none());
        open.zip(self.open()).for_each(|((value, _), open)| *value = open.to_value());
        Key {
            hash: 0,
            combination: self.combination,
            open: self.open().map(LabelRef::to_value).collect(),
            labels: named(descriptor, values),
            encoded: encoded(self.combination, self.open()),
        }
    }
}

/// The attributes of a run-time metric.
impl Query for Collected {
    fn hash(&self, start: LabelHash<'static>) -> LabelHash<'static> {
        let mut hash = start;
        for (name, value) in self.iter() {
            hash = hash.pair(name, value);
        }
        hash
    }

    fn matches(&self, encoded: &Encoded) -> bool {
        let mut labels = encoded.read();
        labels.number(self.len())
            && self.iter().all(|(name, value)| labels.text(name) && labels.value(value))
    }

    fn to_key(&self, descriptor: &'static Descriptor) -> Key {
        // An attribute takes the place of a constant label of the same name.
        let constant = descriptor
            .constant_labels()
            .filter(|(constant, _)| self.iter().all(|(name, _)| name != constant));
        let owned = |(name, value): (&str, LabelRef<'_>)| {
            Some((Cow::Owned(name.to_owned()), value.to_value()?))
        };
        Key {
            hash: 0,
            combination: 0,
            open: Box::default(),
            labels: Labels::of_series(self.iter().filter_map(owned).chain(constant)),
            encoded: self
                .iter()
                .fold(Encoder::default().number(self.len()), |encoder, (name, value)| {
                    encoder.text(name).value(value)
                })
                .finish(),
        }
    }
}

fn encoded<'a>(combination: usize, open: impl Iterator<Item = LabelRef<'a>>) -> Encoded {
    open.fold(Encoder::default().number(combination), Encoder::value).finish()
}

/// The labels of a series with fixed labels only, by the index of their combination.
pub(crate) fn fixed_labels(descriptor: &'static Descriptor, index: usize) -> Labels {
    named(descriptor, fixed_values(descriptor.stored_labels(), index))
}

/// The values of the fixed labels in combination `index`; `None` for open and absent labels. The
/// last fixed label varies fastest.
fn fixed_values(labels: &[LabelDescriptor], mut index: usize) -> Vec<Option<LabelValue>> {
    let mut values = vec![None; labels.len()];
    for (label, value) in labels.iter().zip(&mut values).rev() {
        if let Some(count) = label.cardinality() {
            *value = label.value_at(index % count).to_value();
            index /= count;
        }
    }
    values
}

/// The labels that [`fixed_labels`] returns, in their order, without an allocation.
pub(super) fn fixed_label_values(
    descriptor: &'static Descriptor,
    index: usize,
) -> impl Iterator<Item = (&'static str, LabelRef<'static>)> {
    let own = move || {
        let labels = descriptor.stored_labels();
        let mut rest: usize = labels.iter().filter_map(LabelDescriptor::cardinality).product();
        labels.iter().filter_map(move |label| {
            let count = label.cardinality()?;
            rest /= count;
            match label.value_at(index / rest % count) {
                LabelRef::Absent => None,
                LabelRef::Str(text) => Some((label.name(), LabelRef::Str(cut(text)))),
                value => Some((label.name(), value)),
            }
        })
    };
    let process = process_labels().iter().map(|(name, value)| (&**name, value.as_ref()));
    own().chain(process.filter(move |(name, _)| own().all(|(own, _)| own != *name)))
}

fn named(descriptor: &'static Descriptor, values: Vec<Option<LabelValue>>) -> Labels {
    let names = descriptor.stored_labels().iter().map(|label| Cow::Borrowed(label.name()));
    Labels::of_series(names.zip(values).filter_map(|(name, value)| Some((name, value?))))
}
