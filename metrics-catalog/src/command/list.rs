//! `list`: the metrics of the program.

use super::answer::Answer;
use super::arguments::Format;
use super::style::{PLAIN, QUIET, STRONG, harmless, styled};
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

/// Name, kind, unit and labels in columns.
fn lines(metrics: &[Metric]) -> String {
    let rows: Vec<[String; 4]> = metrics.iter().map(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or_default());
    rows.iter().map(|row| line(row, widths)).collect()
}

fn cells(metric: &Metric) -> [String; 4] {
    let labels: Vec<_> = metric.labels.iter().map(label).collect();
    [&metric.name, metric.kind, &metric.unit, &labels.join(", ")].map(harmless)
}

/// The cells up to the last one that is not empty.
fn line(row: &[String; 4], widths: [usize; 4]) -> String {
    let last = row.iter().rposition(|cell| !cell.is_empty()).unwrap_or_default();
    let cell = |column: usize| {
        let width = if column < last { widths[column] } else { 0 };
        let style = [STRONG, PLAIN, QUIET, PLAIN][column];
        styled(style, &format!("{:width$}", row[column]))
    };
    let cells: Vec<_> = (0..=last).map(cell).collect();
    cells.join("  ") + "\n"
}

/// The most values of a label that are shown.
const MOST_VALUES: usize = 8;

fn label(label: &Label) -> String {
    match &label.values {
        Some(values) if values.len() > MOST_VALUES => {
            let first = values[..MOST_VALUES].join("|");
            format!("{}=[{first}|… {} values]", label.name, values.len())
        }
        Some(values) => format!("{}=[{}]", label.name, values.join("|")),
        None => label.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_rows_end_with_their_last_cell() {
        let rows = [["shop.sold", "counter", "{µ}", "a, b"], ["x", "gauge", "", ""]];
        let rows = rows.map(|row| row.map(str::to_owned));
        let plain =
            |row: &[String; 4]| anstream::adapter::strip_str(&line(row, [9, 7, 3, 4])).to_string();
        assert_eq!(plain(&rows[0]), "shop.sold  counter  {µ}  a, b\n");
        assert_eq!(plain(&rows[1]), "x          gauge\n");
    }

    #[test]
    fn many_values_are_cut_and_counted() {
        let values = |count: usize| (0..count).map(|n| n.to_string()).collect();
        let label_of = |count| {
            let (name, prometheus_name) = ("n".to_owned(), "n".to_owned());
            label(&Label { name, prometheus_name, values: Some(values(count)), optional: false })
        };
        assert_eq!(label_of(8), "n=[0|1|2|3|4|5|6|7]");
        assert_eq!(label_of(40), "n=[0|1|2|3|4|5|6|7|… 40 values]");
    }
}
