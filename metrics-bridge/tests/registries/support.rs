//! Parts that the tests share.

use typed_metrics_core::{MetricSnapshot, snapshot};
use typed_metrics_prometheus::{Escaping, Format, PrometheusHandler};

pub(crate) fn metric(name: &str) -> MetricSnapshot {
    snapshot().get(name).unwrap_or_else(|| panic!("no metric {name}")).clone()
}

pub(crate) fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    let metric = metric(name);
    let series = metric.series_with(labels);
    series.unwrap_or_else(|| panic!("no series {labels:?} in {metric:?}")).value.as_f64()
}

/// The lines of a scrape that begin with `prefix`, also after `# TYPE ` and `# HELP `, without the
/// times of creation. Numbers are written as floats, and labels are sorted.
pub(crate) fn lines(text: &str, prefix: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .filter(|line| {
            let name = line.trim_start_matches("# TYPE ").trim_start_matches("# HELP ");
            let name = name.trim_start_matches("# UNIT ");
            name.starts_with(prefix) && !line.contains("_created")
        })
        .map(normal)
        .collect();
    lines.sort();
    lines
}

fn normal(line: &str) -> String {
    if line.starts_with('#') {
        return line.to_owned();
    }
    let (series, value) = line.rsplit_once(' ').unwrap();
    let value: f64 = value.parse().unwrap();
    let Some((name, labels)) = series.split_once('{') else { return format!("{series} {value}") };
    let mut labels: Vec<String> = labels
        .trim_end_matches('}')
        .split(',')
        .map(|label| match label.strip_prefix("le=\"").and_then(|le| le.strip_suffix('"')) {
            Some(le) => format!("le=\"{}\"", le.parse::<f64>().unwrap()),
            None => label.to_owned(),
        })
        .collect();
    labels.sort();
    format!("{name}{{{}}} {value}", labels.join(","))
}

pub(crate) fn scrape(format: Format) -> String {
    let handler = PrometheusHandler::builder().build().unwrap();
    String::from_utf8(handler.render(format)).unwrap()
}

pub(crate) fn text() -> String {
    scrape(Format::Text)
}

pub(crate) fn open_metrics() -> String {
    scrape(Format::OpenMetrics(Escaping::Underscores))
}
