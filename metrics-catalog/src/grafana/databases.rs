//! The dashboard of databases: operations and connection pools.

use super::context::{Context, legend};
use super::drawn::Drawn;
use super::kinds::{described, percentiles};
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::entry::Entry;
use crate::promql::expression::{RATE_INTERVAL, WHOLE_RANGE, aggregated, largest};

/// Charts show this many operations.
const MOST: usize = 10;

/// The labels that tell an operation, and their words in a table.
const OPERATION: [(&str, &str); 4] = [
    ("db.system.name", "System"),
    ("db.operation.name", "Operation"),
    ("db.collection.name", "Collection"),
    ("db.query.summary", "Summary"),
];

const POOL: &str = "db.client.connection.pool.name";
const STATE: &str = "db.client.connection.state";

pub(super) fn sections(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Section> {
    vec![operations(context, drawn), pools(context, drawn)]
}

fn operations(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let mut groups = Vec::new();
    if let Some(entry) = drawn.metric("db.client.operation.duration") {
        groups.push(overview(context, entry));
        groups.push(vec![table(context, entry)]);
        groups.push(rates(context, entry));
        groups.push(latency(context, entry));
    }
    if let Some(entry) = drawn.metric("db.client.response.returned_rows") {
        let by = operation(context);
        let rows = largest(MOST, context.series(entry).sum_rate(&by, RATE_INTERVAL));
        let drafts = [
            Draft::lines("Rows returned", &Unit::of_rate(entry.unit()))
                .query(rows, &legend(&by))
                .zero_based(),
            percentiles(context, entry, "Rows of an operation"),
        ];
        groups.push(drafts.map(|draft| described(context, entry, draft)).into());
    }
    Section::new("Operations", groups)
}

/// The labels, in the database, that tell an operation.
fn operation(context: &Context<'_>) -> Vec<String> {
    context.labels(&OPERATION.map(|(label, _)| label))
}

fn overview(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let series = context.series(entry);
    let seconds = Unit::of(entry.unit(), false);
    let quantile = |quantile| series.quantile(quantile, &[], RATE_INTERVAL);
    let share = series.failure_share(&[], RATE_INTERVAL);
    let stats = [
        Draft::stat("Operations", &Unit::of_rate("{operation}"))
            .query(series.rate(&[], RATE_INTERVAL), "operations"),
        Draft::stat("Failures", &Unit::share()).query_if(share, "failures").red_from(0.05),
        Draft::stat("Median", &seconds).query(quantile(0.5), "median"),
        Draft::stat("p95", &seconds).query(quantile(0.95), "p95"),
        // The time in a second is the mean number of operations at once.
        Draft::stat("At once, mean", &Unit::count())
            .query(series.sum_rate(&[], RATE_INTERVAL), "operations"),
    ];
    stats.map(|stat| described(context, entry, stat)).into()
}

/// The operations, their durations and their failures, since the dashboard's beginning.
fn table(context: &Context<'_>, entry: &Entry) -> Draft {
    let series = context.series(entry);
    let by = operation(context);
    let seconds = Unit::of(entry.unit(), false);
    let labels = by.iter().cloned().zip(OPERATION.map(|(_, shown)| shown.to_owned()));
    let values = [
        ("A", "Operations"),
        ("B", "At once, mean"),
        ("C", "Mean"),
        ("D", "p99"),
        ("E", "Failures"),
    ]
    .map(|(query, shown)| (format!("Value #{query}"), shown.to_owned()));
    let columns: Vec<_> = labels.chain(values).collect();
    let table = Draft::table("Operations by name", &columns)
        .query(series.increase(&by, WHOLE_RANGE), "")
        .query(series.sum_rate(&by, WHOLE_RANGE), "")
        .query(series.mean(&by, WHOLE_RANGE), "")
        .query(series.quantile(0.99, &by, WHOLE_RANGE), "")
        .query_if(series.failure_share(&by, WHOLE_RANGE), "")
        .column_unit("Operations", &Unit::count())
        .column_unit("At once, mean", &Unit::count())
        .column_unit("Mean", &seconds)
        .column_unit("p99", &seconds)
        .column_unit("Failures", &Unit::share());
    described(context, entry, table.width(24))
}

fn rates(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let series = context.series(entry);
    let by = operation(context);
    let error = context.labels(&["error.type"]);
    let unit = Unit::of_rate("{operation}");
    let lines = |title: &str, unit: &Unit| Draft::lines(title, unit).zero_based();
    let top = |expr: String| largest(MOST, expr);
    let drafts = [
        lines("Operations by name", &unit)
            .query(top(series.rate(&by, RATE_INTERVAL)), &legend(&by))
            .stacked(),
        lines("Failures by type", &unit)
            .query_if(series.failure_rate(&error, RATE_INTERVAL), &legend(&error))
            .stacked(),
        lines("Share of failures by name", &Unit::share())
            .query_if(series.failure_share(&by, RATE_INTERVAL).map(top), &legend(&by)),
    ];
    drafts.map(|draft| described(context, entry, draft)).into()
}

fn latency(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let series = context.series(entry);
    let by = operation(context);
    let seconds = Unit::of(entry.unit(), false);
    let slowest = largest(MOST, series.quantile(0.99, &by, RATE_INTERVAL));
    let drafts = [
        Draft::lines("Slowest: p99", &seconds)
            .query(slowest, &legend(&by))
            .zero_based()
            .exemplars(),
        percentiles(context, entry, "Duration: percentiles"),
        Draft::heat_map("Duration: distribution", &seconds, series.heat_map(RATE_INTERVAL)),
    ];
    drafts.map(|draft| described(context, entry, draft)).into()
}

fn pools(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let by = context.labels(&[POOL]);
    let sum = |entry, by: &[String]| {
        aggregated("sum", by, context.language(), context.series(entry).selector().clone())
    };
    let mut levels = Vec::new();
    let largest_size = drawn.metric("db.client.connection.max");
    if let Some(count) = drawn.metric("db.client.connection.count") {
        let unit = Unit::of(count.unit(), false);
        let both = context.labels(&[POOL, STATE]);
        let mut lines = Draft::lines("Connections", &unit).query(sum(count, &both), &legend(&both));
        if let Some(max) = largest_size {
            lines = lines.query(sum(max, &by), &format!("{} max", legend(&by)));
        }
        levels.push(described(context, count, lines.zero_based()));
    }
    let further = [
        ("db.client.connection.pending_requests", "Requests that wait"),
        ("db.client.connection.idle.min", "Fewest idle connections"),
    ];
    for (name, title) in further {
        let Some(entry) = drawn.metric(name) else { continue };
        let lines = Draft::lines(title, &Unit::of(entry.unit(), false));
        let lines = lines.query(sum(entry, &by), &legend(&by)).zero_based();
        levels.push(described(context, entry, lines));
    }
    if let Some(entry) = drawn.metric("db.client.connection.timeouts") {
        let rate = context.series(entry).rate(&by, RATE_INTERVAL);
        let lines = Draft::lines("Timeouts", &Unit::of_rate(entry.unit()));
        levels.push(described(context, entry, lines.query(rate, &legend(&by)).zero_based()));
    }
    let times = [
        ("db.client.connection.wait_time", "Wait for a connection: p95"),
        ("db.client.connection.use_time", "Use of a connection: p95"),
        ("db.client.connection.create_time", "Opening a connection: p95"),
    ];
    let mut durations = Vec::new();
    for (name, title) in times {
        let Some(entry) = drawn.metric(name) else { continue };
        let quantile = context.series(entry).quantile(0.95, &by, RATE_INTERVAL);
        let lines = Draft::lines(title, &Unit::of(entry.unit(), false));
        durations.push(described(context, entry, lines.query(quantile, &legend(&by)).zero_based()));
    }
    let width = if levels.len() > 3 { 6 } else { 8 };
    let levels = levels.into_iter().map(|draft| draft.width(width)).collect();
    Section::new("Connection pools", vec![levels, durations])
}
