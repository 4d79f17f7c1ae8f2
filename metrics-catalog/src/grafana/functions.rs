//! The dashboard of functions with `#[timed]`.

use super::context::{Context, legend};
use super::drawn::Drawn;
use super::kinds::described;
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::entry::Entry;
use crate::promql::expression::{RATE_INTERVAL, WHOLE_RANGE, largest};

const DURATION: &str = "function.duration";
const CALLS: &str = "function.calls";

/// Whether a metric is one that `#[timed]` alone records.
pub(super) fn is_one(entry: &Entry) -> bool {
    matches!(entry.name(), DURATION | CALLS)
}

pub(super) fn sections(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Section> {
    let sampled = drawn.metric(CALLS);
    let Some(duration) = drawn.metric(DURATION) else { return Vec::new() };
    let series = context.series(duration);
    let function = context.labels(&["function"]);
    let both = context.labels(&["module", "function"]);
    let (name, seconds) = (legend(&both), Unit::of("s", false));
    let top = |expr: String| largest(10, expr);
    let failure_rate = || series.failure_rate(&both, RATE_INTERVAL);
    let columns: Vec<(String, String)> = [
        (both[0].clone(), "Module"),
        (function[0].clone(), "Function"),
        ("Value #A".to_owned(), "Calls"),
        ("Value #B".to_owned(), "Mean"),
        ("Value #C".to_owned(), "p99"),
        ("Value #D".to_owned(), "Failures"),
    ]
    .into_iter()
    .map(|(name, shown)| (name, shown.to_owned()))
    .collect();
    let table = Draft::table("Functions", &columns)
        .query(series.increase(&both, WHOLE_RANGE), "")
        .query(series.mean(&both, WHOLE_RANGE), "")
        .query(series.quantile(0.99, &both, WHOLE_RANGE), "")
        .query_if(series.failure_share(&both, WHOLE_RANGE), "")
        .column_unit("Calls", &Unit::count())
        .column_unit("Mean", &seconds)
        .column_unit("p99", &seconds)
        .column_unit("Failures", &Unit::share());
    let lines = |title: &str, unit: &Unit| Draft::lines(title, unit).width(12).zero_based();
    let overview = vec![
        vec![table.width(24).height(10)],
        vec![
            lines("Calls", &Unit::measurements())
                .query(top(series.rate(&both, RATE_INTERVAL)), &name),
            lines("Time in functions", &Unit::of_rate("s"))
                .query(top(series.sum_rate(&both, RATE_INTERVAL)), &name)
                .stacked(),
        ],
        vec![
            lines("Slowest: p99", &seconds)
                .query(top(series.quantile(0.99, &both, RATE_INTERVAL)), &name)
                .exemplars(),
            lines("Failures", &Unit::measurements()).query_if(failure_rate().map(top), &name),
        ],
        vec![
            Draft::heat_map("Duration of all calls", &seconds, series.heat_map(RATE_INTERVAL))
                .width(24),
        ],
    ];
    let overview = overview
        .into_iter()
        .map(|group| group.into_iter().map(|draft| described(context, duration, draft)).collect())
        .collect();
    let mut sections = vec![Section::new("Functions", overview)];
    if let Some(calls) = sampled {
        let rate = context.series(calls).rate(&both, RATE_INTERVAL);
        let draft =
            lines("Calls, measured or not", &Unit::of_rate("{call}")).query(top(rate), &name);
        let draft = described(context, calls, draft);
        sections.push(Section::new("Functions with samples", vec![vec![draft]]));
    }
    sections
}
