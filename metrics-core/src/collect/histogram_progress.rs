//! How far a reader is in one histogram.

use super::extremes::{fit, fit_sum};
use crate::cells::exponential::buckets::ExponentialBuckets;
use crate::cells::filled::filled;
use crate::cells::grid::Grid;
use crate::cells::totals::{Extremes, Totals, count};
use crate::cells::wide_sum::WideSum;
use crate::store::value::HistogramSnapshot;

/// How far a reader is in one histogram.
#[derive(Debug, Clone)]
pub(super) struct HistogramProgress {
    /// The sum at the reader's last collection, like `buckets` and `extremes`.
    sum: WideSum,
    buckets: Vec<u64>,
    exponential: Option<Box<ExponentialBuckets>>,
    extremes: Option<Extremes>,
    /// The extremes of intervals that ended since then, also by other readers.
    pending: Option<Extremes>,
}

impl HistogramProgress {
    pub(super) fn new() -> Self {
        Self {
            sum: WideSum::ZERO,
            buckets: Vec::new(),
            exponential: None,
            extremes: None,
            pending: None,
        }
    }

    /// Whether the reader has returned values of the histogram.
    pub(super) fn was_returned(&self) -> bool {
        self.extremes.is_some()
    }

    /// Adds the extremes of an interval that ended.
    pub(super) fn add_pending(&mut self, interval: Extremes) {
        self.pending.get_or_insert(Extremes::NONE).merge(interval);
    }

    /// The values since the reader's last collection, if there are any.
    pub(super) fn advance(&mut self, grid: Grid, totals: &Totals) -> Option<HistogramSnapshot> {
        let pending = self.pending.take();
        // The one bucket of an exponential histogram changes with every value.
        if self.buckets == totals.buckets {
            // The sum may differ in its last bit: threads that end change the order of the
            // addition.
            self.sum = totals.sum;
            return None;
        }
        self.buckets.resize(totals.buckets.len(), 0);
        let new = totals.buckets.iter().zip(&self.buckets);
        let buckets: Vec<u64> = new.map(|(now, before)| now.saturating_sub(*before)).collect();
        let count = count(&buckets);
        let sum = totals.sum.minus(self.sum).value();
        let mut known = pending.unwrap_or(Extremes::NONE);
        // A new lifetime extreme always belongs to this interval.
        let before = self.extremes.unwrap_or(Extremes::NONE);
        if totals.extremes.min < before.min {
            known.merge(Extremes::of(totals.extremes.min));
        }
        if totals.extremes.max > before.max {
            known.merge(Extremes::of(totals.extremes.max));
        }
        self.sum = totals.sum;
        self.buckets.clone_from(&totals.buckets);
        let exponential = match (&self.exponential, &totals.exponential) {
            (Some(before), Some(now)) => Some(Box::new(now.since(before))),
            (_, now) => now.clone(),
        };
        self.exponential.clone_from(&totals.exponential);
        self.extremes = Some(totals.extremes);
        if count == 0 {
            return None;
        }
        // The difference may have the rounding error of the sums: see
        // `HistogramSnapshot::interval`.
        let noise = 1e-9 * self.sum.value().abs().max(sum.abs()) / count as f64;
        let mean = sum / count as f64;
        let with_values: Vec<_> =
            filled(grid.boundaries(), &buckets, exponential.as_deref()).collect();
        let extremes = fit(known, mean, noise, &with_values, totals.extremes);
        let sum = WideSum::ZERO.plus(fit_sum(sum, extremes, &with_values, totals.extremes));
        let totals = Totals { sum, extremes, interval: Extremes::NONE, buckets, exponential };
        Some(HistogramSnapshot::new(grid, totals))
    }
}
