//! Groups of labels that several metrics share.

use std::fmt;
use std::rc::Rc;

use super::handle::Handle;
use crate::labels::part::{Part, PartList};
use crate::labels::scratch::Scratch;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::store::family::Family;
use crate::store::group::GroupSeries;
use crate::store::key::Parts;

/// The number of labels of a group that is looked up without an allocation.
const FEW: usize = 16;

/// A struct whose fields are labels, which several metrics share. The derive implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of labels",
    label = "does not derive `LabelGroup`",
    note = "put `#[derive(LabelGroup)]` on a struct whose fields are labels",
    note = "a single label needs a name, and no `#[label(group)]`: `Requests {{ route: &'a str }}`"
)]
pub trait LabelGroup: Sized {
    /// The labels, in the order of the fields. The labels of nested groups stand in the place of
    /// the group.
    const LABELS: &'static [LabelDescriptor];

    /// The labels of a measurement. There is a buffer for each label.
    #[doc(hidden)]
    fn parts<'s>(&'s self, scratch: &'s mut [Scratch]) -> impl PartList + 's;

    /// Looks the labels up once. Every metric whose labels are this group then finds its series
    /// without comparing labels, from the second time on in this thread.
    ///
    /// Use it where one place records several metrics with the same labels. The result cannot be
    /// sent to another thread, so call this after the last `.await` before the measurements.
    #[expect(clippy::large_stack_arrays, reason = "buffers of fixed size cost no allocation")]
    fn find(self) -> FoundLabels<Self> {
        let mut few = [const { Scratch::new() }; FEW];
        let mut many = Vec::new();
        let scratch = match Self::LABELS.len() {
            count if count <= FEW => &mut few[..],
            count => {
                many.resize_with(count, Scratch::new);
                &mut many
            }
        };
        let parts = Parts(self.parts(scratch));
        // Series with fixed labels need no lookup.
        let series = parts.is_open().then(|| GroupSeries::of(&parts));
        drop(parts);
        FoundLabels { labels: self, series }
    }
}

/// The labels of a group, looked up. [`LabelGroup::find`] returns it.
#[must_use = "labels that are looked up record nothing by themselves"]
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

/// An argument for the group `G` of a constructor: the group, or its [labels looked
/// up](LabelGroup::find).
#[diagnostic::on_unimplemented(
    message = "expected the labels `{G}`, found `{Self}`",
    label = "not `{G}`",
    note = "the labels are one argument: a `{G}` with all of its fields, or what its method `find` \
            returns",
    note = "a group that derives `Copy` can be given again and again"
)]
pub trait IntoLabels<G> {
    #[doc(hidden)]
    fn labels(&self) -> &G;

    /// The handle of a metric whose labels are this group.
    #[doc(hidden)]
    fn handle<K>(&self, family: &'static Family, find: impl FnOnce(&G) -> Handle<K>) -> Handle<K>;
}

#[diagnostic::do_not_recommend]
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

#[diagnostic::do_not_recommend]
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

#[diagnostic::do_not_recommend]
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

/// A field that is a group.
#[doc(hidden)]
#[derive(Debug)]
pub struct GroupField<'s, G>(pub &'s G);

impl<'s, G: LabelGroup> GroupField<'s, G> {
    #[doc(hidden)]
    #[inline(always)]
    pub fn parts(self, scratch: &'s mut [Scratch]) -> impl PartList + 's {
        self.0.parts(scratch)
    }
}

/// The parts of a field whose type is not a group. [`group_labels`] reports it; with this trait in
/// scope, that is the only error.
#[doc(hidden)]
pub trait NoGroup: Sized {
    fn parts(self, _: &mut [Scratch]) -> [Part<'_>; 0] {
        []
    }
}

impl<G> NoGroup for GroupField<'_, G> {}

/// Takes the buffer of a label.
#[doc(hidden)]
#[inline(always)]
#[expect(clippy::mut_mut, reason = "shortens the slice of its caller")]
pub fn take_one<'s>(scratch: &mut &'s mut [Scratch]) -> &'s mut Scratch {
    match std::mem::take(scratch) {
        [first, rest @ ..] => {
            *scratch = rest;
            first
        }
        [] => unreachable!("there is a buffer for each label"),
    }
}

/// Takes the buffers of a group with these labels.
#[doc(hidden)]
#[inline(always)]
#[expect(clippy::mut_mut, reason = "shortens the slice of its caller")]
pub fn take<'s>(scratch: &mut &'s mut [Scratch], labels: &[LabelDescriptor]) -> &'s mut [Scratch] {
    let (taken, rest) = std::mem::take(scratch).split_at_mut(labels.len());
    *scratch = rest;
    taken
}

/// An argument that is never made.
#[doc(hidden)]
pub fn never<T>() -> T {
    unreachable!("generated code does not call this")
}
