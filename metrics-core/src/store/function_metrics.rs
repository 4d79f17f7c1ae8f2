//! The families of `function.duration` and `function.calls`, the metrics of functions whose
//! `#[timed]` names no metric.

#[cfg(miri)]
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::family::Family;
use crate::metric::descriptor::Descriptor;
use crate::metric::timed_function::{
    FUNCTION_CALLS, FUNCTION_DURATION, is_function_calls_used, is_function_duration_used,
};

/// A metric of functions.
#[derive(Debug)]
pub(crate) struct FunctionMetric {
    family: Family,
    /// Whether a function of a linked crate records in the metric.
    is_used: fn() -> bool,
    /// Miri has no linker, so the list of timed functions is empty there. Instead, the first call
    /// shows that the metric is used.
    #[cfg(miri)]
    called: AtomicBool,
}

pub(crate) static DURATION: FunctionMetric =
    FunctionMetric::new(&FUNCTION_DURATION, is_function_duration_used, &DURATION.family);

pub(crate) static CALLS: FunctionMetric =
    FunctionMetric::new(&FUNCTION_CALLS, is_function_calls_used, &CALLS.family);

impl FunctionMetric {
    /// `this` is the family in the static that holds the result.
    const fn new(
        descriptor: &'static Descriptor,
        is_used: fn() -> bool,
        this: &'static Family,
    ) -> Self {
        Self {
            family: Family::new(*descriptor.definition(), this),
            is_used,
            #[cfg(miri)]
            called: AtomicBool::new(false),
        }
    }

    fn is_used(&self) -> bool {
        #[cfg(miri)]
        if self.called.load(Relaxed) {
            return true;
        }
        (self.is_used)()
    }

    /// The family, for a call of a function that records in it.
    pub(crate) fn called(&'static self) -> &'static Family {
        #[cfg(miri)]
        self.called.store(true, Relaxed);
        &self.family
    }
}

/// The families in which a function of the program records.
pub(crate) fn function_metrics() -> impl Iterator<Item = &'static Family> {
    let all: [&'static FunctionMetric; 2] = [&DURATION, &CALLS];
    all.into_iter().filter(|metric| metric.is_used()).map(|metric| &metric.family)
}
