//! The layout of a table in a small width: a line for each metric, and its series below.

use super::line::Line;
use super::section::{LEAST_LABELS, MetricRows, Section};
use super::text::{self, INDENT};

/// The gap between two cells.
const GAP: &str = "  ";

/// The lines of the table. None is wider than `width`.
pub(super) fn lines(section: &Section, width: usize) -> Vec<Line> {
    let beside = Beside::fit(section, width);
    let metric = |metric: &MetricRows| {
        let mut head = text::wrap(&head(metric, section), GAP, width);
        let mut rows = match &beside {
            Some(beside) => beside.rows(metric),
            None => below(metric, section.number_titles, width),
        };
        // The number of a series without labels goes into the line of its metric.
        if let (Some(beside), [only], 0) = (&beside, &mut *head, metric.labels.width())
            && !rows.is_empty()
            && text::width(only) <= INDENT.len() + beside.labels
        {
            only.push_str(&rows.remove(0)[text::width(only)..]);
        }
        let rows = rows.into_iter().map(Line::Row);
        head.into_iter().map(Line::Header).chain(rows).collect::<Vec<_>>()
    };
    section.metrics.iter().flat_map(metric).collect()
}

/// The words of the line that stands above the series.
fn head(metric: &MetricRows, section: &Section) -> Vec<String> {
    let mut words: Vec<String> = metric.cells.iter().map(ToString::to_string).collect();
    if section.has_one_kind() {
        words.insert(1, section.metric_titles[0].to_owned());
    }
    if metric.numbers.is_empty() {
        words.push("-".to_owned());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The widths of labels and of the number beside them, if both fit into a line.
struct Beside {
    labels: usize,
    number: usize,
}

impl Beside {
    fn fit(section: &Section, width: usize) -> Option<Self> {
        if section.number_titles.len() > 1 {
            return None;
        }
        let numbers = section.metrics.iter().flat_map(|metric| &metric.numbers).flatten();
        let number = numbers.map(|number| text::width(number)).max().unwrap_or(0);
        let labels = section.metrics.iter().map(|metric| metric.labels.width());
        let widest = labels.max().unwrap_or(0);
        let room = width.checked_sub(INDENT.len() + GAP.len() + number)?;
        if room < widest.min(LEAST_LABELS) {
            return None;
        }
        // Wide enough for the metrics whose number goes into their own line.
        let heads = section.metrics.iter().filter(|metric| metric.labels.width() == 0);
        let heads = heads.map(|metric| text::width(&head(metric, section).join(GAP)));
        let fitting =
            heads.map(|head| head.saturating_sub(INDENT.len())).filter(|head| *head <= room);
        let labels = fitting.max().unwrap_or(0).max(room.min(widest));
        Some(Self { labels, number })
    }

    fn rows(&self, metric: &MetricRows) -> Vec<String> {
        let mut rows = Vec::new();
        for (labels, numbers) in metric.labels.fit(self.labels).iter().zip(&metric.numbers) {
            for (i, labels) in labels.iter().enumerate() {
                let number = if i == 0 { &*numbers[0] } else { "" };
                let labels = text::left(labels, self.labels);
                let line = format!("{INDENT}{labels}{GAP}{}", text::right(number, self.number));
                rows.push(line.trim_end().to_owned());
            }
        }
        rows
    }
}

/// Rows with the numbers below the labels, each number after its title.
fn below(metric: &MetricRows, titles: &[&str], width: usize) -> Vec<String> {
    let widest = |i: usize| metric.numbers.iter().map(|row| text::width(&row[i])).max();
    let widths: Vec<usize> = (0..titles.len()).map(|i| widest(i).unwrap_or(0)).collect();
    let mut rows = Vec::new();
    let room = width - INDENT.len();
    for (labels, numbers) in metric.labels.fit(room).iter().zip(&metric.numbers) {
        let labels = labels.iter().filter(|labels| !labels.is_empty());
        rows.extend(labels.map(|labels| format!("{INDENT}{labels}")));
        let cell = |i: usize| match text::right(&numbers[i], widths[i]) {
            number if titles.len() == 1 => number,
            number => format!("{} {number}", titles[i]),
        };
        let cells: Vec<String> = (0..titles.len()).map(cell).collect();
        let lines = text::wrap(&cells, GAP, room - INDENT.len());
        rows.extend(
            lines.iter().map(|line| format!("{INDENT}{INDENT}{line}").trim_end().to_owned()),
        );
    }
    rows
}
