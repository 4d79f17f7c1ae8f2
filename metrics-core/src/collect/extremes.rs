//! The extremes and the sum of an interval, corrected where readers do not know them exactly.

use crate::cells::filled::Filled;
use crate::cells::totals::Extremes;
use crate::number::Number;

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
    buckets: &[Filled],
    lifetime: Extremes,
) -> Extremes {
    let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else { return known };
    let is_single = buckets.len() == 1 && first.count == 1;
    let Extremes { mut min, mut max } = known;
    let is_outside = min <= first.lower || min > first.upper;
    if known.is_none() || is_single && (min < max || is_outside) {
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
    let limit = |bucket: &Filled, value: f64| {
        let low = bucket.lower.next_up().max(lifetime.min);
        value.max(low).min(bucket.upper.min(lifetime.max))
    };
    Extremes { min: limit(first, min), max: limit(last, max) }
}

/// The sum of an interval, or the nearest sum that the buckets and the lifetime extremes allow.
///
/// They may contradict `sum` if it was rounded to the precision of a large sum, or if the sum
/// before was at the limit of floats. `extremes` come from [`fit`]: the real extremes are these, or
/// lie further out.
pub(super) fn fit_sum(sum: f64, extremes: Extremes, buckets: &[Filled], lifetime: Extremes) -> f64 {
    let last = buckets.len().saturating_sub(1);
    let (mut low, mut high) = (Limit::default(), Limit::default());
    for (i, bucket) in buckets.iter().enumerate() {
        let (lower, upper) = (bucket.lower.max(lifetime.min), bucket.upper.min(lifetime.max));
        let rest = (bucket.count - 1) as f64;
        // One value is at least the largest extreme, and one is at most the smallest.
        low.add(lower * rest);
        low.add(if i == last { extremes.max } else { lower });
        high.add(upper * rest);
        high.add(if i == 0 { extremes.min } else { upper });
    }
    if sum < low.sum - low.error() {
        low.sum
    } else if sum > high.sum + high.error() {
        high.sum
    } else {
        sum
    }
}

/// A limit of a sum.
#[derive(Debug, Clone, Copy, Default)]
struct Limit {
    sum: f64,
    /// The sum of the absolute values of the addends.
    size: f64,
}

impl Limit {
    fn add(&mut self, addend: f64) {
        self.sum = self.sum.plus(addend);
        self.size = self.size.plus(addend.abs());
    }

    /// More than the rounding errors of the limit. If the addends cancel out, these errors may be
    /// larger than the limit itself.
    fn error(self) -> f64 {
        1e-9 * self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::filled::filled;

    fn buckets(boundaries: &[f64], counts: &[u64]) -> Vec<Filled> {
        filled(boundaries, counts, None).collect()
    }

    /// The extremes of values in the buckets up to 1, up to 10 and above.
    fn fit_to(known: (f64, f64), mean: f64, buckets: &[u64; 3]) -> (f64, f64) {
        let known = Extremes { min: known.0, max: known.1 };
        let lifetime = Extremes { min: 0.0, max: 50.0 };
        let Extremes { min, max } =
            fit(known, mean, 0.5, &self::buckets(&[1.0, 10.0], buckets), lifetime);
        (min, max)
    }

    const UNKNOWN: (f64, f64) = (Extremes::NONE.min, Extremes::NONE.max);

    #[test]
    fn without_known_extremes_the_mean_is_both() {
        assert_eq!(fit_to(UNKNOWN, 5.0, &[0, 3, 0]), (5.0, 5.0));
        assert_eq!(fit_to(UNKNOWN, 20.0, &[0, 0, 1]), (20.0, 20.0));
    }

    #[test]
    fn a_single_value_has_one_extreme_in_its_bucket() {
        assert_eq!(fit_to((4.0, 4.0), 5.0, &[0, 1, 0]), (4.0, 4.0));
        assert_eq!(fit_to((2.0, 8.0), 5.0, &[0, 1, 0]), (5.0, 5.0));
        assert_eq!(fit_to((20.0, 20.0), 5.0, &[0, 1, 0]), (5.0, 5.0));
    }

    #[test]
    fn known_extremes_are_moved_to_a_mean_beyond_them() {
        let fit = |mean| fit_to((4.0, 8.0), mean, &[0, 3, 0]);
        for mean in [3.5, 3.75, 4.25, 6.0, 7.75, 8.25, 8.5] {
            assert_eq!(fit(mean), (4.0, 8.0), "{mean}");
        }
        assert_eq!([3.25, 8.75].map(fit), [(3.25, 8.0), (4.0, 8.75)]);
    }

    #[test]
    fn extremes_stay_in_the_outermost_buckets_and_in_the_lifetime() {
        let above_one = 1_f64.next_up();
        assert_eq!(fit_to((0.5, 20.0), 5.0, &[0, 3, 0]), (above_one, 10.0));
        assert_eq!(fit_to((-5.0, 90.0), 5.0, &[1, 0, 1]), (0.0, 50.0));
        assert_eq!(fit_to((5.0, 5.0), 5.0, &[1, 0, 1]), (1.0, 10_f64.next_up()));
    }

    #[test]
    fn a_sum_is_moved_only_if_facts_contradict_it() {
        let (lifetime, extremes) =
            (Extremes { min: 0.0, max: 50.0 }, Extremes { min: 0.5, max: 30.0 });
        let fit = |sum| fit_sum(sum, extremes, &buckets(&[1.0, 10.0], &[2, 3, 1]), lifetime);
        // The values are from 0 to 0.5, from 0 to 1, three times from 1 to 10, and from 30 to 50.
        for sum in [33.0, 33.0 - 1e-12, 40.0, 81.5, 81.5 + 1e-12] {
            assert_eq!(fit(sum), sum);
        }
        assert_eq!([0.0, -1e300, 90.0, f64::MAX].map(fit), [33.0, 33.0, 81.5, 81.5]);
        // Values in the middle bucket alone.
        let (extremes, middle) =
            (Extremes { min: 2.0, max: 8.0 }, buckets(&[1.0, 10.0], &[0, 3, 0]));
        let fit = |sum| fit_sum(sum, extremes, &middle, lifetime);
        assert_eq!([9.5, 10.0, 22.0, 22.5].map(fit), [10.0, 10.0, 22.0, 22.0]);
    }

    #[test]
    fn rounded_limits_do_not_move_an_exact_sum() {
        // Of -1e17, 0.25 and 1e17.
        let extremes = Extremes { min: -1e17, max: 1e17 };
        let fit = |sum| fit_sum(sum, extremes, &buckets(&[1.0, 10.0], &[2, 0, 1]), extremes);
        assert_eq!([0.25, -1.0, 0.75].map(fit), [0.25, -1.0, 0.75]);
    }

    #[test]
    fn limits_of_a_sum_stay_finite() {
        let extremes = Extremes { min: f64::MIN, max: f64::MAX };
        assert_eq!(fit_sum(0.0, extremes, &buckets(&[], &[3]), extremes), 0.0);
        let extremes = Extremes::of(f64::MAX);
        assert_eq!(fit_sum(0.0, extremes, &buckets(&[], &[3]), extremes), f64::MAX);
    }
}
