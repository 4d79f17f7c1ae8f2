//! The rows of metrics for which nobody has drawn a dashboard.

use std::collections::BTreeMap;

use super::context::{Context, legend};
use super::kinds::{described, panels};
use super::layout::Section;
use super::panel::Draft;
use super::text::{enum_title, metric_title};
use super::unit::Unit;
use crate::entry::{Entry, Kind};
use crate::promql::expression::{RATE_INTERVAL, with_info};

/// A row for each enum, in the order of the source code.
pub(super) fn sections(context: &Context<'_>, entries: &[&Entry]) -> Vec<Section> {
    let mut groups: BTreeMap<Place<'_>, Vec<&Entry>> = BTreeMap::new();
    let mut first: BTreeMap<String, Place<'_>> = BTreeMap::new();
    let mut sorted = entries.to_vec();
    sorted.sort_by_key(|entry| (entry.source().file, entry.source().line, entry.name()));
    for entry in sorted {
        let source = entry.source();
        let place = Place { file: source.file, line: source.line };
        let place = *first.entry(group_name(entry)).or_insert(place);
        groups.entry(place).or_default().push(entry);
    }
    groups
        .into_values()
        .map(|entries| {
            let title = entries.first().map(|entry| group_title(entry)).unwrap_or_default();
            let mut drafts: Vec<Vec<Draft>> =
                entries.iter().map(|entry| panels(context, entry)).collect();
            drafts.extend(by_info(context, &entries).map(|draft| vec![draft]));
            Section::new(&title, drafts)
        })
        .collect()
}

/// The first place in the source code of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'a> {
    file: &'a str,
    line: u32,
}

/// The facts that tell the group of a metric from others. Two modules may have enums of one name.
fn group_name(entry: &Entry) -> String {
    match (entry.group(), entry.descriptor().scope()) {
        (Some(group), _) => format!("{}::{group}", entry.source().module),
        (None, Some(scope)) => format!("scope {}", scope.name()),
        (None, None) => String::new(),
    }
}

fn group_title(entry: &Entry) -> String {
    match (entry.group(), entry.descriptor().scope()) {
        (Some(group), _) => enum_title(group),
        (None, Some(scope)) => scope.name().to_owned(),
        (None, None) => "Registered at run time".to_owned(),
    }
}

/// The rate of the first counter or histogram by the facts of the first info, such as the version.
fn by_info(context: &Context<'_>, entries: &[&Entry]) -> Option<Draft> {
    let is_rate =
        |kind| matches!(kind, Kind::Counter | Kind::Histogram(_) | Kind::ExponentialHistogram);
    let info = entries.iter().find(|entry| entry.kind() == Kind::Info)?;
    let counted = entries.iter().find(|entry| is_rate(entry.kind()))?;
    let dialect = context.dialect();
    let on = vec![dialect.job(), dialect.instance()];
    let names: Vec<&str> = info.labels().iter().map(|label| label.name).collect();
    let facts: Vec<String> =
        context.labels(&names).into_iter().filter(|fact| !on.contains(fact)).collect();
    if facts.is_empty() {
        return None;
    }
    let rate = context.series(counted).rate(&on, RATE_INTERVAL);
    let info_series = context.series(info);
    let joined = with_info(rate, info_series.selector(), &on, &facts, context.language());
    let title = format!("{} by {}", metric_title(counted), metric_title(info).to_lowercase());
    let unit = match counted.kind() {
        Kind::Counter => Unit::of_rate(counted.unit()),
        _ => Unit::measurements(),
    };
    let by = crate::promql::expression::sum(&facts, context.language(), joined);
    let lines = Draft::lines(&title, &unit).query(by, &legend(&facts)).stacked().zero_based();
    Some(described(context, counted, lines.width(12)))
}
