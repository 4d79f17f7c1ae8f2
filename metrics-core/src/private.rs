//! What generated code reaches. Not for use by hand: it changes without notice, and the macros are
//! pinned to it.

#![allow(missing_docs)]

pub use core;
pub use linkme;
pub use std::boxed::Box;

pub use crate::descriptor::{
    Definition, Descriptor, LabelDescriptor, MetricType, Source, ValueType,
};
pub use crate::family::Family;
pub use crate::handle::{Handle, kind, record_any};
pub use crate::key::{LabelType, Part, label_type, part};
pub use crate::label::{Displayed, Label, LabelRef, Scratch, displayed};
pub use crate::registry::FAMILIES;
pub use crate::shape::{Shape, shape};
pub use crate::timed::generated as timed;

use crate::key::{Key, Parts, Query};

/// What an expansion imports to know that its path to this crate is right. Without that path the
/// import is empty, and a type of the same name takes the place of [`Facade`](found::Facade).
pub mod found {
    #[derive(Debug)]
    pub struct Facade;
}

/// Expands to nothing. An expansion imports it under the name of the attribute `#[linkme]`: where
/// the path to this crate is wrong, the failed import keeps the compiler from reporting the
/// attribute too.
#[doc(hidden)]
#[macro_export]
macro_rules! __nothing {
    () => {};
}
pub use crate::__nothing as nothing;

/// The descriptor of a definition.
#[must_use]
pub const fn descriptor(definition: Definition) -> Descriptor {
    Descriptor::new(definition)
}

/// The place of a definition.
#[must_use]
pub const fn source(
    file: &'static str,
    line: u32,
    module: &'static str,
    item: &'static str,
) -> Source {
    Source { file, line, module, item }
}

/// What a variant's labels can be resolved to: the metric's handle `H`, or what `#[timed]` keeps
/// until the outcome is known.
pub trait Resolve<H>: Sized {
    fn resolve<const N: usize>(
        family: &'static Family,
        shape: Shape<N>,
        parts: [Part<'_>; N],
    ) -> Self;
}

impl<K> Resolve<Self> for Handle<K> {
    #[inline(always)]
    fn resolve<const N: usize>(
        family: &'static Family,
        shape: Shape<N>,
        parts: [Part<'_>; N],
    ) -> Self {
        Self::new(family.typed(shape, &Parts(parts)))
    }
}

/// See [`Resolve`].
#[inline(always)]
pub fn resolve<H, R: Resolve<H>, const N: usize>(
    family: &'static Family,
    shape: Shape<N>,
    parts: [Part<'_>; N],
) -> R {
    R::resolve(family, shape, parts)
}

/// A series by its labels, without making it.
#[derive(Debug)]
pub struct SeriesKey {
    pub(crate) family: &'static Family,
    pub(crate) key: Key,
}

/// The key of a series.
#[must_use]
pub fn series_key<const N: usize>(family: &'static Family, parts: [Part<'_>; N]) -> SeriesKey {
    SeriesKey { family, key: Parts(parts).to_key(family.descriptor()) }
}

/// Makes the metric of a variant known, as the linker does everywhere else.
#[cfg(miri)]
pub fn link(metric: impl crate::Metrics) {
    crate::registry::add(metric.__series().family);
}

/// Bounds the methods that a metrics enum has in the names of operations of handles; nothing
/// implements it. The parameter is for a bound with `for<'a>`.
#[diagnostic::on_unimplemented(
    message = "a variant of `{Self}` has `record` only; the other operations belong to the handle \
     that the variant's constructor returns",
    label = "not an operation of a variant",
    note = "call the constructor, which has the variant's name in snake case and takes the labels \
     as arguments: `{Self}::some_metric(…)` for the variant `{Self}::SomeMetric`"
)]
pub trait CallTheConstructor<'a> {}

/// What a match on the variant at hand never gets to.
#[cold]
pub fn unreachable_variant() -> ! {
    unreachable!("the variant is the one that was just made")
}
