//! The items that the expansion of `#[timed]` uses.

use std::marker::PhantomData;

pub use super::call::{Awaited, Call};
pub use super::function::Function;
pub use super::made::{AnyFuture, Made, Measured};
pub use super::outcome_of::{AnyReturned, MaybeNone, Returned};
pub use super::pending::{AwaitingResult, Fill, FindSeries, OfFunction, Pending, PendingSeries};
pub use super::recorders::{
    AnyKind, AnyUnit, Busy, CallRecorder, Count, CountKind, InFlight, InFlightKind, Prepared,
    TimeKind, Wall,
};
pub use super::sampling::{Share, is_sampled};
pub use crate::labels::outcome::Outcome;
pub use crate::metric::objective::Objective;
pub use crate::metric::timed_function::{FUNCTIONS, TimedFunction};

use crate::labels::label::Label;
use crate::labels::part::{LabelType, part};
use crate::labels::scratch::Scratch;
use crate::metric::descriptor::Descriptor;
use crate::rules::unit::Seconds;
use crate::typed::handle::kind;
use crate::typed::metrics::Metrics;

/// Stands for the outcome until it is known.
pub const PENDING: Outcome = Outcome::__Pending;

/// Calls the body of a function. As the type of an argument, `FnOnce` tells the compiler that the
/// closure is called once, so the closure may move out of its captures.
#[inline(always)]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// A slot for a closure that is returned by reference; see [`put`].
pub trait Slot<F> {
    fn put(&mut self, closure: F) -> &F;
}

impl<F> Slot<F> for Option<F> {
    #[inline(always)]
    fn put(&mut self, closure: F) -> &F {
        self.insert(closure)
    }
}

/// Puts a closure into a slot, from which [`taken`] returns it with its own type.
///
/// The expansion expects a `&dyn Fn(…) -> …`, so the compiler knows the types of the closure's
/// arguments before it checks the closure. Only a bound ties the result to the slot, so the slot
/// keeps the closure's own type.
#[inline(always)]
pub fn put<F, S: Slot<F>>(slot: &mut S, closure: F) -> &F {
    slot.put(closure)
}

/// The closure that [`put`] stored in the slot.
#[inline(always)]
pub fn taken<F>(slot: Option<F>) -> F {
    slot.unwrap_or_else(|| unreachable!("the closure was put there"))
}

/// The name of the type of a function.
#[must_use]
pub fn name_of<F>(_: F) -> &'static str {
    std::any::type_name::<F>()
}

/// A value of a metrics enum.
#[inline(always)]
pub fn metric<M: Metrics>(metric: M) -> M {
    metric
}

/// The descriptor of the metric of a variant.
#[must_use]
pub fn descriptor_of<M: Metrics>(variant: &str) -> &'static Descriptor {
    let name = |descriptor: &Descriptor| descriptor.source().item.rsplit_once("::");
    let mut all = M::descriptors().into_iter();
    let found = all.find(|descriptor| name(descriptor).is_some_and(|(_, name)| name == variant));
    found.unwrap_or_else(|| unreachable!("`#[derive(Metrics)]` describes every variant"))
}

/// The metric `function.duration` for a function.
#[inline(always)]
pub fn function(function: &'static Function) -> Pending<kind::Histogram<Seconds>, OfFunction> {
    Pending::of_function(function)
}

/// The metric `function.calls` for a function.
#[inline(always)]
pub fn calls(function: &'static Function) -> Pending<kind::Counter<u64>, OfFunction> {
    Pending::of_function(function)
}

/// A metric with labels that are computed from the result.
#[inline(always)]
pub fn awaiting_result<K>(metric: Pending<K>) -> Pending<K, AwaitingResult> {
    metric.awaiting_result()
}

#[inline(always)]
pub fn wall<K: TimeKind, P: FindSeries>(metric: Pending<K, P>) -> Wall<K, P> {
    Wall(metric)
}

#[inline(always)]
pub fn busy<K: TimeKind, P: FindSeries>(metric: Pending<K, P>) -> Busy<K, P> {
    Busy(metric, std::time::Duration::ZERO)
}

#[inline(always)]
pub fn count<K: CountKind, P: FindSeries>(metric: Pending<K, P>) -> Count<K, P> {
    Count(metric)
}

#[inline(always)]
pub fn in_flight<K: InFlightKind>(metric: Pending<K>) -> InFlight<K> {
    InFlight(metric)
}

/// The outcome `Ok` if the closure returns `true`, otherwise `Error`.
#[inline(always)]
pub fn ok_if<R>(returned: &R, is_ok: impl FnOnce(&R) -> bool) -> Outcome {
    Outcome::ok_if(is_ok(returned))
}

/// The outcome `Error` if the closure returns `true`, otherwise `Ok`.
#[inline(always)]
pub fn error_if<R>(returned: &R, is_error: impl FnOnce(&R) -> bool) -> Outcome {
    Outcome::ok_if(!is_error(returned))
}

/// The outcome of a function for which `None` is an error.
#[inline(always)]
pub fn none_is_error<R: MaybeNone>(returned: &R) -> Outcome {
    returned.outcome()
}

/// A label of type `L` that is computed from the result.
pub struct Computed<L>(PhantomData<fn() -> L>);

impl<L> Clone for Computed<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Computed<L> {}

/// Labels that can be absent. A label that is computed from the result is absent if there is no
/// result.
#[diagnostic::on_unimplemented(
    message = "a label that is computed from the result can be absent, but `{Self}` cannot",
    label = "not an `Option`",
    note = "a call that is cancelled or panics has no result; make the field an `Option<{Self}>`"
)]
pub trait CanBeAbsent {
    fn absent() -> Self;
}

impl<L> CanBeAbsent for Option<L> {
    #[inline(always)]
    fn absent() -> Self {
        None
    }
}

/// The result of a closure that computes a label of type `L`, an `Option`: the label, or the value
/// in it.
#[diagnostic::on_unimplemented(
    message = "the label has the type `{L}`, and the closure returns `{Self}`",
    label = "returns a value of another type"
)]
pub trait IntoComputed<L> {
    fn into_computed(self) -> L;
}

// For every type, although a label is an `Option` here: a field that is no `Option` is one mistake,
// which `CanBeAbsent` reports.
impl<L> IntoComputed<Self> for L {
    #[inline(always)]
    fn into_computed(self) -> Self {
        self
    }
}

impl<L> IntoComputed<Option<L>> for L {
    #[inline(always)]
    fn into_computed(self) -> Option<L> {
        Some(self)
    }
}

impl<L> Computed<L> {
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// The value of the label at entry.
    #[inline(always)]
    pub fn absent(self) -> L
    where
        L: CanBeAbsent,
    {
        L::absent()
    }

    /// Computes the label.
    #[inline(always)]
    pub fn of<'r, R, V: IntoComputed<L>>(
        self,
        returned: &'r R,
        compute: impl FnOnce(&'r R) -> V,
    ) -> L {
        compute(returned).into_computed()
    }

    /// The value of the label for its field.
    #[inline(always)]
    pub fn fill<'a>(self, field: &'static str, label: &'a L, scratch: &'a mut Scratch) -> Fill<'a>
    where
        L: Label,
    {
        const fn label_type<L: Label>() -> LabelType<L> {
            crate::labels::part::label_type::<L>()
        }
        Fill { field, part: part(label_type::<L>(), label, scratch) }
    }
}
