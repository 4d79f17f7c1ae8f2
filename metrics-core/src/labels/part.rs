//! One label of a measurement, in the form in which series are looked up.

use std::fmt::Display;

use super::label::{Displayed, Label};
use super::scratch::Scratch;
use super::value::{LabelRef, cut};

/// One label of a measurement: for a fixed label the index of its value, for an open label its
/// value.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Part<'a> {
    pub(crate) index: usize,
    /// The number of values of a fixed label; 1 for an open label.
    pub(crate) count: usize,
    /// Whether the label is an outcome that is not known yet.
    pub(crate) is_pending: bool,
    pub(crate) open: Option<LabelRef<'a>>,
}

impl<'a> Part<'a> {
    /// The part of an open label.
    #[inline(always)]
    pub(crate) const fn open(value: LabelRef<'a>) -> Self {
        Self { index: 0, count: 1, is_pending: false, open: Some(value) }
    }
}

/// The labels of a measurement, in the order of their definition: one label, an array of labels, or
/// two lists.
#[doc(hidden)]
pub trait PartList {
    fn visit<'s>(&'s self, visitor: &mut impl PartVisitor<'s>);
}

/// An operation on each part of a list, in turn. A trait and not a closure: its method can be
/// `#[inline(always)]`, and only inlined code knows the kinds of the labels.
#[doc(hidden)]
pub trait PartVisitor<'s> {
    fn visit(&mut self, part: &'s Part<'s>);
}

impl<const N: usize> PartList for [Part<'_>; N] {
    #[inline(always)]
    fn visit<'s>(&'s self, visitor: &mut impl PartVisitor<'s>) {
        // A loop over the array itself is unrolled, and then most branches on its parts are known.
        for part in self {
            visitor.visit(part);
        }
    }
}

impl PartList for Part<'_> {
    #[inline(always)]
    fn visit<'s>(&'s self, visitor: &mut impl PartVisitor<'s>) {
        visitor.visit(self);
    }
}

impl<A: PartList, B: PartList> PartList for (A, B) {
    #[inline(always)]
    fn visit<'s>(&'s self, visitor: &mut impl PartVisitor<'s>) {
        self.0.visit(visitor);
        self.1.visit(visitor);
    }
}

/// The functions of a `Label` type, as function pointers.
///
/// Generated code uses a label's type in several places. Only the one that makes this value
/// requires `Label`, so a type that is not a label causes a single error.
#[derive(Debug)]
#[doc(hidden)]
pub struct LabelType<L: ?Sized> {
    pub(crate) cardinality: Option<usize>,
    pub(crate) is_optional: bool,
    pub(crate) is_integer: bool,
    pub(crate) value_at: fn(usize) -> LabelRef<'static>,
    index: fn(&L) -> usize,
    is_pending: fn(&L) -> bool,
    value: for<'a> fn(&'a L, &'a mut Scratch) -> LabelRef<'a>,
}

impl<L: ?Sized> LabelType<L> {
    /// The index of a value of a fixed label. A `Label` implemented by hand could return any index;
    /// the index must not reach another series.
    #[inline(always)]
    pub(crate) fn index_of(&self, label: &L) -> usize {
        let count = self.cardinality.unwrap_or(1);
        (self.index)(label).min(count.saturating_sub(1))
    }
}

#[doc(hidden)]
#[must_use]
#[inline(always)]
pub const fn label_type<L: Label + ?Sized>() -> LabelType<L> {
    LabelType {
        cardinality: L::CARDINALITY,
        is_optional: L::OPTIONAL,
        is_integer: L::INTEGER,
        value_at: L::value_at,
        index: L::index,
        is_pending: L::is_pending,
        value: L::value,
    }
}

/// The label type of a field that is an `Option` and has `#[label(display)]`: `None` leaves the
/// label out.
#[doc(hidden)]
#[must_use]
#[inline(always)]
pub const fn displayed_option<'t, T: Display>() -> LabelType<Displayed<'t, Option<T>>> {
    LabelType {
        cardinality: None,
        is_optional: true,
        is_integer: false,
        value_at: |_| LabelRef::Absent,
        index: |_| 0,
        is_pending: |_| false,
        value: |Displayed(label), scratch| match label {
            Some(label) => scratch.write(label),
            None => LabelRef::Absent,
        },
    }
}

/// The part of a label that is written with `Display`.
#[doc(hidden)]
#[inline(always)]
pub fn displayed_part<'a, T: Display + ?Sized>(value: &T, scratch: &'a mut Scratch) -> Part<'a> {
    Part::open(scratch.write(value))
}

/// Like [`displayed_part`], for an `Option`: `None` leaves the label out.
#[doc(hidden)]
#[inline(always)]
pub fn displayed_option_part<'a, T: Display>(
    value: &Option<T>,
    scratch: &'a mut Scratch,
) -> Part<'a> {
    Part::open(value.as_ref().map_or(LabelRef::Absent, |value| scratch.write(value)))
}

/// The part of `label`.
#[doc(hidden)]
#[inline(always)]
pub fn part<'a, L: ?Sized>(
    label_type: LabelType<L>,
    label: &'a L,
    scratch: &'a mut Scratch,
) -> Part<'a> {
    match label_type.cardinality {
        Some(count) => Part {
            index: label_type.index_of(label),
            count,
            is_pending: (label_type.is_pending)(label),
            open: None,
        },
        None => {
            let value = match (label_type.value)(label, scratch) {
                LabelRef::Str(text) => LabelRef::Str(cut(text)),
                value => value,
            };
            Part::open(value)
        }
    }
}
