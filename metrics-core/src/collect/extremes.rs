//! The extremes of an interval, completed where readers do not know them exactly.

use crate::cells::totals::{Extremes, bucket};

/// The extremes of an interval, estimated from `known`: extremes of some of its values, or none.
///
/// `known` already holds the real extremes, unless a thread recorded more than once while its cells
/// were being read (see [`histogram`](crate::cells::histogram)). In that case an extreme may be
/// lost. It was in the outermost bucket with values, or it moved the mean out of the known range.
/// The result is then the nearest value consistent with the buckets, the mean and the lifetime
/// extremes.
pub(super) fn fit(
    known: Extremes,
    mean: f64,
    noise: f64,
    boundaries: &[f64],
    buckets: &[u64],
    lifetime: Extremes,
) -> Extremes {
    let first = buckets.iter().position(|count| *count > 0).unwrap_or(0);
    let last = buckets.iter().rposition(|count| *count > 0).unwrap_or(0);
    let is_single = buckets.iter().sum::<u64>() == 1;
    let Extremes { mut min, mut max } = known;
    if known.is_none() || is_single && (min < max || bucket(boundaries, min) != first) {
        (min, max) = (mean, mean);
    } else if !is_single {
        if mean < min - noise {
            min = mean;
        }
        if mean > max + noise {
            max = mean;
        }
    }
    // `clamp` would panic if the limits contradict each other. The buckets are in order, so the
    // extremes stay in order.
    let limit = |i: usize, value: f64| {
        let low = i.checked_sub(1).map_or(f64::NEG_INFINITY, |i| boundaries[i].next_up());
        let high = boundaries.get(i).copied().unwrap_or(f64::INFINITY);
        value.max(low.max(lifetime.min)).min(high.min(lifetime.max))
    };
    Extremes { min: limit(first, min), max: limit(last, max) }
}
