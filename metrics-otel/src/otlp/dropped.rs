//! What was not delivered, as a metric like any other.

use typed_metrics_core as typed_metrics;
use typed_metrics_derive::{Label, Metrics};

/// Why data points were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics)]
pub(super) enum Reason {
    /// The spool was full, and they were the oldest.
    SpoolFull,
    /// The collector refused them.
    Refused,
    /// The spool's file could not be read.
    Unreadable,
    /// The pipeline ended before they were sent.
    Ended,
}

#[derive(Metrics)]
#[metrics(prefix = "typed_metrics.otlp", crate = typed_metrics)]
enum Otlp {
    /// Data points that were not delivered. Under cumulative temporality, later ones make up for
    /// them.
    #[counter(unit = "{data_point}")]
    Dropped { reason: Reason },
}

/// Counts data points.
pub(super) fn count(points: u64, reason: Reason) {
    Otlp::dropped(reason).add(points);
}
