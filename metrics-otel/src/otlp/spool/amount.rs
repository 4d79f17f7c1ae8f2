//! A number of batches and data points, for messages.

/// A number of batches, and of the data points in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) batches: u64,
    pub(crate) points: u64,
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
