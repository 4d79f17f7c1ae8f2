//! The panels of one metric, by its kind.

use super::context::{Context, FEW, legend};
use super::panel::Draft;
use super::text::{metric_title, title};
use super::unit::Unit;
use crate::entry::{Entry, EntryLabel, Kind, LabelValues};
use crate::promql::expression::{RATE_INTERVAL, WHOLE_RANGE, aggregated, largest};
use crate::promql::states::current_state;

/// The percentiles of a histogram.
pub(super) const PERCENTILES: [(f64, &str); 3] = [(0.5, "p50"), (0.9, "p90"), (0.99, "p99")];

/// More states than these make a query too long for a timeline.
const MOST_STATES: usize = 24;

/// The panels of a metric, which stay side by side.
pub(super) fn panels(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let drafts = match entry.kind() {
        Kind::Counter => counter(context, entry),
        Kind::Histogram(_) | Kind::ExponentialHistogram => histogram(context, entry),
        Kind::UpDownCounter => vec![level(context, entry)],
        Kind::Gauge => vec![gauge(context, entry)],
        Kind::State(label) => vec![states(context, entry, label)],
        Kind::Info => info(context, entry),
    };
    drafts.into_iter().map(|draft| described(context, entry, draft)).collect()
}

/// The draft with the description and the links of the metric.
pub(super) fn described(context: &Context<'_>, entry: &Entry, draft: Draft) -> Draft {
    let (description, links) = context.description(entry);
    draft.described(description, links)
}

fn counter(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let series = context.series(entry);
    let name = metric_title(entry);
    let by = split(context, entry);
    let rate = series.rate(&by, RATE_INTERVAL);
    let lines = Draft::lines(&name, &Unit::of_rate(entry.unit())).query(rate, &named(&name, &by));
    let mut drafts = vec![with_outcomes(entry, lines).zero_based()];
    drafts.extend(failures(context, entry, &name));
    drafts.extend(most_frequent(context, entry, &name));
    shared(drafts, if by.is_empty() { 8 } else { 12 })
}

fn histogram(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let series = context.series(entry);
    let name = metric_title(entry);
    let by = split(context, entry);
    let unit = Unit::of(entry.unit(), false);
    let rate = series.rate(&by, RATE_INTERVAL);
    let counts = Draft::lines(&format!("{name}: rate"), &Unit::measurements())
        .query(rate, &named("measurements", &by));
    let mut drafts = vec![with_outcomes(entry, counts).zero_based()];
    drafts.extend(failures(context, entry, &name));
    drafts.push(percentiles(context, entry, &format!("{name}: percentiles")));
    let heat = series.heat_map(RATE_INTERVAL);
    drafts.push(Draft::heat_map(&format!("{name}: distribution"), &unit, heat));
    shared(drafts, 8)
}

/// The percentiles of a histogram over time.
pub(super) fn percentiles(context: &Context<'_>, entry: &Entry, title: &str) -> Draft {
    let series = context.series(entry);
    let lines = Draft::lines(title, &Unit::of(entry.unit(), false));
    let lines = PERCENTILES.into_iter().fold(lines, |lines, (quantile, name)| {
        lines.query(series.quantile(quantile, &[], RATE_INTERVAL), name)
    });
    lines.exemplars()
}

/// The share of measurements that failed, if a label tells.
fn failures(context: &Context<'_>, entry: &Entry, name: &str) -> Option<Draft> {
    let series = context.series(entry);
    let share = series.failure_share(&[], RATE_INTERVAL)?;
    let lines = Draft::lines(&format!("{name}: share of failures"), &Unit::share());
    Some(lines.query(share, "failures").zero_based())
}

/// The most frequent values of the first label whose values are open.
fn most_frequent(context: &Context<'_>, entry: &Entry, name: &str) -> Option<Draft> {
    let label = open_labels(context, entry).into_iter().next()?;
    let by = context.labels(&[label.name]);
    let grown = context.series(entry).increase(&by, WHOLE_RANGE);
    let bars = Draft::bars(
        &format!("{name}: most frequent {}", title(label.name).to_lowercase()),
        &Unit::of(entry.unit(), false),
    );
    Some(bars.query(largest(10, grown), &legend(&by)))
}

/// Amounts, such as what is in flight: they are added up over all processes.
fn level(context: &Context<'_>, entry: &Entry) -> Draft {
    let name = metric_title(entry);
    let by = split(context, entry);
    let sum = aggregated("sum", &by, context.language(), context.series(entry).selector());
    Draft::lines(&name, &Unit::of(entry.unit(), false)).query(sum, &named(&name, &by))
}

/// Values that cannot be added up: a line for each process.
fn gauge(context: &Context<'_>, entry: &Entry) -> Draft {
    let unit = Unit::of(entry.unit(), true);
    let open = open_labels(context, entry);
    let mut by = split(context, entry);
    by.insert(0, context.dialect().instance());
    by.extend(open.iter().map(|label| context.dialect().label(label.name)));
    by.dedup();
    let values = aggregated("max", &by, context.language(), context.series(entry).selector());
    let values = if open.is_empty() { values } else { largest(2 * FEW, values) };
    Draft::lines(&metric_title(entry), &unit).query(values, &legend(&by))
}

fn states(context: &Context<'_>, entry: &Entry, label: &str) -> Draft {
    let dialect = context.dialect();
    let labels = entry.labels();
    let mut by = vec![dialect.job(), dialect.instance()];
    by.extend(
        labels.iter().filter(|other| other.name != label).map(|other| dialect.label(other.name)),
    );
    let name = metric_title(entry);
    let states = labels.iter().find(|other| other.name == label).map(|label| &label.values);
    match states {
        Some(LabelValues::Fixed(states)) if states.len() <= MOST_STATES => {
            let matchers = context.matchers(entry);
            let number = current_state(entry, dialect, &matchers, label, states, &by);
            Draft::timeline(&name, states).query(number, &legend(&by))
        }
        _ => {
            let names = dialect.state_labels(entry, label);
            let current = format!("{} == 1", context.series(entry).selector());
            by.extend(names);
            let of_state = aggregated("max", &by, context.language(), current);
            Draft::timeline(&name, &["current".to_owned()]).query(of_state, &legend(&by))
        }
    }
}

/// A table of the facts, and how many processes have each of them over time.
fn info(context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
    let dialect = context.dialect();
    let name = metric_title(entry);
    let labels: Vec<&str> = entry.labels().iter().map(|label| label.name).collect();
    let facts = context.labels(&labels);
    let current = format!("{} == 1", context.series(entry).selector());
    let mut by = vec![dialect.instance()];
    by.extend(facts.iter().cloned());
    by.dedup();
    let mut columns = vec![(dialect.instance(), "Instance".to_owned())];
    columns.extend(facts.iter().zip(&labels).map(|(fact, label)| (fact.clone(), title(label))));
    let table = aggregated("max", &by, context.language(), &current);
    let count = aggregated("count", &facts, context.language(), &current);
    let lines = Draft::lines(&format!("{name}: instances"), &Unit::count());
    vec![
        Draft::table(&name, &columns).query(table, "").width(12),
        lines.query(count, &named("instances", &facts)).stacked().zero_based().width(12),
    ]
}

/// The labels, in the database, by which a chart of the metric is split.
fn split(context: &Context<'_>, entry: &Entry) -> Vec<String> {
    context.labels(&Context::few_valued(entry))
}

/// The labels whose values are open or too many.
fn open_labels(context: &Context<'_>, entry: &Entry) -> Vec<EntryLabel> {
    let failure = context.series(entry).failure().map(|failure| failure.original);
    let labels = entry.labels().into_iter().filter(|label| Some(label.name) != failure);
    labels
        .filter(|label| match &label.values {
            LabelValues::Open => true,
            LabelValues::Fixed(values) => values.len() > FEW,
        })
        .collect()
}

/// The form of a legend: the labels, or the name if there are none.
fn named(name: &str, by: &[String]) -> String {
    // A blank name of a series is shown as the whole query.
    if by.is_empty() { name.to_owned() } else { legend(by) }
}

/// Colours lines that are split by outcome.
fn with_outcomes(entry: &Entry, draft: Draft) -> Draft {
    let labels = entry.labels();
    let [label] = &labels[..] else { return draft };
    match &label.values {
        LabelValues::Fixed(values) => draft.outcomes(values),
        LabelValues::Open => draft,
    }
}

/// Gives each of the panels its part of a line.
fn shared(drafts: Vec<Draft>, alone: u32) -> Vec<Draft> {
    let width = match drafts.len() {
        1 => alone,
        2 => 12,
        3 => 8,
        _ => 6,
    };
    drafts.into_iter().map(|draft| draft.width(width)).collect()
}
