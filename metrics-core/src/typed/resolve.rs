//! From the labels of a variant to a handle, or to the pending series of a call that has not ended.

#![allow(missing_docs, reason = "only generated code uses it")]

use super::any::record_number;
use super::handle::{Handle, kind};
use super::state_index::StateIndex;
use super::value::AnyValue;
use crate::labels::part::PartList;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::number::Number;
use crate::shards::layout::{SINGLE, SUM, Width};
use crate::store::family::Family;
use crate::store::key::{Key, Parts, Query};
use crate::store::series::Series;
use crate::store::shape::Combinations;

/// A value that a variant's labels can be resolved to: a handle, the value that `#[timed]` keeps
/// until the outcome is known, a series of any metric, or a key.
pub trait Resolve: Sized {
    /// Whether the series itself is all that this value needs, so that a series with open labels
    /// can be found by code that all metrics with these labels share.
    const IS_SERIES: bool;

    fn resolve(family: &'static Family, parts: impl PartList) -> Self;

    /// The value for a series with open labels.
    fn of(series: AnySeries) -> Self;

    /// The value for a state of a metric. A handle stands for all of its states.
    #[must_use]
    #[inline(always)]
    fn in_state(self, _: StateIndex) -> Self {
        self
    }
}

/// A value that stands for a handle of type `H`.
pub trait ResolveAs<H>: Resolve {}

impl<K: Kind> ResolveAs<Self> for Handle<K> {}

/// A kind of metric.
pub trait Kind {
    /// The number of cells of a series with fixed labels.
    #[doc(hidden)]
    const WIDTH: Width;
}

impl<T: Number, U> Kind for kind::Counter<T, U> {
    const WIDTH: Width = Width::Known(if T::PLAIN { SINGLE } else { SUM });
}

impl<T: Number, U> Kind for kind::UpDownCounter<T, U> {
    const WIDTH: Width = Width::Known(SUM);
}

impl<T: Number, U> Kind for kind::Gauge<T, U> {
    const WIDTH: Width = Width::Known(SINGLE);
}

impl<U, T> Kind for kind::Histogram<U, T> {
    const WIDTH: Width = Width::OfBuckets;
}

impl<K: Kind> Resolve for Handle<K> {
    const IS_SERIES: bool = true;

    #[inline(always)]
    fn of(series: AnySeries) -> Self {
        Self::new(series.0.known_as_open())
    }

    #[inline(always)]
    fn resolve(family: &'static Family, parts: impl PartList) -> Self {
        Self::new(family.typed(K::WIDTH, &Parts(parts)))
    }
}

/// A series of a metric of any kind.
#[derive(Debug, Clone, Copy)]
pub struct AnySeries(Series);

impl Resolve for AnySeries {
    const IS_SERIES: bool = true;

    #[inline(always)]
    fn of(series: Self) -> Self {
        series
    }

    #[inline(always)]
    fn resolve(family: &'static Family, parts: impl PartList) -> Self {
        Self(family.typed(Width::Unknown, &Parts(parts)))
    }
}

impl AnySeries {
    #[inline(always)]
    pub(super) fn series(self) -> Series {
        self.0
    }

    /// Records any number according to the metric's kind: adds to a sum, sets a gauge, or records
    /// in a histogram.
    #[inline]
    pub fn record(self, value: impl AnyValue) {
        record_number(self.0, value.any());
    }
}

/// The labels that identify a series. The series need not exist.
#[derive(Debug)]
pub struct SeriesKey {
    pub(crate) family: &'static Family,
    pub(crate) key: Key,
}

impl Resolve for SeriesKey {
    const IS_SERIES: bool = false;

    fn of(_: AnySeries) -> Self {
        unreachable!("a key is made of labels")
    }

    fn resolve(family: &'static Family, parts: impl PartList) -> Self {
        Self { family, key: Parts(parts).to_key(family.descriptor()) }
    }

    fn in_state(mut self, state: StateIndex) -> Self {
        let metric = self.family.descriptor();
        if let Some(labels) = metric.labels_in_state(&self.key.labels, state.index()) {
            self.key.labels = labels;
        }
        self
    }
}

/// Finds a series by its open labels.
#[inline(always)]
#[must_use]
pub fn find(family: &'static Family, parts: impl PartList) -> AnySeries {
    AnySeries(family.find(&Parts(parts)))
}

/// Whether a label is open.
#[must_use]
pub const fn is_open(labels: &[LabelDescriptor]) -> bool {
    Combinations::of(labels).open
}

/// See [`Resolve`].
#[inline(always)]
pub fn resolve<R: Resolve>(family: &'static Family, parts: impl PartList) -> R {
    R::resolve(family, parts)
}
