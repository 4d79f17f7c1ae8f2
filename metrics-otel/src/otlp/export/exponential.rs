//! Exponential histograms, made of histograms with explicit buckets.
//!
//! A histogram of core keeps counts of buckets and no single values. So all values of a bucket are
//! taken as one value that depends on the bucket only. Therefore no count of the exponential
//! histogram ever shrinks under cumulative temporality.

use typed_metrics_core::HistogramSnapshot;

/// The most buckets, and the largest scale: the defaults of OpenTelemetry's specification, "Base2
/// Exponential Bucket Histogram Aggregation".
const MOST_BUCKETS: i64 = 160;
const LARGEST_SCALE: u8 = 20;

/// The buckets of an exponential histogram.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exponential {
    pub(super) scale: i32,
    pub(super) zeros: u64,
    pub(super) positive: Buckets,
    pub(super) negative: Buckets,
}

/// Consecutive buckets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Buckets {
    /// The index of the first bucket.
    pub(super) offset: i32,
    pub(super) counts: Vec<u64>,
}

impl Exponential {
    pub(super) fn of(histogram: &HistogramSnapshot) -> Self {
        let (mut zeros, mut positive, mut negative) = (0, Vec::new(), Vec::new());
        for (bucket, &count) in
            histogram.buckets.iter().enumerate().filter(|(_, count)| **count > 0)
        {
            let value = representative(histogram, bucket);
            if value == 0.0 {
                zeros += count;
            } else if value > 0.0 {
                positive.push((index(value), count));
            } else {
                negative.push((index(-value), count));
            }
        }
        let width = |indices: &[(i64, u64)], shift: u8| {
            let shifted = || indices.iter().map(|(index, _)| index >> shift);
            shifted().max().zip(shifted().min()).map_or(0, |(last, first)| last - first + 1)
        };
        let fits =
            |shift: &u8| width(&positive, *shift).max(width(&negative, *shift)) <= MOST_BUCKETS;
        let shift = (0..=LARGEST_SCALE + 10).find(fits).unwrap_or(LARGEST_SCALE + 10);
        Self {
            scale: i32::from(LARGEST_SCALE) - i32::from(shift),
            zeros,
            positive: Buckets::of(&positive, shift),
            negative: Buckets::of(&negative, shift),
        }
    }
}

impl Buckets {
    fn of(indices: &[(i64, u64)], shift: u8) -> Self {
        let first = indices.iter().map(|(index, _)| index >> shift).min().unwrap_or(0);
        let mut counts = Vec::new();
        for (index, count) in indices {
            let at = usize::try_from((index >> shift) - first).unwrap_or(0);
            if counts.len() <= at {
                counts.resize(at + 1, 0);
            }
            counts[at] += count;
        }
        Self { offset: i32::try_from(first).unwrap_or(0), counts }
    }
}

/// The value that stands for all values of a bucket: its middle on the scale of the exponential
/// histogram, or the limit of a bucket that has only one.
fn representative(histogram: &HistogramSnapshot, bucket: usize) -> f64 {
    let lower = bucket.checked_sub(1).map(|lower| histogram.boundaries[lower]);
    match (lower, histogram.boundaries.get(bucket).copied()) {
        (None, None) => histogram.mean(),
        (None, Some(upper)) => upper,
        (Some(lower), None) => lower.next_up(),
        (Some(lower), Some(upper)) if lower > 0.0 => lower.sqrt() * upper.sqrt(),
        (Some(lower), Some(upper)) if upper < 0.0 => -((-lower).sqrt() * (-upper).sqrt()),
        (Some(lower), Some(upper)) => f64::midpoint(lower, upper),
    }
}

/// The index of the bucket of a positive value at the largest scale: bucket `i` has the values
/// above `2^(i / 2^scale)` up to `2^((i + 1) / 2^scale)`.
fn index(value: f64) -> i64 {
    let index = (value.log2() * f64::from(1 << LARGEST_SCALE)).ceil() - 1.0;
    #[expect(clippy::cast_possible_truncation, reason = "a logarithm is below 2^11")]
    let index = index as i64;
    index
}

#[cfg(test)]
mod tests {
    use typed_metrics_core::{ChangeReader, Metric, Value, attributes, register_metric};

    use super::*;

    fn of(name: &'static str, boundaries: &[f64], values: &[f64]) -> Exponential {
        let metric = Metric::histogram(name).buckets(boundaries.to_vec());
        let metric = register_metric(name, metric).unwrap();
        let reader = ChangeReader::new();
        values.iter().for_each(|value| metric.record(*value, attributes!()).unwrap());
        let changes = reader.changes(|descriptor| descriptor.name() == name);
        let Value::Histogram(histogram) = &changes.metrics[0].series[0].value else { panic!() };
        Exponential::of(histogram)
    }

    /// The limits of the bucket that holds the only value.
    fn limits(exponential: &Exponential) -> (f64, f64) {
        assert_eq!(exponential.positive.counts.len(), 1);
        let base = f64::powi(2.0, -exponential.scale).exp2();
        let offset = exponential.positive.offset;
        (base.powi(offset), base.powi(offset + 1))
    }

    #[test]
    fn every_value_is_counted_inside_its_bucket() {
        let boundaries = [-10.0, -1.0, 1.0, 10.0, 100.0, 1e6];
        let values = [-50.0, -5.0, 0.5, 5.0, 50.0, 60.0, 1000.0, 1e9];
        let exponential = of("exponential.all", &boundaries, &values);
        assert_eq!(exponential.zeros, 1);
        assert_eq!(exponential.negative.counts.iter().sum::<u64>(), 2);
        assert_eq!(exponential.positive.counts.iter().sum::<u64>(), 5);
        assert!(exponential.positive.counts.len() <= 160);
        let (above, up_to) = limits(&of("exponential.one", &[10.0, 100.0], &[50.0]));
        assert!(10.0 <= above && up_to <= 100.0, "{above} to {up_to}");
    }

    #[test]
    fn the_scale_is_the_largest_that_fits() {
        let narrow = of("exponential.narrow", &[1.0, 2.0], &[1.5]);
        assert_eq!(narrow.scale, 20);
        // 1.5 decades below and above: 2^(scale) * log2(1e3) is at most 160.
        let wide = of("exponential.wide", &[1.0, 1000.0], &[0.5, 2000.0]);
        assert_eq!((wide.scale, wide.positive.counts.len()), (3, 81));
    }
}
