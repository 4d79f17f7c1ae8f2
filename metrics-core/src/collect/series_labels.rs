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

    /// The labels in a form that can be read without an allocation.
    pub(super) fn held(&self) -> HeldLabels {
        match self {
            Self::Of(series) if series.is_fixed() => HeldLabels::Fixed(*series),
            _ => HeldLabels::Kept(self.to_labels()),
        }
    }
}

/// Labels that stay as they are, whatever happens to the series.
#[derive(Debug)]
pub(super) enum HeldLabels {
    /// They are made from the position of the series.
    Fixed(Series),
    Kept(Labels),
}

impl HeldLabels {
    /// The names and values in the order of [`Labels::iter`].
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, LabelRef<'_>)> {
        let (fixed, kept) = match self {
            Self::Fixed(series) => (Some(series.fixed_labels()), None),
            Self::Kept(labels) => (None, Some(labels.iter())),
        };
        let fixed =
            fixed.into_iter().flatten().map(|(name, value): (&str, LabelRef<'_>)| (name, value));
        fixed.chain(kept.into_iter().flatten().map(|(name, value)| (name, value.as_ref())))
    }
}
