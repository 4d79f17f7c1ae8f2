//! Sums of histograms in plain memory.

use super::exponential::buckets::ExponentialBuckets;
use super::exponential::window::Contents;
use super::grid::Grid;
use super::wide_sum::WideSum;

/// The smallest and the largest of some values. Without values, `min` is +∞ and `max` is -∞.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extremes {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Extremes {
    pub(crate) const NONE: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY };

    pub(crate) fn from_bits(min: u64, max: u64) -> Self {
        Self { min: f64::from_bits(min), max: f64::from_bits(max) }
    }

    pub(crate) fn of(value: f64) -> Self {
        Self { min: value, max: value }
    }

    /// Merges `other` in. NaN is ignored.
    pub(crate) fn merge(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    pub(crate) fn is_none(&self) -> bool {
        self.min > self.max
    }
}

/// The empty buckets of an exponential histogram; `None` for explicit ones.
fn exponential(grid: Grid) -> Option<Box<ExponentialBuckets>> {
    grid.exponential().map(|settings| Box::new(ExponentialBuckets::new(settings)))
}

/// A histogram in plain memory, into which readers add the runs of all shards.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Totals {
    pub(crate) sum: WideSum,
    pub(crate) extremes: Extremes,
    /// The extremes of the current interval.
    pub(crate) interval: Extremes,
    /// One bucket if the histogram is exponential.
    pub(crate) buckets: Vec<u64>,
    /// Some if the histogram is exponential.
    pub(crate) exponential: Option<Box<ExponentialBuckets>>,
}

impl Totals {
    pub(crate) fn new(grid: Grid) -> Self {
        Self {
            sum: WideSum::ZERO,
            extremes: Extremes::NONE,
            interval: Extremes::NONE,
            buckets: vec![0; grid.boundaries().len() + 1],
            exponential: exponential(grid),
        }
    }

    /// Makes this an empty histogram, in the same memory.
    pub(crate) fn clear(&mut self, grid: Grid) {
        let Self { sum, extremes, interval, buckets, exponential: own } = self;
        (*sum, *extremes, *interval) = (WideSum::ZERO, Extremes::NONE, Extremes::NONE);
        buckets.clear();
        buckets.resize(grid.boundaries().len() + 1, 0);
        match (own, grid) {
            (Some(buckets), Grid::Exponential(settings)) => buckets.clear(settings),
            (own, _) => *own = exponential(grid),
        }
    }

    pub(crate) fn count(&self) -> u64 {
        count(&self.buckets)
    }

    /// Adds `count` times `value`.
    pub(crate) fn record(&mut self, grid: Grid, value: f64, count: u64) {
        let bucket = &mut self.buckets[bucket(grid.boundaries(), value)];
        *bucket = bucket.wrapping_add(count);
        if let Some(buckets) = &mut self.exponential {
            buckets.record(value, count);
        }
        self.sum = self.sum.merged(WideSum::product(value, count));
        self.extremes.merge(Extremes::of(value));
        self.interval.merge(Extremes::of(value));
    }

    /// Adds another histogram.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.add(other.sum, other.extremes, other.interval, &other.buckets);
        if let Some((buckets, other)) = self.exponential.as_mut().zip(other.exponential.as_ref()) {
            buckets.merge(other);
        }
    }

    /// Adds the buckets of an exponential histogram.
    pub(super) fn add_exponential(&mut self, contents: &Contents<'_>) {
        let bucket = &mut self.buckets[0];
        *bucket = bucket.wrapping_add(contents.count());
        if let Some(buckets) = &mut self.exponential {
            buckets.add(contents);
        }
    }

    pub(super) fn add(
        &mut self,
        sum: WideSum,
        extremes: Extremes,
        interval: Extremes,
        buckets: &[u64],
    ) {
        self.sum = self.sum.merged(sum);
        self.extremes.merge(extremes);
        self.interval.merge(interval);
        let buckets = self.buckets.iter_mut().zip(buckets);
        buckets.for_each(|(total, part)| *total = total.wrapping_add(*part));
    }
}

/// The number of values in all buckets, modulo 2^64.
pub(crate) fn count(buckets: &[u64]) -> u64 {
    buckets.iter().fold(0, |count, bucket| count.wrapping_add(*bucket))
}

/// The bucket that `value` falls into: the number of boundaries below it.
#[inline(always)]
pub(crate) fn bucket(boundaries: &[f64], value: f64) -> usize {
    // Counting all boundaries is branchless, and faster than a binary search while the boundaries
    // fit into a few cache lines.
    if boundaries.len() <= 32 {
        boundaries.iter().map(|boundary| usize::from(value > *boundary)).sum()
    } else {
        boundaries.partition_point(|boundary| value > *boundary)
    }
}
