//! The dashboard of tokio: runtimes and tasks, and the allocator jemalloc.

use super::context::{Context, legend};
use super::drawn::Drawn;
use super::kinds::described;
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::promql::expression::{RATE_INTERVAL, aggregated, largest};

const RUNTIME: &str = "tokio.runtime.name";
const TASK: &str = "tokio.task.name";

pub(super) fn sections(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Section> {
    vec![runtimes(context, drawn), tasks(context, drawn), jemalloc(context, drawn)]
}

fn runtimes(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let mut drafts = Vec::new();
    let by = context.labels(&[RUNTIME]);
    let both = context.labels(&[RUNTIME, "tokio.worker.index"]);
    let lines = |title: &str, unit: &Unit| Draft::lines(title, unit).zero_based();
    let busy = drawn.metric("tokio.runtime.worker.busy_time");
    let workers = drawn.metric("tokio.runtime.worker.count");
    let level = |entry| {
        aggregated("sum", &by, context.language(), context.series(entry).selector().clone())
    };
    if let Some(busy) = busy {
        let series = context.series(busy);
        if let Some(workers) = workers {
            let share = format!("{} / {}", series.rate(&by, RATE_INTERVAL), level(workers));
            let draft = lines("Busy share of workers", &Unit::share()).query(share, &legend(&by));
            drafts.push(described(context, busy, draft));
        }
        let each = largest(10, series.rate(&both, RATE_INTERVAL));
        let draft = lines("Busiest workers", &Unit::share()).query(each, &legend(&both));
        drafts.push(described(context, busy, draft));
    }
    let levels = [
        ("tokio.runtime.task.count", "Tasks"),
        ("tokio.runtime.global_queue.depth", "Tasks in the global queue"),
        ("tokio.runtime.worker.parked", "Parked workers"),
    ];
    for (name, title) in levels {
        let Some(entry) = drawn.metric(name) else { continue };
        let unit = Unit::of(entry.unit(), false);
        let draft = lines(title, &unit).query(level(entry), &legend(&by));
        drafts.push(described(context, entry, draft));
    }
    if let Some(entry) = drawn.metric("tokio.runtime.worker.parks") {
        let rate = context.series(entry).rate(&by, RATE_INTERVAL);
        let draft = lines("Parks", &Unit::of_rate(entry.unit())).query(rate, &legend(&by));
        drafts.push(described(context, entry, draft));
    }
    if let Some(workers) = workers {
        let unit = Unit::of(workers.unit(), false);
        let draft = lines("Workers", &unit).query(level(workers), &legend(&by));
        drafts.push(described(context, workers, draft));
    }
    Section::new("Runtimes", separate(drafts))
}

fn tasks(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let by = context.labels(&[TASK]);
    let lines = |title: &str, unit: &Unit| Draft::lines(title, unit).zero_based();
    let mut drafts = Vec::new();
    if let Some(entry) = drawn.metric("tokio.task.active") {
        let series = context.series(entry);
        let sum = aggregated("sum", &by, context.language(), series.selector());
        let sum = largest(10, sum);
        let draft = lines("Active", &Unit::of(entry.unit(), false)).query(sum, &legend(&by));
        drafts.push(described(context, entry, draft.stacked()));
    }
    if let Some(entry) = drawn.metric("tokio.task.duration") {
        let series = context.series(entry);
        let outcome = context.labels(&["outcome"]);
        let ends = series.rate(&outcome, RATE_INTERVAL);
        let longest = largest(10, series.quantile(0.99, &by, RATE_INTERVAL));
        for draft in [
            lines("Ends by outcome", &Unit::of_rate("{task}"))
                .query(ends, &legend(&outcome))
                .stacked(),
            lines("Whole task, p99", &Unit::of(entry.unit(), false)).query(longest, &legend(&by)),
        ] {
            drafts.push(described(context, entry, draft));
        }
    }
    if let Some(entry) = drawn.metric("tokio.task.poll.duration") {
        let series = context.series(entry);
        let polls = largest(10, series.rate(&by, RATE_INTERVAL));
        let time = largest(10, series.sum_rate(&by, RATE_INTERVAL));
        for draft in [
            lines("Polls", &Unit::of_rate("{poll}")).query(polls, &legend(&by)),
            lines("Time in polls", &Unit::of_rate("s")).query(time, &legend(&by)).stacked(),
        ] {
            drafts.push(described(context, entry, draft));
        }
    }
    let times = [
        ("tokio.task.poll.duration", "Poll, p99"),
        ("tokio.task.schedule.delay", "From wake to poll, p99"),
        ("tokio.task.first_poll.delay", "From measured(…) to poll, p99"),
        ("tokio.task.idle.duration", "From poll to wake, p99"),
    ];
    for (name, title) in times {
        let Some(entry) = drawn.metric(name) else { continue };
        let quantile = context.series(entry).quantile(0.99, &by, RATE_INTERVAL);
        let unit = Unit::of(entry.unit(), false);
        let draft = lines(title, &unit).query(largest(10, quantile), &legend(&by));
        drafts.push(described(context, entry, draft));
    }
    if let Some(entry) = drawn.metric("tokio.task.slow_polls") {
        let rate = largest(10, context.series(entry).rate(&by, RATE_INTERVAL));
        let draft = lines("Slow polls", &Unit::of_rate(entry.unit())).query(rate, &legend(&by));
        drafts.push(described(context, entry, draft));
    }
    Section::new("Tasks", separate(drafts))
}

/// Levels that contain each other: the nearer two lines are, the less lies between them.
fn jemalloc(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let charts: [(&str, &[&str]); 2] = [
        ("Memory", &["allocated", "active", "resident", "mapped"]),
        ("Records and reserve", &["metadata", "retained"]),
    ];
    let mut drafts = Vec::new();
    for (title, parts) in charts {
        let mut draft = None;
        for part in parts {
            let Some(entry) = drawn.metric(&format!("jemalloc.memory.{part}")) else { continue };
            let series = context.series(entry);
            let sum = aggregated("sum", &[], context.language(), series.selector());
            let lines = draft.unwrap_or_else(|| {
                let lines = Draft::lines(title, &Unit::of(entry.unit(), false)).zero_based();
                described(context, entry, lines.width(12))
            });
            draft = Some(lines.query(sum, part));
        }
        drafts.extend(draft);
    }
    Section::new("jemalloc", separate(drafts))
}

/// Panels that need not stay side by side.
fn separate(drafts: Vec<Draft>) -> Vec<Vec<Draft>> {
    drafts.into_iter().map(|draft| vec![draft]).collect()
}
