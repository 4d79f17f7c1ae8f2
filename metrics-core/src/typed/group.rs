//! Groups of labels that several metrics share.

use std::fmt;
use std::rc::Rc;

use super::handle::Handle;
use crate::labels::part::PartList;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::store::family::Family;
use crate::store::group::GroupSeries;
use crate::store::key::Parts;

/// A struct whose fields are labels, which several metrics share. The derive implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of labels",
    label = "does not derive `LabelGroup`",
    note = "put `#[derive(LabelGroup)]` on a struct whose fields are labels",
    note = "a single label needs a name: `Requests {{ route: &'a str }}`"
)]
pub trait LabelGroup: Sized {
    /// The labels, in the order of the fields. The labels of nested groups stand in the place of
    /// the group.
    const LABELS: &'static [LabelDescriptor];

    #[doc(hidden)]
    type Scratch: Default;

    #[doc(hidden)]
    fn parts<'s>(&'s self, scratch: &'s mut Self::Scratch) -> impl PartList + 's;

    /// Looks the labels up once. Every metric whose labels are this group then finds its series
    /// without another lookup, in this thread.
    ///
    /// Use it where one place records several metrics with the same labels. The result cannot be
    /// sent to another thread, so call this after the last `.await` before the measurements.
    fn find(self) -> FoundLabels<Self> {
        let mut scratch = Self::Scratch::default();
        let parts = Parts(self.parts(&mut scratch));
        // Series with fixed labels need no lookup.
        let series = parts.is_open().then(|| GroupSeries::of(&parts));
        drop(parts);
        FoundLabels { labels: self, series }
    }
}

/// The labels of a group, looked up. [`LabelGroup::find`] returns it.
#[derive(Clone)]
pub struct FoundLabels<G> {
    labels: G,
    series: Option<Rc<GroupSeries>>,
}

impl<G> FoundLabels<G> {
    /// The labels.
    pub fn labels(&self) -> &G {
        &self.labels
    }
}

impl<G: fmt::Debug> fmt::Debug for FoundLabels<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FoundLabels").field(&self.labels).finish()
    }
}

/// What a constructor takes for the group `G`: the group, or its [labels looked
/// up](LabelGroup::find).
#[diagnostic::on_unimplemented(
    message = "expected the labels `{G}`, found `{Self}`",
    label = "not `{G}`",
    note = "give a `{G}`, or what its method `find` returns"
)]
pub trait IntoLabels<G> {
    #[doc(hidden)]
    fn labels(&self) -> &G;

    /// The handle of a metric whose labels are this group.
    #[doc(hidden)]
    fn handle<K>(&self, family: &'static Family, find: impl FnOnce(&G) -> Handle<K>) -> Handle<K>;
}

impl<G: LabelGroup> IntoLabels<G> for G {
    #[inline(always)]
    fn labels(&self) -> &G {
        self
    }

    #[inline(always)]
    fn handle<K>(&self, _: &'static Family, find: impl FnOnce(&G) -> Handle<K>) -> Handle<K> {
        find(self)
    }
}

impl<G: LabelGroup> IntoLabels<G> for &FoundLabels<G> {
    #[inline(always)]
    fn labels(&self) -> &G {
        &self.labels
    }

    #[inline(always)]
    fn handle<K>(&self, family: &'static Family, find: impl FnOnce(&G) -> Handle<K>) -> Handle<K> {
        let find = || find(&self.labels);
        match &self.series {
            Some(series) => Handle::new(series.series(family, || find().series()).known_as_open()),
            None => find(),
        }
    }
}

impl<G: LabelGroup> IntoLabels<G> for FoundLabels<G> {
    #[inline(always)]
    fn labels(&self) -> &G {
        &self.labels
    }

    #[inline(always)]
    fn handle<K>(&self, family: &'static Family, find: impl FnOnce(&G) -> Handle<K>) -> Handle<K> {
        IntoLabels::handle(&self, family, find)
    }
}

/// The labels of a group.
#[doc(hidden)]
#[must_use]
pub const fn group_labels<G: LabelGroup>() -> &'static [LabelDescriptor] {
    G::LABELS
}

/// The parts of a group.
#[doc(hidden)]
#[inline(always)]
pub fn group_parts<'s, G: LabelGroup>(
    group: &'s G,
    scratch: &'s mut G::Scratch,
) -> impl PartList + 's {
    group.parts(scratch)
}

/// An argument that is never made.
#[doc(hidden)]
pub fn never<T>() -> T {
    unreachable!("generated code does not call this")
}
