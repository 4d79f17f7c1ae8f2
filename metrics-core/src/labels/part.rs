//! One label of a measurement, as a series is looked up by it.

use super::label::Label;
use super::scratch::Scratch;
use super::value::{LabelRef, cut};

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
