//! The metrics of one enum, which a page shows together.

use super::data::{Data, Metric};

/// The metrics that one enum of one crate defines, or those of another origin.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) title: Title<'a>,
    /// Sorted by name.
    pub(crate) metrics: Vec<&'a Metric>,
}

/// The origin of the metrics of a group. The order is that of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Title<'a> {
    Enum { crate_name: &'a str, name: &'a str },
    TimedFunctions,
    AtRunTime,
    Scope(&'a str),
}

impl<'a> Title<'a> {
    fn of(metric: &'a Metric) -> Self {
        if let Some(scope) = &metric.scope {
            return Self::Scope(&scope.name);
        }
        let Some(first) = metric.definitions.first() else { return Self::AtRunTime };
        match first.item.split_once("::") {
            Some((name, _)) => Self::Enum { crate_name: &first.crate_name, name },
            None if first.module.is_empty() => Self::AtRunTime,
            None => Self::TimedFunctions,
        }
    }

    /// The title without markup: the words, and the names in them.
    pub(crate) fn words(self) -> (&'static str, &'a str, &'static str, &'a str) {
        match self {
            Self::Enum { crate_name, name } => ("", name, " in ", crate_name),
            Self::TimedFunctions => ("Timed functions", "", "", ""),
            Self::AtRunTime => ("Registered at run time", "", "", ""),
            Self::Scope(name) => ("Recorded through OpenTelemetry by ", name, "", ""),
        }
    }
}

/// The metrics by their enums, sorted by crate and enum.
pub(crate) fn groups(data: &Data) -> Vec<Group<'_>> {
    let mut metrics: Vec<_> =
        data.metrics.iter().map(|metric| (Title::of(metric), metric)).collect();
    // Stable, so the metrics of a group stay sorted.
    metrics.sort_by_key(|(title, _)| *title);
    let groups = metrics.chunk_by(|a, b| a.0 == b.0);
    groups
        .map(|group| Group {
            title: group[0].0,
            metrics: group.iter().map(|(_, metric)| *metric).collect(),
        })
        .collect()
}
