//! The series that calls of one kind end in, one for each outcome.

use std::sync::OnceLock;

use crate::labels::outcome::{OUTCOMES, Outcome};
use crate::store::series::Series;

/// The series of each outcome, as far as they have been looked up.
#[derive(Debug, Default)]
pub(crate) struct SeriesByOutcome([OnceLock<Series>; OUTCOMES]);

impl SeriesByOutcome {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; OUTCOMES])
    }

    /// The series of `outcome`, which `find` looks up where it is not known.
    #[inline]
    pub(crate) fn of(&self, outcome: Outcome, find: impl FnOnce() -> Series) -> Series {
        match self.0[outcome.position()].get() {
            // One that was recycled has other labels by now; one that was removed may be.
            Some(series) if series.is_current() => *series,
            known => Self::look_up(known.is_none().then_some(&self.0[outcome.position()]), find),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_up(empty: Option<&OnceLock<Series>>, find: impl FnOnce() -> Series) -> Series {
        let series = find();
        // What overflows now may have room later.
        if let Some(empty) = empty
            && !series.is_overflow()
        {
            let _ = empty.set(series);
        }
        series
    }
}
