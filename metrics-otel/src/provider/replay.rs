//! Replay: values that give an OpenTelemetry histogram the content of a histogram of core.
//!
//! The SDK takes single values only, no summed-up histogram. So the replay of an interval records
//! as many values as the interval has. The smallest and the largest value are recorded as they
//! were. The other values lie inside their buckets, all at the same fraction of the bucket's width.
//! The fraction is chosen so that the sum is right.

use typed_metrics_core::{ExponentialBuckets, HistogramSnapshot};

/// Calls `record` once for each value of `interval`. Count, buckets, minimum and maximum are exact.
/// The sum has an error of at most 1e-12 of the sum of absolute values.
pub(crate) fn replay(interval: &HistogramSnapshot, mut record: impl FnMut(f64)) {
    if interval.count == 0 {
        return;
    }
    record(interval.min);
    if interval.count == 1 {
        return;
    }
    record(interval.max);
    if interval.count == 2 {
        return;
    }
    let inner = inner(interval);
    let fraction = fraction(interval, &inner);
    // The part of the sum that values at the same fraction do not reach.
    let mut left = rest(interval)
        - inner.iter().map(|bucket| bucket.count as f64 * bucket.at(fraction)).sum::<f64>();
    for bucket in inner {
        let value = bucket.at(fraction);
        let mut count = bucket.count;
        // Corrects as few values as possible, because corrections take most of the time.
        while left != 0.0 && count > 0 {
            let corrected = bucket.clamp(value + left);
            record(corrected);
            count -= 1;
            let is_enough = corrected == value + left;
            left -= corrected - value;
            if is_enough {
                break;
            }
        }
        (0..count).for_each(|_| record(value));
    }
}

/// The sum of all values but the two extremes.
fn rest(interval: &HistogramSnapshot) -> f64 {
    interval.sum - interval.min - interval.max
}

/// The fraction of their bucket, from 0 to 1, at which the values add up to the right sum.
fn fraction(interval: &HistogramSnapshot, inner: &[Inner]) -> f64 {
    // Means instead of sums: sums of large values would overflow.
    let count = (interval.count - 2) as f64;
    let (mut low, mut width) = (0.0, 0.0);
    for bucket in inner {
        let share = bucket.count as f64 / count;
        low += share * bucket.low;
        width += share * (bucket.high - bucket.low);
    }
    let fraction = (rest(interval) / count - low) / width;
    // Not finite if all values are equal or if the sum was rounded.
    if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.5 }
}

/// The values of one bucket, without the minimum and the maximum of the interval.
#[derive(Debug)]
struct Inner {
    count: u64,
    /// The smallest and the largest value that can be among them.
    low: f64,
    high: f64,
}

fn inner(interval: &HistogramSnapshot) -> Vec<Inner> {
    let mut buckets: Vec<Inner> = match &interval.exponential {
        Some(buckets) => exponential(buckets).collect(),
        None => explicit(interval).collect(),
    };
    buckets.retain(|bucket| bucket.count > 0);
    // The extremes lie in the outermost buckets.
    if let Some(first) = buckets.first_mut() {
        first.count -= 1;
    }
    if let Some(last) = buckets.last_mut() {
        last.count = last.count.saturating_sub(1);
    }
    buckets.retain(|bucket| bucket.count > 0);
    for bucket in &mut buckets {
        bucket.low = bucket.low.max(interval.min);
        bucket.high = bucket.high.min(interval.max);
    }
    buckets
}

/// All buckets, the lowest first.
fn explicit(interval: &HistogramSnapshot) -> impl Iterator<Item = Inner> {
    let (boundaries, buckets) = (interval.boundaries, &interval.buckets);
    buckets.iter().enumerate().map(|(i, count)| Inner {
        count: *count,
        low: i.checked_sub(1).map_or(f64::NEG_INFINITY, |i| boundaries[i].next_up()),
        high: boundaries.get(i).copied().unwrap_or(f64::INFINITY),
    })
}

/// The buckets with values, the lowest first.
fn exponential(buckets: &ExponentialBuckets) -> impl Iterator<Item = Inner> {
    buckets.filled().map(|(above, high, count)| Inner {
        count,
        low: above.next_up().min(high),
        high,
    })
}

impl Inner {
    /// The value at a fraction of the bucket, rounded to 24 bits if the rounded value lies inside.
    ///
    /// Repeated addition of a value with 53 bits rounds the sum in the same direction each time.
    /// Multiples of a coarse step add up exactly.
    fn at(&self, fraction: f64) -> f64 {
        const CUT: u64 = 1 << 29;
        let value = self.clamp(self.low + fraction * (self.high - self.low));
        let coarse = f64::from_bits((value.to_bits() + CUT / 2) & !(CUT - 1));
        if (self.low..=self.high).contains(&coarse) { coarse } else { value }
    }

    fn clamp(&self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }
}

#[cfg(test)]
mod tests {
    use typed_metrics_core::{ChangeReader, Metric, Value, attributes, register_metric};

    use super::*;

    /// Records the values, replays them, and compares count, buckets, extremes and sum.
    fn check(name: &'static str, boundaries: &[f64], values: &[f64]) {
        let metric = Metric::histogram(name).buckets(boundaries.to_vec());
        let metric = register_metric(name, metric).unwrap();
        let reader = ChangeReader::new();
        values.iter().for_each(|value| metric.record(*value, attributes!()).unwrap());
        let changes = reader.changes(|descriptor| descriptor.name() == name);
        let Value::Histogram(interval) = &changes.metrics[0].series[0].value else {
            panic!("a histogram");
        };
        let mut replayed = Vec::new();
        replay(interval, |value| replayed.push(value));

        assert_eq!(replayed.len(), values.len());
        let buckets = |values: &[f64]| {
            let mut buckets = vec![0_u64; boundaries.len() + 1];
            values.iter().for_each(|v| buckets[boundaries.partition_point(|b| b < v)] += 1);
            buckets
        };
        assert_eq!(buckets(&replayed), buckets(values));
        let extremes = |values: &[f64]| {
            let min = values.iter().copied().fold(f64::INFINITY, f64::min);
            (min, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        };
        assert_eq!(extremes(&replayed), extremes(values));
        // The SDK also adds the values one after the other.
        let error = replayed.iter().sum::<f64>() - interval.sum;
        let scale: f64 = values.iter().map(|value| value.abs()).sum();
        assert!(error.abs() <= 1e-12 * scale, "{name}: off by {error} of {scale}");
    }

    #[test]
    fn random_histories_are_replayed() {
        let mut random = fastrand::Rng::with_seed(1);
        for history in 0..300 {
            let name: &'static str = format!("replay.random_{history}").leak();
            let spread = 10_f64.powi(random.i32(-6..9));
            let offset = if random.bool() { 0.0 } else { spread * (random.f64() - 0.5) };
            let count = random.usize(1..2000);
            let value = |random: &mut fastrand::Rng| offset + spread * random.f64().powi(3);
            let values: Vec<f64> = (0..count).map(|_| value(&mut random)).collect();
            let steps = random.usize(1..15);
            let boundaries: Vec<f64> =
                (1..=steps).map(|i| offset + spread * i as f64 / steps as f64).collect();
            check(name, &boundaries, &values);
        }
    }

    #[test]
    fn one_value_many_times_does_not_drift() {
        check("replay.same", &[0.05, 0.2], &vec![0.1; 200_000]);
        let few_beside_many: Vec<f64> =
            (0..200_000).map(|i| if i % 10 == 0 { 0.3 } else { 0.1 }).collect();
        check("replay.drift", &[0.05, 0.2, 1.0], &few_beside_many);
    }

    #[test]
    fn extreme_histograms_are_replayed() {
        check("replay.one", &[1.0], &[0.3]);
        check("replay.two", &[1.0], &[0.3, 7.0]);
        check("replay.boundary", &[1.0, 2.0], &[1.0, 1.0, 2.0, 2.0, 1.0]);
        check("replay.narrow", &[1e9, 1e9 + 1.0], &[1e9, 1e9 + 0.5, 1e9 + 0.7, 1e9 + 1.0, 2e9]);
        check("replay.negative", &[-5.0, 0.0, 5.0], &[-9.0, -3.0, -2.0, 0.0, 4.0, 11.0, 12.0]);
        check("replay.large", &[1.0], &[1e300, 2e300, 3e300, 5e300, 0.5]);
        check("replay.zeros", &[1.0], &[0.0; 10]);
    }
}
