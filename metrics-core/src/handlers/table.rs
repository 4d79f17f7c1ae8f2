//! A snapshot as a table for people, for [`Display`](fmt::Display) and the console handler.

mod columns;
mod labels;
mod line;
mod number;
mod section;
mod stacked;
#[cfg(test)]
mod tests;
mod text;
mod unrecorded;

use std::fmt;

use crate::collect::snapshot::{MetricSnapshot, Snapshot};
pub(crate) use line::Line;
use section::Section;

/// No table is laid out for less width, in columns.
pub(crate) const LEAST_WIDTH: usize = 20;

impl fmt::Display for Snapshot {
    /// A table of all values and a table of all histograms. Metrics are sorted by name, and series
    /// by labels. The [scope](crate::Scope) of a metric follows its name in brackets. The
    /// [removed](MetricSnapshot::removed) series of a metric follow its other series, and are
    /// marked as removed. Below the tables, one line names metrics that were never recorded, except
    /// those of the framework (`typed_metrics.…`), and further lines count dropped measurements.
    /// With `{:#}`, every metric that was never recorded has a row in its table instead.
    ///
    /// All durations of a metric are shown in one unit from nanoseconds to seconds. Other numbers
    /// are not scaled, and have their thousands separated. Quantiles are estimated from buckets.
    ///
    /// Lines are as long as they need to be, unless the format limits their width, in columns of a
    /// terminal (`{:100}`; at least 20). Labels are then cut or wrapped so that no two series of a
    /// metric look alike; names of metrics are never cut. If the width is too small for columns,
    /// the series stand below the name of their metric.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in
            lines(self, f.width().unwrap_or(usize::MAX), f.alternate()).iter().enumerate()
        {
            if i > 0 {
                f.write_str("\n")?;
            }
            f.write_str(line.text())?;
        }
        Ok(())
    }
}

/// The lines of the table, at most `width` columns wide. Metrics that were never recorded have rows
/// if `all` are to be listed.
pub(crate) fn lines(snapshot: &Snapshot, width: usize, all: bool) -> Vec<Line> {
    let width = width.max(LEAST_WIDTH);
    let mut metrics: Vec<&MetricSnapshot> = snapshot.metrics.iter().collect();
    metrics.sort_by_key(|metric| {
        let metric = metric.descriptor;
        (metric.name(), metric.scope_number())
    });
    let (listed, unrecorded): (Vec<&MetricSnapshot>, Vec<_>) =
        metrics.iter().partition(|metric| all || is_recorded(metric));
    // Under its new name, the metric is listed already.
    let unrecorded = unrecorded.iter().filter(|metric| metric.descriptor.renamed_to().is_none());
    let names: Vec<_> = unrecorded.map(|metric| metric.descriptor.name_in_prose()).collect();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let unrecorded = unrecorded::summary(&names, width).into_iter().map(Line::Unrecorded).collect();
    let notes = metrics.iter().flat_map(|metric| notes(metric, width)).map(Line::Note).collect();
    let parts = [
        table(&Section::values(&listed), width),
        table(&Section::histograms(&listed), width),
        unrecorded,
        notes,
    ];
    let mut lines = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !lines.is_empty() {
            lines.push(Line::Blank);
        }
        lines.extend(part);
    }
    if lines.is_empty() {
        lines.push(Line::Row("no metrics".to_owned()));
    }
    lines
}

/// Whether a program tried to record the metric. A dropped measurement counts as an attempt.
fn is_recorded(metric: &MetricSnapshot) -> bool {
    !metric.series.is_empty() || !metric.removed.is_empty() || !metric.dropped.is_empty()
}

fn table(section: &Section, width: usize) -> Vec<Line> {
    if section.metrics.is_empty() {
        return Vec::new();
    }
    match columns::lines(section, width) {
        Some(lines) if lines.len() <= 2 + section.rows() => lines,
        // Labels that wrap in a narrow column may take more lines than labels above their numbers.
        Some(lines) => {
            let stacked = stacked::lines(section, width);
            if stacked.len() < lines.len() { stacked } else { lines }
        }
        None => stacked::lines(section, width),
    }
}

/// Notes on the measurements of a metric that were not recorded as intended.
fn notes(metric: &MetricSnapshot, width: usize) -> Vec<String> {
    let name = metric.descriptor.name_in_prose();
    let note = |(reason, count): &(_, u64)| {
        let count = number::grouped(&count.to_string());
        let note = format!("note: {name}: {count} × {reason}");
        let words: Vec<String> = note.split(' ').map(str::to_owned).collect();
        text::wrap(&words, " ", width)
    };
    metric.dropped.iter().flat_map(note).collect()
}
