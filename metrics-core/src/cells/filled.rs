//! The buckets of a histogram that have values.

use super::exponential::buckets::ExponentialBuckets;

/// A bucket with values. They are above `lower`, and not above `upper`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Filled {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    pub(crate) count: u64,
}

/// The buckets with values of a histogram, in the order of their values: those between the
/// boundaries, or the exponential ones.
pub(crate) fn filled<'a>(
    boundaries: &'a [f64],
    buckets: &'a [u64],
    exponential: Option<&'a ExponentialBuckets>,
) -> impl Iterator<Item = Filled> + 'a {
    let explicit = if exponential.is_some() { &[] } else { buckets };
    let explicit = explicit.iter().enumerate().filter(|(_, count)| **count > 0);
    let explicit = explicit.map(|(i, count)| Filled {
        lower: i.checked_sub(1).map_or(f64::NEG_INFINITY, |i| boundaries[i]),
        upper: boundaries.get(i).copied().unwrap_or(f64::INFINITY),
        count: *count,
    });
    let exponential = exponential.into_iter().flat_map(ExponentialBuckets::filled);
    explicit.chain(exponential.map(|(lower, upper, count)| Filled { lower, upper, count }))
}
