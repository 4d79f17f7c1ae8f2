//! The layout of a table with enough width: a column for everything, and a row for each series.

use std::iter::once;

use super::line::Line;
use super::section::{LEAST_LABELS, MetricRows, Section};
use super::text;

const LABELS: &str = "labels";

/// The gap between two columns.
const GAP: &str = "  ";

/// Stands for the numbers of a metric that was never recorded.
const NEVER: &str = "-";

/// The lines of the table; `None` if its other columns do not leave enough of `width` for the
/// labels.
pub(super) fn lines(section: &Section, width: usize) -> Option<Vec<Line>> {
    let widths = Widths::fit(section, width)?;
    let titles = widths.line(section.metric_titles, LABELS, section.number_titles);
    let rule = "─".repeat(widths.total());
    let rows = section.metrics.iter().flat_map(|metric| rows(metric, &widths)).map(Line::Row);
    Some(once(Line::Header(titles)).chain(once(Line::Rule(rule))).chain(rows).collect())
}

/// The lines of one metric. The first line contains the name, the kind and the unit.
fn rows(metric: &MetricRows, widths: &Widths) -> Vec<String> {
    let cells: Vec<&str> = metric.cells.iter().map(|cell| &**cell).collect();
    if metric.numbers.is_empty() {
        return vec![widths.line(&cells, "", &vec![NEVER; widths.numbers.len()])];
    }
    let mut rows = Vec::new();
    for (labels, numbers) in metric.labels.fit(widths.labels).iter().zip(&metric.numbers) {
        for (i, labels) in labels.iter().enumerate() {
            let cells = if rows.is_empty() { &*cells } else { &[] };
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            rows.push(widths.line(cells, labels, if i == 0 { &numbers } else { &[] }));
        }
    }
    rows
}

/// The widths of all columns, in columns of the terminal.
struct Widths {
    metric: Vec<usize>,
    labels: usize,
    numbers: Vec<usize>,
}

impl Widths {
    fn fit(section: &Section, width: usize) -> Option<Self> {
        let Section { metric_titles, number_titles, metrics } = section;
        let metric = metric_titles.iter().enumerate().map(|(i, title)| {
            widest(once(*title).chain(metrics.iter().map(|metric| &*metric.cells[i])))
        });
        let numbers = number_titles.iter().enumerate().map(|(i, title)| {
            let rows = metrics.iter().flat_map(|metric| &metric.numbers);
            widest(once(*title).chain(rows.map(|row| &*row[i])))
        });
        let labels = metrics.iter().map(|metric| metric.labels.width()).max().unwrap_or(0);
        let labels = labels.max(text::width(LABELS));
        let mut widths = Self { metric: metric.collect(), labels, numbers: numbers.collect() };
        if let Some(excess) = widths.total().checked_sub(width) {
            widths.labels = labels.checked_sub(excess)?;
            if widths.labels < labels.min(LEAST_LABELS) {
                return None;
            }
            let lines = metrics.iter().flat_map(|metric| metric.labels.fit(widths.labels));
            let used = widest(lines.flatten().collect::<Vec<_>>().iter().map(String::as_str));
            widths.labels = used.max(text::width(LABELS));
        }
        Some(widths)
    }

    fn total(&self) -> usize {
        let columns = self.metric.len() + 1 + self.numbers.len();
        let texts = self.metric.iter().chain(&self.numbers).sum::<usize>() + self.labels;
        texts + GAP.len() * (columns - 1)
    }

    /// One line. Missing cells stay empty.
    fn line(&self, metric: &[&str], labels: &str, numbers: &[&str]) -> String {
        let padded = |pad: fn(&str, usize) -> String, cells: &[&str], widths: &[usize]| {
            let cell = |i| cells.get(i).copied().unwrap_or("");
            let cells = widths.iter().enumerate().map(|(i, width)| pad(cell(i), *width));
            cells.collect::<Vec<_>>().join(GAP)
        };
        let parts = [
            padded(text::left, metric, &self.metric),
            text::left(labels, self.labels),
            padded(text::right, numbers, &self.numbers),
        ];
        parts.join(GAP).trim_end().to_owned()
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(text::width).max().unwrap_or(0)
}
