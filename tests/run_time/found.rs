//! The recorded contents of a metric, and source locations as errors write them.

use std::panic::Location;

use typed_metrics::{DropReason, snapshot};

/// The labels and the value of each series of the metric `name`.
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

/// This line of the caller's file, as errors write it.
#[track_caller]
pub(crate) fn here(line: u32) -> String {
    format!("at {}:{line}", Location::caller().file())
}

#[track_caller]
pub(crate) fn line() -> u32 {
    Location::caller().line()
}
