//! The extremes of an interval, as far as readers know them.

use crate::cells::totals::{Extremes, bucket};

/// The extremes of an interval of which `known` are values, if it is not none.
///
/// They are its extremes already, unless a thread recorded more than once while its cells were being
/// read, see [`histogram`](crate::cells::histogram). What was lost then is in the outermost bucket
/// that has something in it, or drew the mean out of what is known: the nearest value that can be
/// stands for it.
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
    // Not `clamp`, which panics where this has no answer either. The buckets are in order, so the
    // extremes stay so.
    let into = |i: usize, value: f64| {
        let low = i.checked_sub(1).map_or(f64::NEG_INFINITY, |i| boundaries[i].next_up());
        let high = boundaries.get(i).copied().unwrap_or(f64::INFINITY);
        value.max(low.max(lifetime.min)).min(high.min(lifetime.max))
    };
    Extremes { min: into(first, min), max: into(last, max) }
}
