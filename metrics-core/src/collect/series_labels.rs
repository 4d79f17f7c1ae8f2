//! The labels of a series that a collection found.

use crate::labels::set::Labels;
use crate::labels::value::LabelRef;
use crate::store::series::Series;

/// The labels of a series that a collection found.
#[derive(Debug, Clone)]
pub(super) enum SeriesLabels {
    /// They are made from the position of the series.
    Fixed(Series),
    /// Kept here, because the series may be removed, and its memory then gets other labels.
    Kept(Labels),
}

impl SeriesLabels {
    pub(super) fn of(series: Series) -> Self {
        if series.is_fixed() { Self::Fixed(series) } else { Self::Kept(series.labels()) }
    }

    pub(super) fn to_labels(&self) -> Labels {
        match self {
            Self::Fixed(series) => series.labels(),
            Self::Kept(labels) => labels.clone(),
        }
    }

    /// Visits the names and values in the order of [`Labels::iter`], without allocating.
    pub(super) fn for_each(&self, mut visit: impl FnMut(&str, LabelRef<'_>)) {
        match self {
            Self::Fixed(series) => series.for_each_fixed_label(visit),
            Self::Kept(labels) => {
                labels.iter().for_each(|(name, value)| visit(name, value.as_ref()));
            }
        }
    }
}
