//! The interface between the suite and a back end.

use typed_metrics::MetricHandler;

use crate::stored::Stored;

/// A back end, together with the destination of its exports.
pub(crate) trait BackEnd {
    /// How this back end differs from the others.
    const SHOWS: Shows;

    /// Starts a new back end with an empty destination.
    fn start() -> Self;

    /// The handler of this back end. Every call returns the same handler.
    fn handler(&self) -> Box<dyn MetricHandler>;

    /// The metrics that have arrived at the destination so far.
    fn stored(&self) -> Stored;

    /// The value and the id of the trace of each exemplar in the last export of a metric; `None` if
    /// the back end has no exemplars.
    fn exemplars(&self, _metric: &str) -> Option<Vec<(f64, Vec<u8>)>> {
        None
    }

    /// The number of exports so far; `None` if the destination pulls the metrics.
    fn exports(&self) -> Option<usize>;
}

/// The differences between back ends.
pub(crate) struct Shows {
    /// The histograms whose buckets are read back.
    pub(crate) buckets: WithBuckets,
    /// Whether the least and the greatest value of a histogram are read back; otherwise they are
    /// zero.
    pub(crate) extremes: bool,
    /// Whether labels are read back as they were recorded.
    pub(crate) whole_labels: bool,
    /// How the destination treats a removed counter series.
    pub(crate) removed: Removed,
}

/// Histograms whose buckets are read back.
#[derive(Debug, PartialEq)]
pub(crate) enum WithBuckets {
    All,
    /// Those with boundaries.
    Explicit,
    None,
}

/// How a destination treats a removed counter series.
#[derive(Debug, PartialEq)]
pub(crate) enum Removed {
    /// The series is gone. If it comes back, it starts from zero.
    Gone,
    /// The destination keeps the value, and adds to it when the series comes back.
    Kept,
}
