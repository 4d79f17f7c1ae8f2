//! What the suite asks of a back end.

use typed_metrics::MetricHandler;

use crate::stored::Stored;

/// A back end, together with the place to which it exports.
pub(crate) trait BackEnd {
    /// In what it differs from the others.
    const SHOWS: Shows;

    /// A new one, with a place of its own that is empty.
    fn start() -> Self;

    /// Its handler; each time the same.
    fn handler(&self) -> Box<dyn MetricHandler>;

    /// What has arrived at its place so far.
    fn stored(&self) -> Stored;

    /// How often it has exported so far; `None` if its place asks for exports.
    fn exports(&self) -> Option<usize>;
}

/// In what back ends differ.
pub(crate) struct Shows {
    /// Whether the buckets of a histogram are read back.
    pub(crate) buckets: bool,
    /// Whether labels are read back as they were recorded.
    pub(crate) whole_labels: bool,
    /// What becomes of a counter's series that is removed.
    pub(crate) removed: Removed,
}

/// What becomes of a counter's series that is removed.
#[derive(Debug, PartialEq)]
pub(crate) enum Removed {
    /// It is gone, and comes back from zero.
    Gone,
    /// The place keeps what it has, and adds to it when the series comes back.
    Kept,
}
