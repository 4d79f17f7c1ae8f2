//! The items that generated code uses. Do not use them by hand: they change without notice, and the
//! macros are pinned to this version.

#![allow(missing_docs)]

pub use core;
pub use linkme;
pub use std::boxed::Box;

pub use crate::collect::registry::FAMILIES;
pub use crate::labels::label::{Displayed, Label, displayed};
pub use crate::labels::part::{
    LabelType, Part, PartList, displayed_option, displayed_option_part, displayed_part, label_type,
    part,
};
pub use crate::labels::scratch::Scratch;
pub use crate::labels::value::LabelRef;
pub use crate::metric::definition::Definition;
pub use crate::metric::descriptor::Descriptor;
pub use crate::metric::joined_name::{JoinedName, check_old_name};
pub use crate::metric::label_descriptor::LabelDescriptor;
pub use crate::metric::label_list::{concat, count, grouped, prefixed_names, renamed, with_state};
pub use crate::metric::lifetime::Lifetime;
pub use crate::metric::presentation::{Presentation, check_states};
pub use crate::metric::source::{Place, Source};
pub use crate::rules::buckets::check_constant_boundaries;
pub use crate::rules::exponential::{
    ExponentialSettings, check_constant_max_size, check_constant_zero_threshold,
};
pub use crate::rules::kind::{MetricType, ValueType};
pub use crate::rules::name::check_prefix;
pub use crate::store::family::Family;
pub use crate::store::shape::{check_budget, check_series_limit};
pub use crate::timed::expansion_api as timed;
pub use crate::typed::group::{
    GroupField, IntoLabels, NoGroup, group_labels, never, take, take_one,
};
pub use crate::typed::handle::{Handle, kind};
pub use crate::typed::resolve::{AnySeries, Resolve, ResolveAs, SeriesKey, find, is_open, resolve};
pub use crate::typed::state::AnySeriesOrState;
pub use crate::typed::state_index::StateIndex;
pub use crate::typed::wrong_kind::CallTheConstructor;

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

/// The families of an enum's metrics.
#[must_use]
pub const fn families<const N: usize>(
    place: &'static Place,
    definitions: [Definition; N],
    these: &'static [Family; N],
) -> [Family; N] {
    Family::all(place, definitions, these)
}

/// Makes the source of a definition.
#[must_use]
pub const fn source(
    file: &'static str,
    line: u32,
    module: &'static str,
    item: &'static str,
) -> Source {
    Source { file, line, module, item }
}

/// Registers the metric of a variant, as the linker does outside Miri.
#[cfg(miri)]
pub fn link(metric: impl crate::typed::metrics::Metrics) {
    crate::collect::registry::add(metric.__series().family);
}

/// The branch that makes a variant and is never taken.
pub fn never_made<T>(_: T) -> ! {
    unreachable_variant()
}

/// The arm that a match on a known variant never reaches.
#[cold]
pub fn unreachable_variant() -> ! {
    unreachable!("the variant is the one that was just made")
}
