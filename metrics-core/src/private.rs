//! What generated code reaches. Not for use by hand: it changes without notice, and the macros are
//! pinned to it.

#![allow(missing_docs)]

pub use core;
pub use linkme;
pub use std::boxed::Box;

pub use crate::collect::registry::FAMILIES;
pub use crate::labels::label::{Displayed, Label, displayed};
pub use crate::labels::part::{LabelType, Part, label_type, part};
pub use crate::labels::scratch::Scratch;
pub use crate::labels::value::LabelRef;
pub use crate::metric::descriptor::{Definition, Descriptor};
pub use crate::metric::kind::{MetricType, ValueType};
pub use crate::metric::label_descriptor::LabelDescriptor;
pub use crate::metric::source::Source;
pub use crate::store::family::Family;
pub use crate::store::shape::{SeriesLookup, shape};
pub use crate::timed::expansion_api as timed;
pub use crate::typed::any::record_any;
pub use crate::typed::handle::{Handle, kind};
pub use crate::typed::resolve::{Resolve, SeriesKey, resolve, series_key};

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

/// Makes the metric of a variant known, as the linker does everywhere else.
#[cfg(miri)]
pub fn link(metric: impl crate::typed::metrics::Metrics) {
    crate::collect::registry::add(metric.__series().family);
}

/// What a match on the variant at hand never gets to.
#[cold]
pub fn unreachable_variant() -> ! {
    unreachable!("the variant is the one that was just made")
}
