//! The series in which calls with the same labels end, one for each outcome.

use std::sync::OnceLock;

use crate::labels::outcome::{OUTCOMES, Outcome};
use crate::locks;
use crate::store::series::Series;

/// The series of each outcome that has been looked up so far.
#[derive(Debug, Default)]
pub(crate) struct SeriesByOutcome([OnceLock<Series>; OUTCOMES]);

impl SeriesByOutcome {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; OUTCOMES])
    }

    /// The series of `outcome`. `find` looks it up if it is not known. `None` if the call is not
    /// recorded, see [`outermost`](locks::outermost).
    #[inline]
    pub(crate) fn of(&self, outcome: Outcome, find: impl FnOnce() -> Series) -> Option<Series> {
        match self.0[outcome.position()].get() {
            // A recycled series has other labels by now, and a removed series may have other
            // labels.
            Some(series) if series.is_current() => Some(*series),
            known => Self::look_up(known.is_none().then_some(&self.0[outcome.position()]), find),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_up(empty: Option<&OnceLock<Series>>, find: impl FnOnce() -> Series) -> Option<Series> {
        let _outermost = locks::outermost()?;
        let series = find();
        // The overflow series is not kept: there may be room for the series later.
        if let Some(empty) = empty
            && !series.is_overflow()
        {
            let _ = empty.set(series);
        }
        Some(series)
    }
}
