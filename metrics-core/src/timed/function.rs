//! A timed function whose calls are recorded in `function.duration` or `function.calls`.

use super::series_by_outcome::SeriesByOutcome;
use crate::labels::outcome::Outcome;
use crate::labels::part::{Part, label_type, part};
use crate::labels::scratch::Scratch;
use crate::labels::value::LabelRef;
use crate::metric::timed_function::TimedFunction;
use crate::store::function_metrics::{CALLS, DURATION, FunctionMetric};
use crate::store::key::Parts;
use crate::store::series::Series;

/// A function whose `#[timed]` names no metric, and its series in one of the metrics of functions.
/// Each of these functions has one static, and a second one if only some of its calls are measured.
#[derive(Debug)]
pub struct Function {
    facts: &'static TimedFunction,
    metric: &'static FunctionMetric,
    series: SeriesByOutcome,
}

impl Function {
    /// The function's series of `function.duration`.
    #[must_use]
    pub const fn new(facts: &'static TimedFunction) -> Self {
        Self { facts, metric: &DURATION, series: SeriesByOutcome::new() }
    }

    /// The function's series of `function.calls`.
    #[must_use]
    pub const fn calls(facts: &'static TimedFunction) -> Self {
        Self { facts, metric: &CALLS, series: SeriesByOutcome::new() }
    }

    /// The series for a call with this outcome; `None` if the call is not recorded.
    #[inline(always)]
    pub(crate) fn series(&'static self, outcome: Outcome) -> Option<Series> {
        self.series.of(outcome, || self.find(outcome))
    }

    fn find(&'static self, outcome: Outcome) -> Series {
        let text = |text| Part::open(LabelRef::Str(text));
        let mut scratch = Scratch::new();
        let outcome = part(label_type(), &outcome, &mut scratch);
        let labels = [text(self.facts.name()), text(self.facts.module()), outcome];
        self.metric.called().find(&Parts(labels))
    }
}
