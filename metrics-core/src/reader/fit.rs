//! Making the extremes of an interval agree with what came in it.
//!
//! Count, sum and buckets of a histogram are read in one piece. The extremes of an interval are noted
//! apart from them: of measurements that come between reading a histogram and the end of its
//! interval, the values may be missing in the next one, where they count.

use crate::cells::histogram::{Extremes, Totals, bucket};

/// What is known for sure of an interval's extremes.
pub(super) struct Interval<'a> {
    pub(super) boundaries: &'static [f64],
    pub(super) buckets: &'a [u64],
    pub(super) sum: f64,
    /// How far off rounding can have brought the sum.
    pub(super) tolerance: f64,
    pub(super) lifetime: Extremes,
    /// Whether the lifetime's extremes are of this interval.
    pub(super) has_min: bool,
    pub(super) has_max: bool,
}

impl<'a> Interval<'a> {
    /// The interval that `totals` ended, which began with this sum and these extremes.
    pub(super) fn new(
        boundaries: &'static [f64],
        buckets: &'a [u64],
        totals: &Totals,
        sum_before: f64,
        before: Extremes,
    ) -> Self {
        let count: u64 = buckets.iter().sum();
        let all = totals.extremes;
        // Sums of single shards, which are rounded, can be far from each other's negative.
        let same_sign = all.min >= 0.0 || all.max <= 0.0;
        let largest = if same_sign {
            totals.sum.abs()
        } else {
            totals.count() as f64 * all.max.abs().max(all.min.abs())
        };
        Self {
            boundaries,
            buckets,
            sum: totals.sum - sum_before,
            tolerance: f64::EPSILON * largest * (count + 1) as f64,
            lifetime: all,
            has_min: all.min < before.min,
            has_max: all.max > before.max,
        }
    }

    /// The interval's extremes, given what was noted. They are as noted, unless that cannot be: then
    /// the values that are missing stand in their buckets, where the sum says.
    pub(super) fn fit(&self, mut noted: Extremes) -> Extremes {
        // A new extreme of the lifetime belongs to this interval for sure.
        if self.has_min {
            noted.min = self.lifetime.min;
        }
        if self.has_max {
            noted.max = self.lifetime.max;
        }
        if self.can_be(noted) { noted } else { self.guess() }
    }

    fn can_be(&self, noted: Extremes) -> bool {
        if noted.is_none()
            || bucket(self.boundaries, noted.min) != self.first()
            || bucket(self.boundaries, noted.max) != self.last()
        {
            return false;
        }
        // The least and the most that values between these extremes, in these buckets, can add up to.
        // One of them is the smallest, another the largest.
        let (mut least, mut most) = (0.0, 0.0);
        for (i, &count) in self.buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (low, high) = self.range(i, noted);
            least += count as f64 * low;
            most += count as f64 * high;
        }
        if self.count() > 1 {
            least += noted.max - self.range(self.last(), noted).0;
            most += noted.min - self.range(self.first(), noted).1;
        }
        (least - self.tolerance..=most + self.tolerance).contains(&self.sum)
    }

    /// All values but those that are known, at the one fraction of their buckets that fits the sum.
    fn guess(&self) -> Extremes {
        let (first, last, count) = (self.first(), self.last(), self.count());
        let has_max = self.has_max && !(self.has_min && count == 1);
        let known = |i| u64::from(self.has_min && i == first) + u64::from(has_max && i == last);
        let mut rest = self.sum;
        rest -= if self.has_min { self.lifetime.min } else { 0.0 };
        rest -= if has_max { self.lifetime.max } else { 0.0 };
        let (mut low, mut width) = (0.0, 0.0);
        for (i, &inside) in self.buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
            let range = self.range(i, self.lifetime);
            let inside = inside.saturating_sub(known(i)) as f64;
            low += inside * range.0;
            width += inside * (range.1 - range.0);
        }
        let fraction = (rest - low) / width;
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.5 };
        let at = |i| {
            let (low, high) = self.range(i, self.lifetime);
            // Rounding must not bring it out of the bucket.
            (low + fraction * (high - low)).max(low).min(high)
        };
        let min = if self.has_min { self.lifetime.min } else { at(first) };
        let max = if self.has_max { self.lifetime.max } else { at(last).max(min) };
        Extremes { min, max }
    }

    /// The least and the most that a value in bucket `i`, between these extremes, can be.
    fn range(&self, i: usize, extremes: Extremes) -> (f64, f64) {
        let lower = i.checked_sub(1).map(|i| self.boundaries[i].next_up());
        let low = lower.map_or(extremes.min, |lower| lower.max(extremes.min));
        let high = self.boundaries.get(i).map_or(extremes.max, |upper| upper.min(extremes.max));
        (low, high.max(low))
    }

    fn first(&self) -> usize {
        self.buckets.iter().position(|count| *count > 0).unwrap_or(0)
    }

    fn last(&self) -> usize {
        self.buckets.iter().rposition(|count| *count > 0).unwrap_or(0)
    }

    fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDARIES: &[f64] = &[10.0, 20.0, 30.0];

    fn interval(buckets: &[u64], sum: f64) -> Interval<'_> {
        Interval {
            boundaries: BOUNDARIES,
            buckets,
            sum,
            tolerance: 1e-9,
            lifetime: Extremes { min: 1.0, max: 99.0 },
            has_min: false,
            has_max: false,
        }
    }

    #[test]
    fn extremes_that_can_be_stay() {
        let noted = Extremes { min: 12.0, max: 25.0 };
        assert_eq!(interval(&[0, 1, 1, 0], 37.0).fit(noted), noted);
        assert_eq!(interval(&[0, 2, 1, 0], 52.0).fit(noted), noted);
    }

    #[test]
    fn a_single_value_is_the_sum() {
        let noted = Extremes { min: 12.0, max: 12.0 };
        let value = interval(&[0, 1, 0, 0], 17.0).fit(noted);
        assert!((value.min - 17.0).abs() < 1e-9 && (value.max - 17.0).abs() < 1e-9, "{value:?}");
        let value = interval(&[0, 1, 0, 0], 17.0).fit(Extremes::NONE);
        assert!((value.min - 17.0).abs() < 1e-9, "{value:?}");
    }

    #[test]
    fn a_missing_extreme_is_where_the_sum_says() {
        // 18 and 19 came, of which 19 was noted before.
        let extremes = interval(&[0, 2, 0, 0], 37.0).fit(Extremes { min: 18.0, max: 18.0 });
        assert!((extremes.min - 18.5).abs() < 1e-9 && extremes.max >= extremes.min, "{extremes:?}");
        // 5 and 28 came, and none was noted.
        let extremes = interval(&[1, 0, 1, 0], 33.0).fit(Extremes::NONE);
        assert!((extremes.min + extremes.max - 33.0).abs() < 1e-9, "{extremes:?}");
        assert!(extremes.min <= 10.0 && extremes.max > 20.0 && extremes.max <= 30.0);
    }

    #[test]
    fn a_new_extreme_of_the_lifetime_is_never_given_up() {
        let interval = Interval { has_max: true, ..interval(&[0, 2, 0, 1], 99.0 + 25.0) };
        let extremes = interval.fit(Extremes { min: 19.0, max: 40.0 });
        assert_eq!(extremes.max.to_bits(), 99_f64.to_bits());
        assert!((extremes.min - 12.5).abs() < 1e-9, "{extremes:?}");
    }
}
