//! The kinds of series in an expression.

use super::label_set::LabelSet;

/// The series of an expression: their labels and kinds.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) labels: LabelSet,
    pub(super) kinds: Kinds,
}

/// Which kinds of series an expression has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "an expression may have any of them")]
pub(super) struct Kinds {
    /// Buckets of all limits.
    pub(super) buckets: bool,
    /// Histograms that are one series.
    pub(super) native: bool,
    /// Series of the program that are neither.
    pub(super) other: bool,
    /// Series that the catalog does not know.
    pub(super) unknown: bool,
}

impl Series {
    /// A number without labels.
    pub(super) fn scalar() -> Self {
        Self { labels: LabelSet::none(), kinds: Kinds::default() }
    }

    /// Series of which nothing is known.
    pub(super) fn unknown() -> Self {
        let kinds = Kinds { unknown: true, ..Kinds::default() };
        Self { labels: LabelSet::Any, kinds }
    }

    pub(super) fn with_labels(self, labels: LabelSet) -> Self {
        Self { labels, ..self }
    }
}

impl Kinds {
    pub(super) fn union(self, other: Self) -> Self {
        Self {
            buckets: self.buckets || other.buckets,
            native: self.native || other.native,
            other: self.other || other.other,
            unknown: self.unknown || other.unknown,
        }
    }

    /// Whether all of it is known to be no histogram.
    pub(super) fn has_no_histogram(self) -> bool {
        self.other && !(self.buckets || self.native || self.unknown)
    }
}
