//! `list`: the metrics of the program.

use super::answer::Answer;
use super::arguments::Format;
use super::style::{QUIET, STRONG, harmless, styled};
use crate::catalog::Catalog;
use crate::reference::data::{Data, Label, Metric};
use crate::reference::json;
use crate::settings::Settings;

/// One line for each metric, or the contents of `catalog.json`.
pub(super) fn list(catalog: &Catalog, settings: &Settings, format: Format) -> Answer {
    let data = Data::of(catalog, settings);
    Answer::success(match format {
        Format::Json => json::to_text(&data),
        Format::Text => lines(&data.metrics),
    })
}

fn lines(metrics: &[Metric]) -> String {
    let width = |cell: fn(&Metric) -> &str| {
        metrics.iter().map(|metric| cell(metric).chars().count()).max().unwrap_or_default()
    };
    let (names, kinds, units) =
        (width(|metric| &metric.name), width(|metric| metric.kind), width(|metric| &metric.unit));
    let line = |metric: &Metric| {
        let labels: Vec<_> = metric.labels.iter().map(label).collect();
        let (labels, name) = (harmless(&labels.join(", ")), format!("{:names$}", metric.name));
        let rest = format!("  {:units$}  {labels}", metric.unit);
        let (unit, labels) = rest.trim_end().split_at((units + 2).min(rest.trim_end().len()));
        let kind = format!("{:kinds$}", metric.kind);
        let kind = if unit.is_empty() { kind.trim_end() } else { &kind };
        format!("{}  {kind}{}{labels}\n", styled(STRONG, &name), styled(QUIET, unit))
    };
    metrics.iter().map(line).collect()
}

fn label(label: &Label) -> String {
    match &label.values {
        Some(values) => format!("{}=[{}]", label.name, values.join("|")),
        None => label.name.clone(),
    }
}
