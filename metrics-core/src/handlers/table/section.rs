//! The metrics of one table, with their numbers as texts.

use std::borrow::Cow;
use std::iter::once;

use super::labels::{self, MetricLabels};
use super::number::{self, Scale};
use crate::collect::snapshot::{MetricSnapshot, SeriesSnapshot};
use crate::labels::set::Labels;
use crate::rules::kind::MetricType;
use crate::store::value::{HistogramSnapshot, Value};

/// The minimum width of labels that stand beside numbers, in terminal columns, in both layouts. If
/// all labels are narrower, they get only their own width.
pub(super) const LEAST_LABELS: usize = 24;

/// A table: its metrics, and the titles of its cells.
pub(super) struct Section {
    /// The titles of the cells that each metric has once.
    pub(super) metric_titles: &'static [&'static str],
    /// The titles of each series' numbers.
    pub(super) number_titles: &'static [&'static str],
    pub(super) metrics: Vec<MetricRows>,
}

/// The cells of one metric, or of its removed series.
pub(super) struct MetricRows {
    /// The name, the kind unless the table has one kind only, and the unit.
    pub(super) cells: Vec<Cow<'static, str>>,
    pub(super) labels: MetricLabels,
    /// The numbers of each series; none if the metric was never recorded.
    pub(super) numbers: Vec<Vec<String>>,
}

impl Section {
    /// The table of the `metrics` that are not histograms.
    pub(super) fn values(metrics: &[&MetricSnapshot]) -> Self {
        let cells =
            |metric: &MetricSnapshot, unit| vec![metric.descriptor.definition().kind_name(), unit];
        let metrics = metrics.iter().filter(|metric| !is_histogram(metric));
        Self {
            metric_titles: &["metric", "kind", "unit"],
            number_titles: &["value"],
            metrics: metrics.flat_map(|metric| rows(metric, cells)).collect(),
        }
    }

    /// The table of the histograms among `metrics`.
    pub(super) fn histograms(metrics: &[&MetricSnapshot]) -> Self {
        let metrics = metrics.iter().filter(|metric| is_histogram(metric));
        Self {
            metric_titles: &["histogram", "unit"],
            number_titles: &["count", "sum", "p50", "p95", "p99", "min", "max"],
            metrics: metrics.flat_map(|metric| rows(metric, |_, unit| vec![unit])).collect(),
        }
    }

    /// The number of rows: one for each series, and one for a metric without series.
    pub(super) fn rows(&self) -> usize {
        self.metrics.iter().map(|metric| metric.numbers.len().max(1)).sum()
    }

    /// Whether the kind of the metrics is the title of their names.
    pub(super) fn has_one_kind(&self) -> bool {
        !self.metric_titles.contains(&"kind")
    }
}

fn is_histogram(metric: &MetricSnapshot) -> bool {
    metric.descriptor.metric_type() == MetricType::Histogram
}

/// The rows of the series, and those of the removed series. `cells` follow the name.
fn rows(
    metric: &MetricSnapshot,
    cells: impl Fn(&MetricSnapshot, &'static str) -> Vec<&'static str>,
) -> Vec<MetricRows> {
    let name = title(metric);
    let all = metric.series.iter().chain(&metric.removed);
    let scale = Scale::of(metric.descriptor.unit(), all.flat_map(|series| typical(&series.value)));
    let rows = |name: Cow<'static, str>, series: &[SeriesSnapshot]| {
        let cells = cells(metric, scale.unit).into_iter().map(Cow::Borrowed);
        rows_of(series, once(name).chain(cells).collect(), &scale)
    };
    let removed = || rows(format!("{name} (removed)").into(), &metric.removed);
    match (metric.series.is_empty(), metric.removed.is_empty()) {
        (_, true) => vec![rows(name, &metric.series)],
        (true, false) => vec![removed()],
        (false, false) => vec![rows(name.clone(), &metric.series), removed()],
    }
}

/// The name, and whether it is an old one.
fn title(metric: &MetricSnapshot) -> Cow<'static, str> {
    let name = metric.descriptor.name_in_prose();
    match metric.descriptor.renamed_to() {
        Some(_) => format!("{name} (old name)").into(),
        None => name,
    }
}

fn rows_of(series: &[SeriesSnapshot], cells: Vec<Cow<'static, str>>, scale: &Scale) -> MetricRows {
    let mut series: Vec<&SeriesSnapshot> = series.iter().collect();
    series.sort_by(|a, b| labels::compare(&a.labels, &b.labels));
    let mut numbers: Vec<_> = series.iter().map(|series| numbers(&series.value, scale)).collect();
    for column in 0..numbers.first().map_or(0, Vec::len) {
        number::align_points(numbers.iter_mut().map(|row| &mut row[column]));
    }
    let labels: Vec<&Labels> = series.iter().map(|series| &series.labels).collect();
    MetricRows { cells, labels: MetricLabels::new(&labels), numbers }
}

/// The values for which the unit of a metric is chosen.
fn typical(value: &Value) -> Vec<f64> {
    match value {
        // The sum grows with the count, so it is not typical of a single duration.
        Value::Histogram(histogram) => vec![histogram.quantile(0.5), histogram.max],
        number => vec![number.as_f64()],
    }
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
