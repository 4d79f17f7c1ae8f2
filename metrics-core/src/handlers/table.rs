//! A snapshot as a table for people: what [`Display`](fmt::Display) and the console handler show.

mod labels;
mod number;
#[cfg(test)]
mod tests;

use std::fmt;

use comfy_table::{Cell, CellAlignment, LineStyle, Table, TableStyle};

use crate::collect::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
use crate::labels::set::Labels;
use crate::metric::kind::MetricType;
use crate::store::value::{HistogramSnapshot, Value};
use number::Scale;

/// The widest line aimed at, in columns, unless the format says otherwise.
const WIDTH: usize = 120;

/// However little room there is, labels get this much.
const LEAST_LABELS: usize = 30;

/// Between two columns.
const GAP: u16 = 2;

/// What stands where nothing was recorded.
const NEVER: &str = "-";

const VALUES: &[&str] = &["metric", "kind", "unit", "labels", "value"];
const HISTOGRAMS: &[&str] =
    &["histogram", "unit", "labels", "count", "sum", "p50", "p95", "p99", "min", "max"];

/// One line of the table, by what it is, so that a terminal can show it so.
#[derive(Debug)]
pub(crate) enum Line {
    Header(String),
    Rule(String),
    Row(String),
    Note(String),
    Blank,
}

impl fmt::Display for Snapshot {
    /// One table of all values and one of all histograms, metrics sorted by name and series by
    /// labels; a metric that was never recorded has a dash. Below, what was dropped.
    ///
    /// Durations are scaled to a readable unit; other numbers are not, and have their thousands
    /// separated. Quantiles are estimated from buckets. Lines aim at 120 columns, or as many as the
    /// format asks for (`{:100}`): the values of labels are cut to fit, and where not even the names fit,
    /// labels that all series of the metric have alike are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in lines(self, f.width().unwrap_or(WIDTH)).iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            f.write_str(line.text())?;
        }
        Ok(())
    }
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Header(text) | Self::Rule(text) | Self::Row(text) | Self::Note(text) => text,
            Self::Blank => "",
        }
    }
}

/// The lines of the table, aiming at `width` columns.
pub(crate) fn lines(snapshot: &Snapshot, width: usize) -> Vec<Line> {
    let mut metrics: Vec<&MetricSnapshot> = snapshot.metrics.iter().collect();
    metrics.sort_by_key(|metric| metric.descriptor.name());
    let (histograms, values): (Vec<_>, Vec<_>) =
        metrics.iter().partition(|metric| metric.descriptor.metric_type() == MetricType::Histogram);
    let notes: Vec<Line> = metrics.iter().flat_map(|metric| notes(metric)).collect();
    let parts = [section(VALUES, &values, width), section(HISTOGRAMS, &histograms, width), notes];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return vec![Line::Row("no metrics".to_owned())];
    }
    let mut lines = Vec::new();
    for part in parts {
        if !lines.is_empty() {
            lines.push(Line::Blank);
        }
        lines.extend(part);
    }
    lines
}

/// What of a metric was not recorded as it was meant.
fn notes(metric: &MetricSnapshot) -> impl Iterator<Item = Line> {
    let name = metric.descriptor.name();
    metric.dropped.iter().map(move |(reason, count)| {
        Line::Note(format!("note: {name}: {} × {reason}", number::grouped(&count.to_string())))
    })
}

/// A row before its labels are cut to the room that the other columns leave.
struct Row {
    /// Name, kind, unit: what stands left of the labels.
    metric: Vec<&'static str>,
    labels: Option<Labels>,
    /// Which of them are the same in all series of the metric.
    everywhere: Vec<bool>,
    numbers: Vec<String>,
}

fn section(header: &[&'static str], metrics: &[&MetricSnapshot], width: usize) -> Vec<Line> {
    if metrics.is_empty() {
        return Vec::new();
    }
    let left = header.iter().position(|title| *title == "labels").unwrap_or(0);
    let rows: Vec<Row> =
        metrics.iter().flat_map(|metric| rows(metric, left, header.len() - left - 1)).collect();
    let room = width.saturating_sub(width_without_labels(header, left, &rows)).max(LEAST_LABELS);

    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
    let cell = |text: String, column: usize| {
        let right = column > left;
        Cell::new_owned(text).set_alignment(if right {
            CellAlignment::Right
        } else {
            CellAlignment::Left
        })
    };
    let cells = |texts: Vec<String>| {
        texts.into_iter().enumerate().map(|(column, text)| cell(text, column)).collect::<Vec<_>>()
    };
    table.set_header(cells(header.iter().map(ToString::to_string).collect()));
    for row in rows {
        let fit = |labels| labels::fit(&labels, &row.everywhere, room);
        let labels = row.labels.map(fit).unwrap_or_default();
        let metric = row.metric.into_iter().map(str::to_owned);
        table.add_row(cells(metric.chain([labels]).chain(row.numbers).collect()));
    }
    for (column, title) in table.column_iter_mut().zip(header) {
        let is_last = Some(title) == header.last();
        column.set_padding((0, if is_last { 0 } else { GAP }));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines
        .enumerate()
        .map(|(i, line)| match i {
            0 => Line::Header(line),
            1 => Line::Rule(line),
            _ => Line::Row(line),
        })
        .collect()
}

/// The rows of one metric. Its name, kind and unit stand in the first.
fn rows(metric: &MetricSnapshot, left: usize, numbers: usize) -> Vec<Row> {
    let descriptor = metric.descriptor;
    let name = match descriptor.metric_type() {
        MetricType::Histogram => vec![descriptor.name(), descriptor.unit()],
        MetricType::Counter => vec![descriptor.name(), "counter", descriptor.unit()],
        MetricType::UpDownCounter => vec![descriptor.name(), "up_down_counter", descriptor.unit()],
        MetricType::Gauge => vec![descriptor.name(), "gauge", descriptor.unit()],
    };
    if metric.series.is_empty() {
        let numbers = vec![NEVER.to_owned(); numbers];
        return vec![Row { metric: name, labels: None, everywhere: Vec::new(), numbers }];
    }
    let scale = Scale::of(descriptor.unit());
    let mut series: Vec<&SeriesSnapshot> = metric.series.iter().collect();
    series.sort_by(|a, b| labels::compare(&a.labels, &b.labels));
    let row = |(i, series): (usize, &SeriesSnapshot)| Row {
        metric: if i == 0 { name.clone() } else { vec![""; left] },
        labels: Some(series.labels.clone()),
        everywhere: labels::everywhere(&series.labels, &metric.series),
        numbers: self::numbers(&series.value, &scale),
    };
    series.into_iter().enumerate().map(row).collect()
}

fn numbers(value: &Value, scale: &Scale) -> Vec<String> {
    match value {
        Value::U64(value) => vec![scale.integer(*value)],
        Value::I64(value) => vec![scale.integer(*value)],
        Value::F64(value) => vec![scale.exact(*value)],
        Value::Histogram(histogram) => {
            let HistogramSnapshot { count, sum, min, max, .. } = histogram;
            let quantile = |q| scale.estimated(histogram.quantile(q));
            vec![
                number::grouped(&count.to_string()),
                scale.exact(*sum),
                quantile(0.5),
                quantile(0.95),
                quantile(0.99),
                scale.exact(*min),
                scale.exact(*max),
            ]
        }
    }
}

fn width_without_labels(header: &[&str], left: usize, rows: &[Row]) -> usize {
    let widest = |title: &str, cell: &dyn Fn(&Row) -> usize| {
        rows.iter().map(cell).max().unwrap_or(0).max(labels::width(title))
    };
    let columns = header.iter().enumerate().filter(|(column, _)| *column != left);
    let texts = columns.map(|(column, title)| {
        widest(title, &|row| match column.checked_sub(left + 1) {
            Some(number) => labels::width(&row.numbers[number]),
            None => labels::width(row.metric[column]),
        })
    });
    texts.sum::<usize>() + usize::from(GAP) * (header.len() - 1)
}
