//! The identity of a metric.

/// Identifies a metric among all metrics of the process. Metrics of different
/// [scopes](crate::Scope) may have the same name, and so may metrics of one scope that contradict
/// each other.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, register_metric, snapshot};
///
/// let jobs = register_metric("id.jobs", Metric::counter("id.jobs"))?.descriptor();
/// let snapshot = snapshot();
/// assert_eq!(snapshot.get("id.jobs").unwrap().descriptor.id(), jobs.id());
/// # Ok::<(), typed_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MetricId {
    name: &'static str,
    /// The address of the definition if the metric has a scope, else 0. So equal definitions of a
    /// typed metric in several crates are one metric.
    scoped: usize,
}

impl MetricId {
    pub(super) fn new(name: &'static str, scoped: usize) -> Self {
        Self { name, scoped }
    }
}
