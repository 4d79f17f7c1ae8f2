//! One label of a measurement, in the form in which series are looked up.

use std::fmt::Display;

use super::label::{Displayed, Label};
use super::scratch::Scratch;
use super::value::{LabelRef, cut};

/// One label of a measurement: for a fixed label its share of the combination's index, for an open
/// label its value.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Part<'a> {
    pub(crate) index: usize,
    /// The stride of the label's dimension, if the label is an outcome that is not known yet.
    pub(crate) pending_stride: usize,
    pub(crate) open: Option<LabelRef<'a>>,
}

/// The functions of a `Label` type, as function pointers.
///
/// Generated code uses a label's type in several places. Only the one that makes this value
/// requires `Label`, so a type that is not a label causes a single error.
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

/// The label type of a field that is an `Option` and has `#[label(display)]`: `None` leaves the label
/// out.
#[doc(hidden)]
#[must_use]
#[inline(always)]
pub const fn displayed_option<'t, T: Display>() -> LabelType<Displayed<'t, Option<T>>> {
    LabelType {
        cardinality: None,
        value_at: |_| LabelRef::Absent,
        index: |_| 0,
        is_pending: |_| false,
        value: |Displayed(label), scratch| match label {
            Some(label) => scratch.write(label),
            None => LabelRef::Absent,
        },
    }
}

/// The part of `label`. `stride` is the stride of its dimension.
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
            // A `Label` implemented by hand could return any index; the index must not reach
            // another series.
            Part {
                index: (label_type.index)(label).min(count.saturating_sub(1)) * stride,
                pending_stride: if (label_type.is_pending)(label) { stride } else { 0 },
                open: None,
            }
        }
        None => {
            let value = match (label_type.value)(label, scratch) {
                LabelRef::Str(text) => LabelRef::Str(cut(text)),
                value => value,
            };
            Part { index: 0, pending_stride: 0, open: Some(value) }
        }
    }
}
