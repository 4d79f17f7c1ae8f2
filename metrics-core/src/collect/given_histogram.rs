//! A histogram of another registry.

/// A histogram as another registry has it.
#[derive(Debug, Clone)]
#[doc(hidden)]
pub struct GivenHistogram {
    /// The inclusive upper limit of each bucket, and the number of values in it and in no earlier
    /// one. The last limit is infinite.
    pub buckets: Vec<(f64, u64)>,
    /// The sum of all values. If it is not finite, it counts as the one that the values have in the
    /// middles of their buckets.
    pub sum: f64,
}

impl GivenHistogram {
    /// The finite limits of the buckets: the boundaries of the metric.
    pub fn limits(&self) -> impl Iterator<Item = f64> {
        self.buckets.iter().map(|(limit, _)| *limit).filter(|limit| limit.is_finite())
    }

    /// Adds the values of another histogram, which may have other limits.
    pub(super) fn add(&mut self, other: &Self) {
        for (limit, count) in &other.buckets {
            match self.buckets.binary_search_by(|(own, _)| own.total_cmp(limit)) {
                Ok(at) => self.buckets[at].1 = self.buckets[at].1.wrapping_add(*count),
                Err(at) => self.buckets.insert(at, (*limit, *count)),
            }
        }
        self.sum += other.sum;
    }
}

/// One place for the values of each bucket that has any, with their count. The places have the sum,
/// as far as the buckets allow; without a sum, they are the middles.
///
/// The first bucket begins at zero, or at its limit if that is negative, and the last one begins
/// and ends at its lower limit; only for the sum, values are beyond.
pub(super) fn placed(buckets: &[(f64, u64)], sum: Option<f64>) -> Vec<(f64, u64)> {
    let ranges: Vec<_> = buckets
        .iter()
        .enumerate()
        .map(|(i, (upper, count))| {
            // A value at the limit is in the bucket before.
            let below = i.checked_sub(1).map(|i| buckets[i].0.next_up());
            let lower = below.unwrap_or_else(|| upper.min(0.0));
            (lower, if upper.is_finite() { *upper } else { lower }, *count)
        })
        .collect();
    let total = |place: &dyn Fn(f64, f64) -> f64| -> f64 {
        ranges.iter().map(|(lower, upper, count)| place(*lower, *upper) * *count as f64).sum()
    };
    let has_open_end =
        buckets.last().is_some_and(|(limit, count)| !limit.is_finite() && *count > 0);
    let share = sum.map_or(0.5, |sum| {
        let (least, most) = (total(&|lower, _| lower), total(&|_, upper| upper));
        let share = if most > least { (sum - least) / (most - least) } else { 0.5 };
        // The values without an upper limit take the rest.
        share.clamp(0.0, if has_open_end { 0.5 } else { 1.0 })
    });
    let place = |lower: f64, upper: f64| lower + share * (upper - lower);
    let rest = sum.map_or(0.0, |sum| sum - total(&place));
    let last = ranges.len().saturating_sub(1);
    let values = ranges.iter().enumerate().map(|(i, (lower, upper, count))| {
        let takes_rest = i == 0 && rest < 0.0 || i == last && has_open_end && rest > 0.0;
        let beyond = if takes_rest && *count > 0 { rest / *count as f64 } else { 0.0 };
        (place(*lower, *upper) + beyond, *count)
    });
    values.filter(|(_, count)| *count > 0).collect()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn places_are_in_their_buckets_and_have_the_sum() {
        let cases: [(&[(f64, u64)], f64); 8] = [
            (&[(1.0, 2), (10.0, 3), (INF, 0)], 20.0),
            (&[(1.0, 2), (10.0, 3), (INF, 0)], 4.0),
            (&[(1.0, 0), (10.0, 3), (INF, 2)], 500.0),
            (&[(1.0, 0), (10.0, 3), (INF, 2)], 25.0),
            (&[(INF, 4)], 12.0),
            (&[(INF, 4)], -12.0),
            (&[(-1.0, 2), (1.0, 1), (INF, 0)], -30.0),
            (&[(0.5, 1), (1.0, 0), (INF, 1)], 7.0),
        ];
        for (buckets, sum) in cases {
            let placed = placed(buckets, Some(sum));
            let own: f64 = placed.iter().map(|(value, count)| value * *count as f64).sum();
            assert!((own - sum).abs() < 1e-9, "{buckets:?} {placed:?}");
            let mut filled = buckets.iter().enumerate().filter(|(_, (_, count))| *count > 0);
            for (value, count) in &placed {
                let (i, (upper, expected)) = filled.next().unwrap();
                let lower = i.checked_sub(1).map_or(-INF, |i| buckets[i].0);
                assert_eq!(count, expected);
                assert!((lower..=*upper).contains(value), "{buckets:?} {placed:?}");
            }
        }
    }

    #[test]
    fn without_a_sum_places_are_middles() {
        let buckets = [(1.0, 2), (3.0, 1), (INF, 1)];
        assert_eq!(placed(&buckets, None), [(0.5, 2), (2.0, 1), (3.0_f64.next_up(), 1)]);
    }

    #[test]
    fn other_limits_are_added() {
        let mut sum = GivenHistogram { buckets: vec![(1.0, 2), (INF, 1)], sum: 5.0 };
        sum.add(&GivenHistogram { buckets: vec![(1.0, 1), (2.0, 4), (INF, 1)], sum: 9.0 });
        assert_eq!(sum.buckets, [(1.0, 3), (2.0, 4), (INF, 2)]);
        assert_eq!(sum.sum, 14.0);
    }
}
