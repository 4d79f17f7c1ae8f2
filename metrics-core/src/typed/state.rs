//! The handles of metrics that show a state or an info.

use super::any::record_number;
use super::any_number::Any;
use super::handle::{Handle, kind};
use super::resolve::{AnySeries, Kind, Resolve};
use super::state_index::StateIndex;
use super::value::AnyValue;
use crate::collect::observation::{Observation, observe_series};
use crate::labels::label::Label;
use crate::labels::part::{PartList, label_type};
use crate::metric::dropped::DropReason;
use crate::shards::layout::{SINGLE, Width};
use crate::store::family::Family;
use crate::store::key::Parts;
use crate::store::series::Series;

/// States of which exactly one is current, from `#[state]`: the values of the label `S`.
///
/// Readers show a series for each state: with the value 1 for the current one, and 0 for the
/// others. Before the first [`set`](Handle::set), there is none. No reader sees two current states.
pub type State<S> = Handle<kind::State<S>>;

/// A fact that labels tell, from `#[info]`: its value is always 1.
///
/// Readers show the series that was [`set`](Handle::set) last; it replaces the one before.
pub type Info = Handle<kind::Info>;

impl<S> Kind for kind::State<S> {
    const WIDTH: Width = Width::Known(SINGLE);
}

impl Kind for kind::Info {
    const WIDTH: Width = Width::Known(SINGLE);
}

impl<S: Label> State<S> {
    /// Makes `state` the current state. Costs as much as the `set` of a gauge.
    #[inline]
    pub fn set(self, state: S) {
        self.series().set(number(&state));
    }

    /// Reads the current state at every collection from now on, until the returned guard is
    /// dropped. Then the series is removed.
    pub fn observe(self, state: impl Fn() -> S + Send + Sync + 'static) -> Observation {
        observe_series::<i64>(self.series(), move || Ok(number(&state())))
    }
}

impl Info {
    /// Shows these labels, in place of those that were set before.
    #[inline]
    pub fn set(self) {
        self.series().set_latest();
    }
}

/// The number that is stored for a state.
#[inline]
fn number<S: Label>(state: &S) -> i64 {
    StateIndex::of(label_type::<S>(), state).number()
}

/// A series of any metric and, if the metric has states, one of them.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct AnySeriesOrState {
    series: Series,
    state: Option<StateIndex>,
}

impl Resolve for AnySeriesOrState {
    const IS_SERIES: bool = true;

    #[inline]
    fn of(series: AnySeries) -> Self {
        Self { series: series.series(), state: None }
    }

    #[inline]
    fn resolve(family: &'static Family, parts: impl PartList) -> Self {
        Self { series: family.typed(Width::Unknown, &Parts(parts)), state: None }
    }

    #[inline]
    fn in_state(self, state: StateIndex) -> Self {
        Self { state: Some(state), ..self }
    }
}

impl AnySeriesOrState {
    /// Records any number according to the metric's kind. 1 sets a state or an info, which has no
    /// other number.
    pub fn record(self, value: impl AnyValue) {
        let Self { series, state } = self;
        if !series.descriptor().is_state_or_info() {
            return record_number(series, value.any());
        }
        match (state, value.any()) {
            (Some(state), Any::Unsigned(1) | Any::Signed(1)) => series.set(state.number()),
            (None, Any::Unsigned(1) | Any::Signed(1)) => series.set_latest(),
            _ => series.drop_for(DropReason::WrongType),
        }
    }
}
