//! A single-writer histogram: a run of cells under a sequence number.
//!
//! The owner makes the sequence odd, writes, and makes it even again; a reader copies the run and
//! starts over if the sequence was odd or has moved (a [seqlock], with Boehm's fences). So count,
//! sum, extremes and buckets of one copy always belong together. The count is the sum of the
//! buckets and is not kept twice.
//!
//! The tag works as in [`sum`](super::sum), and also tells intervals apart: when only its interval
//! part differs, the owner starts the interval's extremes over and keeps the rest.
//!
//! [seqlock]: https://www.hpl.hp.com/techreports/2012/HPL-2012-68.pdf

use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence, yield_now,
};

const SEQUENCE: usize = 0;
const TAG: usize = 1;
const SUM: usize = 2;
const MIN: usize = 3;
const MAX: usize = 4;
const INTERVAL_MIN: usize = 5;
const INTERVAL_MAX: usize = 6;
const HEADER: usize = 7;

/// Cells in the run of a histogram with so many boundaries.
pub(crate) const fn width(boundaries: usize) -> usize {
    HEADER + boundaries + 1
}

/// The bucket that `value` falls into: the number of boundaries below it.
#[inline(always)]
pub(crate) fn bucket(boundaries: &[f64], value: f64) -> usize {
    // Counting all is branchless and beats a search until the run no longer fits a few cache lines.
    if boundaries.len() <= 32 {
        boundaries.iter().map(|boundary| usize::from(value > *boundary)).sum()
    } else {
        boundaries.partition_point(|boundary| value > *boundary)
    }
}

/// Adds `value` if the run's tag is `tag`. For the owner only.
#[inline(always)]
pub(crate) fn record(run: &[AtomicU64], tag: u64, boundaries: &[f64], value: f64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return false };
    let Some(bucket) = buckets.get(bucket(boundaries, value)) else { return false };
    // Relaxed loads throughout: this thread wrote these cells, or took them over under a lock.
    if header[TAG].load(Relaxed) != tag {
        return false;
    }
    writing(header, || {
        bucket.store(bucket.load(Relaxed) + 1, Relaxed);
        let sum = f64::from_bits(header[SUM].load(Relaxed)) + value;
        header[SUM].store(sum.to_bits(), Relaxed);
        lower(&header[MIN], value);
        raise(&header[MAX], value);
        lower(&header[INTERVAL_MIN], value);
        raise(&header[INTERVAL_MAX], value);
    });
    true
}

/// Takes the run over to `tag`: the interval starts over, and everything else too unless `keep`.
/// For the owner only.
#[cold]
pub(crate) fn restart(run: &[AtomicU64], tag: u64, keep: bool) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    writing(header, || {
        if !keep {
            header[SUM].store(0, Relaxed);
            header[MIN].store(f64::INFINITY.to_bits(), Relaxed);
            header[MAX].store(f64::NEG_INFINITY.to_bits(), Relaxed);
            buckets.iter().for_each(|bucket| bucket.store(0, Relaxed));
        }
        header[INTERVAL_MIN].store(f64::INFINITY.to_bits(), Relaxed);
        header[INTERVAL_MAX].store(f64::NEG_INFINITY.to_bits(), Relaxed);
        header[TAG].store(tag, Relaxed);
    });
}

#[inline(always)]
fn writing(header: &[AtomicU64; HEADER], write: impl FnOnce()) {
    let sequence = header[SEQUENCE].load(Relaxed);
    header[SEQUENCE].store(sequence.wrapping_add(1), Relaxed);
    // Release fence: a reader that sees one of the writes below sees the odd sequence.
    fence(Release);
    write();
    // Release: a reader that sees this even sequence sees all the writes above.
    header[SEQUENCE].store(sequence.wrapping_add(2), Release);
}

#[inline(always)]
fn lower(cell: &AtomicU64, value: f64) {
    if value < f64::from_bits(cell.load(Relaxed)) {
        cell.store(value.to_bits(), Relaxed);
    }
}

#[inline(always)]
fn raise(cell: &AtomicU64, value: f64) {
    if value > f64::from_bits(cell.load(Relaxed)) {
        cell.store(value.to_bits(), Relaxed);
    }
}

/// A consistent copy of a run, in memory that is used again from run to run.
#[derive(Debug, Default)]
pub(crate) struct Copied(Vec<u64>);

impl Copied {
    /// Copies `run`; `None` if nothing was ever recorded in it.
    pub(crate) fn read(&mut self, run: &[AtomicU64]) -> Option<&Self> {
        let (sequence, rest) = run.split_first()?;
        loop {
            // Acquire: the copies below see what was written before this sequence.
            let before = sequence.load(Acquire);
            if before == 0 {
                return None;
            }
            if before % 2 == 0 {
                self.0.clear();
                self.0.push(before);
                self.0.extend(rest.iter().map(|cell| cell.load(Relaxed)));
                // Acquire fence: if a copy saw a later write, the load below sees its odd sequence.
                fence(Acquire);
                if sequence.load(Relaxed) == before {
                    return Some(self);
                }
            }
            // The owner is in the middle of a measurement; it never waits there, so this ends.
            yield_now();
        }
    }

    pub(crate) fn tag(&self) -> u64 {
        self.0[TAG]
    }

    pub(crate) fn sum(&self) -> f64 {
        f64::from_bits(self.0[SUM])
    }

    pub(crate) fn extremes(&self) -> Extremes {
        Extremes::from_bits(self.0[MIN], self.0[MAX])
    }

    pub(crate) fn interval(&self) -> Extremes {
        Extremes::from_bits(self.0[INTERVAL_MIN], self.0[INTERVAL_MAX])
    }

    pub(crate) fn buckets(&self) -> &[u64] {
        &self.0[HEADER..]
    }
}

/// The smallest and the largest of some values; infinite the wrong way round if there are none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extremes {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Extremes {
    pub(crate) const NONE: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY };

    fn from_bits(min: u64, max: u64) -> Self {
        Self { min: f64::from_bits(min), max: f64::from_bits(max) }
    }

    pub(crate) fn of(value: f64) -> Self {
        Self { min: value, max: value }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    pub(crate) fn is_none(&self) -> bool {
        self.min > self.max
    }
}

/// A histogram in plain memory: what readers add runs up in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Totals {
    pub(crate) sum: f64,
    pub(crate) extremes: Extremes,
    /// Of the interval that is under way.
    pub(crate) interval: Extremes,
    pub(crate) buckets: Vec<u64>,
}

impl Totals {
    pub(crate) fn new(boundaries: usize) -> Self {
        Self {
            sum: 0.0,
            extremes: Extremes::NONE,
            interval: Extremes::NONE,
            buckets: vec![0; boundaries + 1],
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    pub(crate) fn record(&mut self, boundaries: &[f64], value: f64) {
        self.buckets[bucket(boundaries, value)] += 1;
        self.sum += value;
        self.extremes.merge(Extremes::of(value));
        self.interval.merge(Extremes::of(value));
    }

    pub(crate) fn merge(
        &mut self,
        sum: f64,
        extremes: Extremes,
        interval: Extremes,
        buckets: &[u64],
    ) {
        self.sum += sum;
        self.extremes.merge(extremes);
        self.interval.merge(interval);
        self.buckets.iter_mut().zip(buckets).for_each(|(total, part)| *total += part);
    }
}

/// The tag of a run. For the owner only.
pub(crate) fn tag(run: &[AtomicU64]) -> u64 {
    run.get(TAG).map_or(0, |tag| tag.load(Relaxed))
}

/// Adds a copied histogram to a run whose tag is right. For the owner only.
pub(crate) fn absorb(run: &[AtomicU64], copied: &Copied, with_interval: bool) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    writing(header, || {
        for (bucket, count) in buckets.iter().zip(copied.buckets()) {
            bucket.store(bucket.load(Relaxed) + count, Relaxed);
        }
        let sum = f64::from_bits(header[SUM].load(Relaxed)) + copied.sum();
        header[SUM].store(sum.to_bits(), Relaxed);
        lower(&header[MIN], copied.extremes().min);
        raise(&header[MAX], copied.extremes().max);
        if with_interval {
            lower(&header[INTERVAL_MIN], copied.interval().min);
            raise(&header[INTERVAL_MAX], copied.interval().max);
        }
    });
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn run(boundaries: usize) -> Vec<AtomicU64> {
        (0..width(boundaries)).map(|_| AtomicU64::new(0)).collect()
    }

    fn totals(run: &[AtomicU64]) -> Option<Totals> {
        let mut copied = Copied::default();
        let copied = copied.read(run)?;
        Some(Totals {
            sum: copied.sum(),
            extremes: copied.extremes(),
            interval: copied.interval(),
            buckets: copied.buckets().to_vec(),
        })
    }

    #[test]
    fn a_value_on_a_boundary_falls_below_it() {
        assert_eq!([-1.0, 5.0, 5.1, 10.0, 11.0].map(|v| bucket(&[5.0, 10.0], v)), [0, 0, 1, 1, 2]);
    }

    #[test]
    fn few_and_many_boundaries_are_searched_alike() {
        for count in [1, 31, 32, 33, 256] {
            let boundaries: Vec<f64> = (0..count).map(f64::from).collect();
            for value in [-1.0, -0.0, 0.0, 0.5, 30.5, 31.0, 32.0, 32.1, 255.0, 300.0, f64::MAX] {
                let expected = boundaries.iter().filter(|boundary| value > **boundary).count();
                assert_eq!(bucket(&boundaries, value), expected, "{value} in {count}");
            }
        }
    }

    #[test]
    fn a_run_under_another_tag_is_not_written() {
        let run = run(1);
        assert_eq!(totals(&run), None);
        assert!(!record(&run, 1, &[5.0], 3.0));
        assert_eq!(totals(&run), None);
        restart(&run, 1, false);
        assert_eq!(totals(&run), Some(Totals::new(1)));
        assert!(record(&run, 1, &[5.0], 3.0));
        assert!(!record(&run, 2, &[5.0], 3.0));
        assert_eq!((tag(&run), totals(&run).unwrap().count()), (1, 1));
    }

    #[test]
    fn a_run_too_short_for_its_boundaries_is_not_written() {
        let run = run(1);
        restart(&run, 1, false);
        assert!(!record(&run, 1, &[5.0, 6.0, 7.0], 8.0));
        assert_eq!(totals(&run), Some(Totals::new(1)));
    }

    /// Random histories against totals in plain memory.
    #[test]
    fn random_histories_agree_with_plain_totals() {
        let boundaries = [-10.0, 0.0, 2.5, 10.0];
        for seed in 0..if cfg!(miri) { 3 } else { 200 } {
            let mut random = fastrand::Rng::with_seed(seed);
            let (run, mut tag) = (run(boundaries.len()), 1);
            restart(&run, tag, false);
            let mut model = Totals::new(boundaries.len());
            for _ in 0..100 {
                match random.u8(..10) {
                    // The interval ends.
                    0 => {
                        tag += 1;
                        restart(&run, tag, true);
                        model.interval = Extremes::NONE;
                    }
                    // The series is removed.
                    1 if random.bool() => {
                        tag += 1;
                        restart(&run, tag, false);
                        model = Totals::new(boundaries.len());
                    }
                    // Another run comes in.
                    2 => {
                        let with_interval = random.bool();
                        let other = self::run(boundaries.len());
                        restart(&other, 7, false);
                        let mut plain = Totals::new(boundaries.len());
                        for _ in 0..random.u8(..4) {
                            let value = f64::from(random.i8(..));
                            assert!(record(&other, 7, &boundaries, value));
                            plain.record(&boundaries, value);
                        }
                        let mut copied = Copied::default();
                        absorb(&run, copied.read(&other).unwrap(), with_interval);
                        let interval = if with_interval { plain.interval } else { Extremes::NONE };
                        model.merge(plain.sum, plain.extremes, interval, &plain.buckets);
                    }
                    _ => {
                        let value = f64::from(random.i8(..)) / 4.0;
                        assert!(record(&run, tag, &boundaries, value));
                        model.record(&boundaries, value);
                    }
                }
                assert_eq!(totals(&run).as_ref(), Some(&model));
            }
        }
    }
}
