//! Observed histograms: another registry gives their buckets at every collection.

use std::sync::Mutex;

use hashbrown::HashTable;

use super::given_histogram::{GivenHistogram, placed};
use super::observed_series::find;
use super::progress::lock_readers;
use super::remove::remove;
use crate::cells::filled::{Filled, filled};
use crate::cells::grid::Grid;
use crate::cells::histogram::copied::Copied;
use crate::cells::totals::{Extremes, bucket};
use crate::cells::wide_sum::WideSum;
use crate::labels::given::GivenAttributes;
use crate::labels::hash::{hash_of, same_labels};
use crate::labels::set::Labels;
use crate::locks::lock;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::store::family::Family;
use crate::store::series::Series;

/// The values that the histograms of one metric had last.
#[derive(Debug)]
pub(crate) struct HistogramObserver {
    family: &'static Family,
    rows: Mutex<HashTable<Row>>,
}

#[derive(Debug)]
struct Row {
    hash: u64,
    labels: Labels,
    series: Series,
    last: Option<GivenHistogram>,
    /// The histogram that this collection gives.
    now: Option<GivenHistogram>,
}

impl HistogramObserver {
    pub(crate) fn new(family: &'static Family) -> Self {
        Self { family, rows: Mutex::default() }
    }

    /// Records what the histograms have more than at the last call, and removes the series that are
    /// not given. The caller lets no second call begin before the first one has returned.
    ///
    /// The last histogram with the same attributes counts. Those without a series of their own are
    /// added up in the overflow series.
    pub(crate) fn take<'a, A: GivenAttributes + 'a>(
        &self,
        given: impl Iterator<Item = (&'a A, &'a GivenHistogram)>,
    ) {
        for (attributes, now) in given {
            if !now.sum.is_finite() {
                self.family.dropped().note(DropReason::NotFinite);
            }
            let (series, labels) = find(self.family, attributes);
            self.note(series, labels, now);
        }
        let (changed, gone) = self.differences();
        for (series, labels, new) in changed {
            // The series was removed after it was found, and its memory has other labels.
            let is_there = series.has_its_labels();
            record(if is_there { series } else { find(self.family, &labels).0 }, &new);
        }
        gone.into_iter().for_each(remove);
    }

    /// Notes what a histogram of this collection holds.
    fn note(&self, series: Series, labels: Labels, now: &GivenHistogram) {
        let hash = hash_of(&labels);
        let mut rows = lock(&self.rows);
        let has_labels = |row: &Row| same_labels(&row.labels, &labels);
        let row = match rows.find_mut(hash, has_labels) {
            Some(row) => row,
            None => {
                let row = Row { hash, labels, series, last: None, now: None };
                rows.insert_unique(hash, row, |row| row.hash).into_mut()
            }
        };
        row.series = series;
        match &mut row.now {
            Some(sum) if series.is_overflow() => sum.add(now),
            other => *other = Some(now.clone()),
        }
    }

    /// What the series of this collection hold more than at the last one, and the series that are
    /// gone.
    fn differences(&self) -> (Vec<(Series, Labels, Difference)>, Vec<Series>) {
        let mut rows = lock(&self.rows);
        let gone = rows.extract_if(|row| row.now.is_none()).map(|row| row.series).collect();
        let changed = rows.iter_mut().filter_map(|row| {
            let now = row.now.take()?;
            let new = Difference::between(row.last.as_ref(), &now);
            row.last = Some(now);
            (new.count() > 0).then(|| (row.series, row.labels.clone(), new))
        });
        (changed.collect(), gone)
    }
}

/// The values that came since the last collection.
#[derive(Debug)]
struct Difference {
    buckets: Vec<(f64, u64)>,
    sum: WideSum,
}

impl Difference {
    /// A histogram with a count that fell has started anew, as in Prometheus' `rate`.
    fn between(before: Option<&GivenHistogram>, now: &GivenHistogram) -> Self {
        let since = |before: &GivenHistogram| {
            let pairs = now.buckets.iter().zip(&before.buckets);
            let same_limits = now.buckets.len() == before.buckets.len()
                && pairs.clone().all(|((a, _), (b, _))| a.total_cmp(b).is_eq());
            let buckets = pairs
                .map(|((limit, now), (_, before))| Some((*limit, now.checked_sub(*before)?)))
                .collect::<Option<Vec<_>>>()
                .filter(|_| same_limits)?;
            Some((buckets, before.sum))
        };
        let (buckets, sum_before) =
            before.and_then(since).unwrap_or_else(|| (now.buckets.clone(), 0.0));
        let sum = if now.sum.is_finite() && sum_before.is_finite() {
            // Both sums are rounded, and their difference need not be.
            WideSum::ZERO.plus(now.sum).plus(-sum_before)
        } else {
            // A sum that is not a number any more tells nothing of the new values.
            placed(&buckets, None).into_iter().fold(WideSum::ZERO, |sum, (value, count)| {
                sum.merged(WideSum::product(value, count))
            })
        };
        Self { buckets, sum }
    }

    fn count(&self) -> u64 {
        self.buckets.iter().fold(0, |sum, (_, count)| sum.wrapping_add(*count))
    }
}

fn record(series: Series, new: &Difference) {
    match series.descriptor().grid() {
        Grid::Explicit(boundaries) => {
            let values = in_buckets(boundaries, new, new.count());
            // No reader may copy a run while an interval of it begins.
            let _readers = lock_readers();
            series.record_all(&values);
        }
        // An override made the histogram exponential. The place of a value in its bucket is not
        // known, so all values of a bucket are recorded at one place.
        Grid::Exponential(_) => {
            for (value, count) in placed(&new.buckets, Some(new.sum.value())) {
                series.record_many(value, count);
            }
        }
    }
}

/// The values in the buckets of the metric. The buckets of other registries have equal limits in
/// one metric as a rule; otherwise a bucket is added to the first one that reaches as far.
fn in_buckets(boundaries: &'static [f64], new: &Difference, count: u64) -> Copied {
    let mut buckets = vec![0_u64; boundaries.len() + 1];
    for (limit, count) in &new.buckets {
        let own = &mut buckets[bucket(boundaries, *limit)];
        *own = own.wrapping_add(*count);
    }
    let with_values: Vec<_> = filled(boundaries, &buckets, None).collect();
    let extremes = extremes_of(&with_values, new.sum.value(), count);
    Copied::of_values(boundaries, &buckets, new.sum, extremes)
}

/// Extremes that the buckets and the sum allow, as near to the mean as they can be: other
/// registries do not know the extremes.
///
/// Readers move a sum that contradicts buckets and extremes, so these must agree.
fn extremes_of(buckets: &[Filled], sum: f64, count: u64) -> Extremes {
    let mean = sum / count as f64;
    let [first, others @ ..] = buckets else { return Extremes::of(mean) };
    let Some((last, between)) = others.split_last() else { return Extremes::of(mean) };
    let total = |limit: fn(&Filled) -> f64, buckets: &[Filled]| -> f64 {
        buckets.iter().map(|bucket| limit(bucket) * bucket.count as f64).sum()
    };
    // If all other values are as small as they can be, those in the first bucket have this mean.
    let low_mean = (sum - total(|bucket| bucket.lower, others)) / first.count as f64;
    let min = mean.min(low_mean).min(first.upper).max(first.lower.next_up());
    // The same for the last bucket, with one value at the minimum.
    let rest = (first.count - 1) as f64 * first.upper;
    let below = min + rest + total(|bucket| bucket.upper, between);
    let high_mean = (sum - below) / last.count as f64;
    let max = mean.max(high_mean).min(last.upper).max(last.lower.next_up());
    Extremes { min: min.finite(), max: max.finite() }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::collect::extremes::fit_sum;

    const BOUNDARIES: [f64; 3] = [-1.0, 1.0, 10.0];

    fn extremes(values: &[f64]) -> (Extremes, Vec<Filled>, f64) {
        let mut buckets = [0; 4];
        values.iter().for_each(|value| buckets[bucket(&BOUNDARIES, *value)] += 1);
        let sum = values.iter().sum();
        let buckets: Vec<_> = filled(&BOUNDARIES, &buckets, None).collect();
        (extremes_of(&buckets, sum, values.len() as u64), buckets, sum)
    }

    #[test]
    fn a_single_bucket_has_the_mean_as_both_extremes() {
        for value in [-5.0, 0.25, 3.0, 70.0] {
            assert_eq!(extremes(&[value]).0, Extremes::of(value));
        }
        assert_eq!(extremes(&[2.0, 4.0]).0, Extremes::of(3.0));
    }

    #[test]
    fn estimated_extremes_are_inside_the_real_ones_and_agree_with_the_sum() {
        let values = [-300.0, -1.0, -0.5, 0.0, 1.0, 1.5, 10.0, 12.0, 1e6];
        // All sets of up to four values.
        for a in values {
            for b in values {
                for c in values {
                    for set in [&[a, b][..], &[a, b, c], &[a, b, c, 0.5], &[a, a, b, c]] {
                        let (known, buckets, sum) = extremes(set);
                        let min = set.iter().copied().fold(f64::INFINITY, f64::min);
                        let max = set.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                        let noise = 1e-9 * (1.0 + sum.abs());
                        assert!(known.min >= min - noise, "{set:?} {known:?}");
                        assert!(known.max <= max + noise, "{set:?} {known:?}");
                        assert!(known.min <= known.max, "{set:?} {known:?}");
                        assert_eq!(fit_sum(sum, known, &buckets, known), sum, "{set:?} {known:?}");
                    }
                }
            }
        }
    }
}
