//! The series in which a running call will be recorded.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::panic::{RefUnwindSafe, UnwindSafe};

use super::function::Function;
use super::owned_labels::{SharedLabels, owned};
use crate::labels::outcome::Outcome;
use crate::labels::part::{Part, PartList};
use crate::labels::value::LabelRef;
use crate::locks;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::store::block::Block;
use crate::store::family::Family;
use crate::store::key::Parts;
use crate::store::series::Series;
use crate::typed::handle::Handle;
use crate::typed::resolve::{AnySeries, Kind, Resolve, ResolveAs};

/// The metric of kind `K` in which a call will be recorded, with the labels that are known at
/// entry.
pub struct Pending<K, P = PendingSeries> {
    series: P,
    kind: PhantomData<fn() -> K>,
}

/// A value that finds the series once the outcome is known.
pub trait FindSeries {
    #[doc(hidden)]
    fn series(&self, outcome: Outcome) -> FoundSeries;
}

/// The series that was found; `None` if the call is not recorded.
#[derive(Debug, Clone, Copy)]
pub struct FoundSeries(pub(crate) Option<Series>);

/// Labels that are known at entry, except for the outcome.
#[derive(Debug)]
pub struct PendingSeries(Labels);

#[derive(Debug)]
enum Labels {
    /// All labels are fixed.
    Fixed {
        block: &'static Block,
        /// The offset of the series for `ok`.
        offset: u32,
        stride: Stride,
    },
    Open(SharedLabels),
}

/// The stride from one outcome to the next, plus 1. It is 1 if the metric has no outcome. The niche
/// of this type stores the discriminant of [`Labels`], which keeps `Labels` small: every timed
/// future contains this value.
#[derive(Debug, Clone, Copy)]
struct Stride(NonZeroU32);

/// Labels, some of which are computed from the result.
#[derive(Debug)]
pub struct AwaitingResult {
    pending: PendingSeries,
    /// The series, once the result is known.
    series: Option<FoundSeries>,
}

/// The series of a function whose `#[timed]` names no metric.
///
/// A type of its own, because the compiler forgets lifetimes when it looks for the auto traits of a
/// future. It would then look for an impl for a reference of any lifetime.
#[derive(Debug)]
pub struct OfFunction(&'static Function);

/// The value of a computed label, and the field of the label.
#[derive(Debug)]
pub struct Fill<'a> {
    pub(crate) field: &'static str,
    pub(crate) part: Part<'a>,
}

// Other code sees the series of a call only in a consistent state.
impl<K, P> UnwindSafe for Pending<K, P> {}
impl<K, P> RefUnwindSafe for Pending<K, P> {}

impl<K: Kind> ResolveAs<Handle<K>> for Pending<K> {}

impl<K: Kind> Resolve for Pending<K> {
    const IS_SERIES: bool = false;

    fn of(_: AnySeries) -> Self {
        unreachable!("the series is not known yet")
    }

    #[inline(always)]
    fn resolve(family: &'static Family, parts: impl PartList) -> Self {
        let parts = Parts(parts);
        let labels = if parts.is_open() {
            Labels::Open(owned(family, &parts))
        } else {
            let series = family.typed(K::WIDTH, &parts);
            let (block, offset) = (series.block, series.offset());
            Labels::Fixed { block, offset, stride: Stride::new(parts.pending_stride()) }
        };
        Self { series: PendingSeries(labels), kind: PhantomData }
    }
}

impl Stride {
    #[inline(always)]
    fn new(stride: usize) -> Self {
        // No truncation: the series limit keeps blocks below 2^30 cells, see `check_budget`.
        #[expect(clippy::cast_possible_truncation)]
        Self(NonZeroU32::MIN.saturating_add(stride as u32))
    }

    #[inline(always)]
    fn get(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl<K> Pending<K> {
    /// Adds labels that are computed from the result.
    #[inline]
    pub(crate) fn awaiting_result(self) -> Pending<K, AwaitingResult> {
        Pending { series: AwaitingResult { pending: self.series, series: None }, kind: PhantomData }
    }
}

impl<K> Pending<K, OfFunction> {
    #[inline(always)]
    pub(crate) fn of_function(function: &'static Function) -> Self {
        Self { series: OfFunction(function), kind: PhantomData }
    }
}

impl<K, P: FindSeries> Pending<K, P> {
    /// The handle for a call with this outcome; `None` if the call is not recorded.
    #[inline(always)]
    pub(crate) fn handle(&self, outcome: Outcome) -> Option<Handle<K>> {
        self.series.series(outcome).0.map(Handle::new)
    }
}

impl<K> Pending<K, AwaitingResult> {
    /// Fills in the computed labels.
    #[inline]
    pub fn fill<const N: usize>(&mut self, outcome: Outcome, fills: [Fill<'_>; N]) {
        self.series.series = Some(self.series.pending.filled(outcome, &fills));
    }
}

impl<K, P: fmt::Debug> fmt::Debug for Pending<K, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.series.fmt(f)
    }
}

impl FindSeries for PendingSeries {
    #[inline(always)]
    fn series(&self, outcome: Outcome) -> FoundSeries {
        FoundSeries(match &self.0 {
            Labels::Fixed { block, offset, stride } => {
                let ok = Series::at_offset(block, u64::from(*offset));
                Some(match outcome.position() * stride.get() {
                    0 => ok,
                    distance => sibling(ok, distance),
                })
            }
            Labels::Open(labels) => labels.get().and_then(|labels| labels.series(outcome)),
        })
    }
}

impl FindSeries for AwaitingResult {
    #[inline]
    fn series(&self, outcome: Outcome) -> FoundSeries {
        match self.series {
            Some(found) => found,
            // The function has not returned, so the computed labels are absent, as at entry.
            None => self.pending.series(outcome),
        }
    }
}

impl FindSeries for OfFunction {
    #[inline(always)]
    fn series(&self, outcome: Outcome) -> FoundSeries {
        FoundSeries(self.0.series(outcome))
    }
}

impl PendingSeries {
    /// The series with the computed labels.
    fn filled(&self, outcome: Outcome, fills: &[Fill<'_>]) -> FoundSeries {
        FoundSeries(match &self.0 {
            Labels::Fixed { block, .. } => {
                let distance = fixed_index(block.descriptor().labels(), fills);
                self.series(outcome).0.map(|series| sibling(series, distance))
            }
            Labels::Open(owned) => owned.get().and_then(|owned| {
                let labels = owned.family().descriptor().labels();
                let mut open = [(usize::MAX, LabelRef::Absent); MAX_COMPUTED];
                let computed = fills.iter().filter_map(|fill| {
                    let label = position(labels, fill.field)?;
                    let before = labels[..label].iter().filter(|label| is_open(label)).count();
                    Some((before, fill.part.open?))
                });
                open.iter_mut().zip(computed).for_each(|(slot, value)| *slot = value);
                let _outermost = locks::outermost()?;
                Some(owned.completed(outcome, fixed_index(labels, fills), &open))
            }),
        })
    }
}

/// The maximum number of labels of one metric that can be computed from the result.
pub(crate) const MAX_COMPUTED: usize = 8;

/// The number that the fixed labels among the computed ones add to the index of the combination. At
/// entry they were absent, which is index 0.
fn fixed_index(labels: &[LabelDescriptor], fills: &[Fill<'_>]) -> usize {
    let stride = |label: usize| -> usize {
        labels[label + 1..].iter().filter_map(LabelDescriptor::cardinality).product()
    };
    let fills = fills.iter().filter(|fill| fill.part.index > 0);
    fills.filter_map(|fill| Some(fill.part.index * stride(position(labels, fill.field)?))).sum()
}

fn position(labels: &[LabelDescriptor], field: &str) -> Option<usize> {
    labels.iter().position(|label| label.field() == field)
}

fn is_open(label: &LabelDescriptor) -> bool {
    label.cardinality().is_none()
}

/// The series at `distance` positions after `series` in its block.
fn sibling(series: Series, distance: usize) -> Series {
    Series::at(series.block, series.block.layout(), series.position() + distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pending_series_is_as_small_as_a_series() {
        assert_eq!(size_of::<PendingSeries>(), size_of::<Series>());
    }
}
