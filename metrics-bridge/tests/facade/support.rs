//! Parts that the tests share.

use std::sync::LazyLock;

use metrics::{Metadata, Recorder};
use typed_metrics_bridge::MetricsRecorder;
use typed_metrics_core::{MetricSnapshot, SeriesSnapshot, snapshot};

/// A recorder with the default settings.
pub(crate) static RECORDER: LazyLock<MetricsRecorder> =
    LazyLock::new(|| MetricsRecorder::builder().build().unwrap());

/// Records with the default recorder.
pub(crate) fn with<R>(f: impl FnOnce() -> R) -> R {
    metrics::with_local_recorder(&*RECORDER, f)
}

/// The metadata that the macros give.
pub(crate) const METADATA: Metadata<'static> =
    Metadata::new(module_path!(), metrics::Level::INFO, Some(module_path!()));

pub(crate) fn metric(name: &str) -> MetricSnapshot {
    snapshot().get(name).unwrap_or_else(|| panic!("no metric {name}")).clone()
}

/// The series with these labels.
pub(crate) fn series(name: &str, labels: &[(&str, &str)]) -> SeriesSnapshot {
    let metric = metric(name);
    let found = metric.series_with(labels).cloned();
    found.unwrap_or_else(|| panic!("no series {labels:?} in {metric:?}"))
}

pub(crate) fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    series(name, labels).value.as_f64()
}

/// Asserts that the type is a recorder, and calls it as one.
pub(crate) fn as_recorder(recorder: &MetricsRecorder) -> &dyn Recorder {
    recorder
}
