//! Expressions over selected series.

use std::fmt::Display;

use super::dialect::Language;
use super::names::label;

/// The time over which Grafana takes a rate: at least four scrapes.
pub(crate) const RATE_INTERVAL: &str = "$__rate_interval";

/// The time range of a dashboard.
pub(crate) const WHOLE_RANGE: &str = "$__range";

/// The rate in a second.
pub(crate) fn rate(series: impl Display, range: &str) -> String {
    format!("rate({series}[{range}])")
}

/// How much counters grew.
pub(crate) fn increase(series: impl Display, range: &str) -> String {
    format!("increase({series}[{range}])")
}

/// An aggregation, such as `sum`, that keeps the labels `by`.
pub(crate) fn aggregated(
    operator: &str,
    by: &[String],
    language: Language,
    inner: impl Display,
) -> String {
    if by.is_empty() {
        return format!("{operator}({inner})");
    }
    let by: Vec<_> = by.iter().map(|name| label(name, language)).collect();
    format!("{operator} by ({}) ({inner})", by.join(", "))
}

/// The sum that keeps the labels `by`.
pub(crate) fn sum(by: &[String], language: Language, inner: impl Display) -> String {
    aggregated("sum", by, language, inner)
}

/// The `count` largest series.
pub(crate) fn largest(count: usize, inner: impl Display) -> String {
    format!("topk({count}, {inner})")
}

/// `value`, with the labels `copied` of the info of the same process.
///
/// An info has one series for each process, so the match is many to one. Both sides have the labels
/// `on`. An info that was replaced may still be there with the value 0.
pub(crate) fn with_info(
    value: impl Display,
    info: impl Display,
    on: &[String],
    copied: &[String],
    language: Language,
) -> String {
    let list = |names: &[String]| {
        names.iter().map(|name| label(name, language)).collect::<Vec<_>>().join(", ")
    };
    let all: Vec<String> = on.iter().chain(copied).cloned().collect();
    let info = aggregated("max", &all, language, format!("{info} == 1"));
    format!("{value} * on ({}) group_left ({}) {info}", list(on), list(copied))
}
