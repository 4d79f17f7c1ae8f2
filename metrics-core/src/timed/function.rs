//! A timed function whose calls are recorded in `function.duration`.

use super::series_by_outcome::SeriesByOutcome;
use crate::labels::outcome::Outcome;
use crate::labels::part::Part;
use crate::labels::value::LabelRef;
use crate::metric::timed_function::TimedFunction;
use crate::store::function_duration;
use crate::store::key::Parts;
use crate::store::series::Series;

/// A function whose `#[timed]` names no metric. Each of these functions has one static.
#[derive(Debug)]
pub struct Function {
    facts: &'static TimedFunction,
    series: SeriesByOutcome,
}

impl Function {
    #[must_use]
    pub const fn new(facts: &'static TimedFunction) -> Self {
        Self { facts, series: SeriesByOutcome::new() }
    }

    /// The series of `function.duration` for a call with this outcome.
    #[inline(always)]
    pub(crate) fn series(&'static self, outcome: Outcome) -> Series {
        self.series.of(outcome, || self.find(outcome))
    }

    fn find(&'static self, outcome: Outcome) -> Series {
        let text = |text| Part { index: 0, pending_stride: 0, open: Some(LabelRef::Str(text)) };
        let outcome = Part { index: outcome.position(), pending_stride: 0, open: None };
        let labels = [text(self.facts.name()), text(self.facts.module()), outcome];
        function_duration::called().find(&Parts(labels))
    }
}
