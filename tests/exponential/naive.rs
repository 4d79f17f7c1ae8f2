//! The buckets of a list of values, by their definition.

use std::collections::BTreeMap;

use typed_metrics::{ExponentialBuckets, HistogramSnapshot};

/// The index of the bucket that holds a positive number.
#[expect(clippy::cast_possible_truncation, reason = "the index of a moderate number")]
fn index(magnitude: f64, scale: i32) -> i32 {
    // The values of these tests are no limits, unless they are powers of two, whose logarithms are
    // exact.
    (magnitude.log2() * 2_f64.powi(scale)).ceil() as i32 - 1
}

type Counts = BTreeMap<i32, u64>;

fn counts(values: &[f64], scale: i32, wanted: impl Fn(f64) -> bool) -> Counts {
    let mut counts = Counts::new();
    for value in values.iter().filter(|value| wanted(**value)) {
        *counts.entry(index(value.abs(), scale)).or_default() += 1;
    }
    counts
}

fn filled(offset: i32, counts: &[u64]) -> Counts {
    (offset..).zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
}

/// Asserts that a histogram holds exactly these values.
pub(crate) fn assert_holds(found: &HistogramSnapshot, values: &[f64]) {
    let buckets = exponential(found);
    assert_eq!(found.count, values.len() as u64);
    assert_eq!((found.boundaries, &*found.buckets), (&[][..], &[found.count][..]));
    let sum: f64 = values.iter().sum();
    assert!((found.sum - sum).abs() <= 1e-9 * sum.abs(), "{} is not {sum}", found.sum);
    let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
    assert_eq!(found.min.to_bits(), values.iter().copied().fold(min, f64::min).to_bits());
    assert_eq!(found.max.to_bits(), values.iter().copied().fold(max, f64::max).to_bits());
    let (scale, zero) = (buckets.scale, buckets.zero_threshold);
    let zeros = values.iter().filter(|value| value.abs() <= zero).count();
    assert_eq!(buckets.zeros, zeros as u64);
    let (positive, negative) = (&buckets.positive, &buckets.negative);
    assert_eq!(filled(positive.offset, &positive.counts), counts(values, scale, |v| v > zero));
    assert_eq!(filled(negative.offset, &negative.counts), counts(values, scale, |v| v < -zero));
    assert_quantiles(found, values);
}

pub(crate) fn exponential(found: &HistogramSnapshot) -> &ExponentialBuckets {
    found.exponential.as_deref().expect("the histogram is exponential")
}

/// The stated error of percentiles: less than `base - 1` of the value.
fn assert_quantiles(found: &HistogramSnapshot, values: &[f64]) {
    let buckets = exponential(found);
    let error = 2_f64.powf(2_f64.powi(-buckets.scale)) - 1.0;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    for q in [0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0] {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
        let rank = (q * sorted.len() as f64).ceil().max(1.0) as usize - 1;
        let (estimate, exact) = (found.quantile(q), sorted[rank]);
        let allowed = error * exact.abs() + 2.0 * buckets.zero_threshold;
        assert!((estimate - exact).abs() <= allowed * (1.0 + 1e-12), "{q}: {estimate} for {exact}");
    }
    assert_eq!(found.quantile(1.0).to_bits(), found.max.to_bits());
}
