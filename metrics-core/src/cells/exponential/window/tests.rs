//! Runs and plain buckets beside a naive model: all values, put into buckets at the end.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::*;
use crate::cells::exponential::buckets::ExponentialBuckets;

type Counts = BTreeMap<i32, u64>;

/// The values, and how often each was recorded.
#[derive(Debug, Clone, Default)]
struct Model(Vec<(f64, u64)>);

impl Model {
    /// The buckets: of all scales from the largest, the first at which there are few enough.
    fn buckets(&self, settings: ExponentialSettings) -> (i32, u64, Counts, Counts) {
        let mut scale = MAX_SCALE;
        loop {
            let (mut zeros, mut positive, mut negative) = (0, Counts::new(), Counts::new());
            for (value, count) in &self.0 {
                if value.abs() <= settings.zero_threshold {
                    zeros += count;
                    continue;
                }
                let side = if *value < 0.0 { &mut negative } else { &mut positive };
                *side.entry(index(value.abs(), scale)).or_default() += count;
            }
            let size = |counts: &Counts| {
                let ends = counts.keys().next().zip(counts.keys().next_back());
                ends.map_or(0, |(first, last)| i64::from(*last) - i64::from(*first) + 1)
            };
            if size(&positive) + size(&negative) <= i64::from(settings.max_size) {
                return (scale, zeros, positive, negative);
            }
            scale -= 1;
        }
    }

    fn assert_is(&self, found: &ExponentialBuckets, settings: ExponentialSettings, seed: u64) {
        let (scale, zeros, positive, negative) = self.buckets(settings);
        assert_eq!((found.scale, found.zeros), (scale, zeros), "{seed}");
        for (range, counts) in [(&found.positive, positive), (&found.negative, negative)] {
            let found: Counts = (range.offset..)
                .zip(range.counts.iter().copied())
                .filter(|(_, count)| *count > 0)
                .collect();
            assert_eq!(found, counts, "{seed}");
            // Without empty buckets at the ends.
            assert!(range.counts.first().is_none_or(|count| *count > 0), "{seed}");
            assert!(range.counts.last().is_none_or(|count| *count > 0), "{seed}");
        }
    }
}

fn cells(settings: ExponentialSettings) -> Vec<AtomicU64> {
    (0..WIDTH + usize::from(settings.max_size)).map(|_| AtomicU64::new(0)).collect()
}

fn copy(cells: &[AtomicU64]) -> Vec<u64> {
    cells.iter().map(|cell| cell.load(Relaxed)).collect()
}

fn plain(cells: &[u64], settings: ExponentialSettings) -> ExponentialBuckets {
    let mut buckets = ExponentialBuckets::new(settings);
    buckets.add(&Contents::of_cells(cells).unwrap());
    buckets
}

/// A source of values of one kind.
fn value(random: &mut Rng, kind: u8) -> f64 {
    let value = match kind {
        // Any float.
        0 => f64::from_bits(random.u64(1..f64::MAX.to_bits())),
        // Subnormal.
        1 => {
            let bits = random.u32(1..52);
            f64::from_bits(random.u64(0..1 << bits))
        }
        2 => 2_f64.powi(random.i32(-1074..1024)),
        // Narrow.
        3 => 1.0 + random.f64() / 1e6,
        // Durations.
        4 => (random.f64() * 12.0).exp2(),
        _ => f64::from(random.u8(..)),
    };
    let is_negative = kind.is_multiple_of(2) && random.u8(..3) == 0;
    if is_negative { -value } else { value }
}

fn settings(random: &mut Rng) -> ExponentialSettings {
    let max_size = [4, 5, 20, 160, MAX_SIZE][random.usize(..5)];
    let zero_threshold = [0.0, 0.0, 0.5, 1e-310][random.usize(..4)];
    ExponentialSettings::DEFAULT.max_size(max_size).zero_threshold(zero_threshold)
}

#[test]
fn random_values_are_in_the_buckets_of_the_model() {
    for seed in 0..if cfg!(miri) { 3 } else { 600 } {
        let mut random = Rng::with_seed(seed);
        let settings = settings(&mut random);
        let (run, mut model) = (cells(settings), Model::default());
        let window = Window::of(&run, settings).unwrap();
        let mut recorded = ExponentialBuckets::new(settings);
        let mut before = (copy(&run), Model::default());
        let mut kind = random.u8(..6);
        for _ in 0..random.usize(..60) {
            match random.u8(..20) {
                0 => kind = random.u8(..6),
                1 => before = (copy(&run), model.clone()),
                // Another run is absorbed.
                2 => {
                    let (other, mut values) = (cells(settings), Model::default());
                    let from = Window::of(&other, settings).unwrap();
                    for _ in 0..random.u8(..5) {
                        let value = value(&mut random, kind);
                        from.add(settings, value, 1);
                        values.0.push((value, 1));
                    }
                    let other = copy(&other);
                    values.assert_is(&plain(&other, settings), settings, seed);
                    window.absorb(&Contents::of_cells(&other).unwrap());
                    recorded.merge(&plain(&other, settings));
                    model.0.extend(values.0);
                }
                _ => {
                    let (value, count) = (value(&mut random, kind), random.u64(1..4));
                    window.add(settings, value, count);
                    recorded.record(value, count);
                    model.0.push((value, count));
                }
            }
            let now = copy(&run);
            if random.u8(..4) == 0 {
                model.assert_is(&plain(&now, settings), settings, seed);
            }
            assert_eq!(recorded, plain(&now, settings), "{seed}");
            assert_eq!(
                Contents::of_cells(&now).unwrap().count(),
                model.0.iter().map(|(_, count)| count).sum::<u64>()
            );
        }
        // The values since an earlier copy, at the scale of the later one.
        let now = copy(&run);
        let since = plain(&now, settings).since(&plain(&before.0, settings));
        let new = Model(model.0[before.1.0.len()..].to_vec());
        let mut expected = ExponentialBuckets::new(settings);
        new.0.iter().for_each(|(value, count)| expected.record(*value, *count));
        let scale = since.scale;
        assert!(scale <= expected.scale);
        expected.lower_to(scale);
        assert_eq!(since, expected, "{seed}");
        let mut late = now;
        subtract(&mut late, &before.0);
        assert_eq!(plain(&late, settings), expected, "{seed}");
    }
}

#[test]
fn a_window_moves_seldom_while_values_repeat_themselves() {
    let settings = ExponentialSettings::DEFAULT;
    let run = cells(settings);
    let window = Window::of(&run, settings).unwrap();
    let mut random = Rng::with_seed(3);
    let mut moves = 0;
    for _ in 0..if cfg!(miri) { 200 } else { 100_000 } {
        let value = value(&mut random, 4);
        moves += usize::from(window.place(0.0, value).is_none());
        window.add(settings, value, 1);
    }
    assert!(moves < 60, "{moves} moves");
}

#[test]
fn every_float_has_a_bucket_in_the_smallest_histogram() {
    let settings = ExponentialSettings::DEFAULT.max_size(4);
    let run = cells(settings);
    let window = Window::of(&run, settings).unwrap();
    for magnitude in [f64::from_bits(1), 1.0, f64::MAX] {
        window.add(settings, magnitude, 1);
        window.add(settings, -magnitude, 1);
    }
    let buckets = plain(&copy(&run), settings);
    assert_eq!((buckets.scale, buckets.positive.offset), (-11, -1));
    assert_eq!((buckets.positive.counts, buckets.negative.counts), (vec![2, 1], vec![2, 1]));
}

#[test]
fn the_limits_of_zero_count_as_zero() {
    let settings = ExponentialSettings::DEFAULT.zero_threshold(0.5);
    let mut buckets = ExponentialBuckets::new(settings);
    [-0.5, -0.6, 0.5].into_iter().for_each(|value| buckets.record(value, 1));
    let filled: Vec<_> = buckets.filled().collect();
    let [(lowest, highest, 1), (lower, upper, 2)] = filled[..] else { panic!("{filled:?}") };
    assert!(lower < -0.5 && upper == 0.5, "{filled:?}");
    assert!(lowest < -0.6 && -0.6 <= highest && highest <= lower, "{filled:?}");
    // The bucket reaches into the values that count as zero.
    let mut buckets = ExponentialBuckets::new(settings.max_size(4));
    [-0.6, -1e300].into_iter().for_each(|value| buckets.record(value, 1));
    assert!(buckets.filled().all(|(_, upper, _)| upper < -0.5));
}

#[test]
fn contents_without_buckets_have_the_largest_scale_and_lower_no_other() {
    let settings = ExponentialSettings::DEFAULT.max_size(4);
    let mut earlier = ExponentialBuckets::new(settings);
    [1.0, 1e9].into_iter().for_each(|value| earlier.record(value, 1));
    let mut now = earlier.clone();
    now.record(0.0, 3);
    let since = now.since(&earlier);
    assert_eq!((since.scale, since.zeros), (MAX_SCALE, 3));
    // As the late contents of a run are, whose scale was lowered before.
    let contents = Contents { scale: -5, zeros: 2, positive: (0, &[]), negative: (0, &[]) };
    let mut recorded = ExponentialBuckets::new(settings);
    recorded.record(1.0, 1);
    let scale = recorded.scale;
    recorded.add(&contents);
    assert_eq!((recorded.scale, recorded.zeros), (scale, 2));
    let run = cells(settings);
    let window = Window::of(&run, settings).unwrap();
    window.add(settings, 1.0, 1);
    window.absorb(&contents);
    assert_eq!(plain(&copy(&run), settings), recorded);
}
