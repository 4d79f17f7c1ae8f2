//! The labels of a series that a collection found.

use crate::labels::set::Labels;
use crate::labels::value::LabelRef;
use crate::store::series::Series;

/// The labels of a series that a collection found.
#[derive(Debug, Clone)]
pub(super) enum SeriesLabels {
    /// They are those of the series. For series with fixed labels, and for others while readers
    /// that remove or recycle the series are kept out.
    Of(Series),
    /// Kept here, because the series may be removed, and its memory then gets other labels.
    Kept(Labels),
}

impl SeriesLabels {
    pub(super) fn of(series: Series) -> Self {
        if series.is_fixed() { Self::Of(series) } else { Self::Kept(series.labels()) }
    }

    pub(super) fn to_labels(&self) -> Labels {
        match self {
            Self::Of(series) => series.labels(),
            Self::Kept(labels) => labels.clone(),
        }
    }

    /// Visits the names and values in the order of [`Labels::iter`], without allocating.
    pub(super) fn for_each(&self, mut visit: impl FnMut(&str, LabelRef<'_>)) {
        match self {
            Self::Of(series) if series.is_fixed() => series.for_each_fixed_label(visit),
            _ => {
                let labels = self.to_labels();
                labels.iter().for_each(|(name, value)| visit(name, value.as_ref()));
            }
        }
    }
}
