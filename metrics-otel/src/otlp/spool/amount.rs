//! A number of batches and data points, for messages.

use super::folder::Name;

/// A number of batches, and of the data points in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) batches: u64,
    pub(crate) points: u64,
}

impl std::ops::AddAssign<Name> for Amount {
    fn add_assign(&mut self, batch: Name) {
        self.batches += 1;
        self.points += batch.points;
    }
}

impl std::iter::Sum<Name> for Amount {
    fn sum<I: Iterator<Item = Name>>(batches: I) -> Self {
        batches.fold(Self::default(), |mut amount, batch| {
            amount += batch;
            amount
        })
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = |n| if n == 1 { "" } else { "s" };
        let Self { batches, points } = self;
        write!(
            f,
            "{points} data point{} in {batches} batch{}",
            plural(*points),
            if *batches == 1 { "" } else { "es" }
        )
    }
}
