//! The family of `function.duration`, the metric of functions whose `#[timed]` names no metric.

#[cfg(miri)]
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::family::Family;
use crate::metric::timed_function::{FUNCTION_DURATION, is_function_duration_used};

static FAMILY: Family = Family::new(&FUNCTION_DURATION, &FAMILY);

/// Miri has no linker, so the list of timed functions is empty there. Instead, the first call shows
/// that the metric is used.
#[cfg(miri)]
static CALLED: AtomicBool = AtomicBool::new(false);

/// The family, if a function of the program records in it.
pub(crate) fn function_duration() -> Option<&'static Family> {
    #[cfg(miri)]
    if CALLED.load(Relaxed) {
        return Some(&FAMILY);
    }
    is_function_duration_used().then_some(&FAMILY)
}

/// The family, for a call of a function that records in it.
pub(crate) fn called() -> &'static Family {
    #[cfg(miri)]
    CALLED.store(true, Relaxed);
    &FAMILY
}
