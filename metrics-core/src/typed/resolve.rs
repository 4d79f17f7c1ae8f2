//! From the labels of a variant to a handle, or to the pending series of a call that has not ended.

#![allow(missing_docs, reason = "only generated code uses it")]

use super::handle::Handle;
use crate::labels::part::Part;
use crate::store::family::Family;
use crate::store::key::{Key, Parts, Query};
use crate::store::shape::SeriesLookup;

/// A type that a variant's labels can be resolved to: the metric's handle `H`, or the value that
/// `#[timed]` keeps until the outcome is known.
pub trait Resolve<H>: Sized {
    fn resolve<const N: usize>(
        family: &'static Family,
        shape: SeriesLookup<N>,
        parts: [Part<'_>; N],
    ) -> Self;
}

impl<K> Resolve<Self> for Handle<K> {
    #[inline(always)]
    fn resolve<const N: usize>(
        family: &'static Family,
        shape: SeriesLookup<N>,
        parts: [Part<'_>; N],
    ) -> Self {
        Self::new(family.typed(shape, &Parts(parts)))
    }
}

/// See [`Resolve`].
#[inline(always)]
pub fn resolve<H, R: Resolve<H>, const N: usize>(
    family: &'static Family,
    shape: SeriesLookup<N>,
    parts: [Part<'_>; N],
) -> R {
    R::resolve(family, shape, parts)
}

/// The labels that identify a series. The series need not exist.
#[derive(Debug)]
pub struct SeriesKey {
    pub(crate) family: &'static Family,
    pub(crate) key: Key,
}

/// Makes the key of a series.
#[must_use]
pub fn series_key<const N: usize>(family: &'static Family, parts: [Part<'_>; N]) -> SeriesKey {
    SeriesKey { family, key: Parts(parts).to_key(family.descriptor()) }
}
