//! What is found of a metric, and where it was defined.

use std::panic::Location;

use typed_metrics::{DropReason, snapshot};

/// What the metric `name` holds: labels and value of each series.
pub(crate) fn recorded(name: &str) -> Vec<(String, f64)> {
    let snapshot = snapshot();
    let series = snapshot.get(name).map_or(&[][..], |metric| &metric.series);
    series.iter().map(|series| (series.labels.to_string(), series.value.as_f64())).collect()
}

pub(crate) fn one(labels: &str, value: f64) -> Vec<(String, f64)> {
    vec![(labels.to_owned(), value)]
}

pub(crate) fn dropped(name: &str) -> Vec<(DropReason, u64)> {
    snapshot().get(name).unwrap().dropped.clone()
}

/// What errors say of this line of the file that calls it.
#[track_caller]
pub(crate) fn here(line: u32) -> String {
    format!("at {}:{line}", Location::caller().file())
}

#[track_caller]
pub(crate) fn line() -> u32 {
    Location::caller().line()
}
