//! The metric of data points that were not delivered.

use typed_metrics_core as typed_metrics;
use typed_metrics_derive::{Label, Metrics};

/// Why data points were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics)]
pub(crate) enum DropReason {
    /// The spool was full, and the data points were the oldest.
    SpoolFull,
    /// The collector refused the data points.
    Refused,
    /// The spool's file was removed by another program.
    Unreadable,
    /// The pipeline was shut down or ended before the data points were sent.
    Ended,
    /// The collector took later batches, and never this one.
    NeverAccepted,
}

#[derive(Metrics)]
#[metrics(prefix = "typed_metrics.otlp", crate = typed_metrics)]
enum Otlp {
    /// Data points that were not delivered. Under cumulative temporality, later exports contain
    /// their values.
    #[counter(unit = "{data_point}")]
    Dropped { reason: DropReason },
}

/// Counts dropped data points.
pub(crate) fn count(points: u64, reason: DropReason) {
    Otlp::dropped(reason).add(points);
}
