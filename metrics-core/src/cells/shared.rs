//! Cells that any thread writes: gauges, series over the memory budget, and threads whose own
//! storage is gone. Which writers may is what a [`Gate`] says.

use super::totals::{Extremes, Totals, bucket};
use crate::number::Number;
use crate::sync::{
    AtomicU64, Mutex,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    lock, yield_now,
};

/// A sum or a gauge, and whether it was ever written.
#[derive(Debug)]
pub(crate) struct SharedCell {
    bits: AtomicU64,
    written: AtomicU64,
}

impl SharedCell {
    pub(crate) fn new() -> Self {
        Self { bits: AtomicU64::new(0), written: AtomicU64::new(0) }
    }

    /// Replaces the value.
    #[inline]
    pub(crate) fn set(&self, bits: u64) {
        self.bits.store(bits, Relaxed);
        self.mark();
    }

    /// Adds to the value.
    pub(crate) fn add<N: Number>(&self, n: N) {
        let plus = |bits| Some(N::from_bits(bits).plus(n).to_bits());
        // Relaxed: the sum is one cell, and nothing else hangs on it. The closure always has a value.
        let _ = self.bits.fetch_update(Relaxed, Relaxed, plus);
        self.mark();
    }

    #[inline]
    fn mark(&self) {
        // Stored once only, so that the cache line is not taken away from other writers.
        // Release pairs with the acquire in `read`: who sees the mark sees a value.
        if self.written.load(Relaxed) == 0 {
            self.written.store(1, Release);
        }
    }

    pub(crate) fn read(&self) -> Option<u64> {
        (self.written.load(Acquire) != 0).then(|| self.bits.load(Relaxed))
    }

    /// Forgets a sum. What is added meanwhile counts, if only together with the next addition, or is
    /// forgotten too and may leave a zero.
    pub(crate) fn clear(&self) {
        // In this order nothing that counts is lost.
        self.bits.swap(0, Relaxed);
        self.written.store(0, Relaxed);
    }

    /// Forgets a gauge. Its value stays, unseen: zero would be a value that nobody set, and whoever
    /// sets it writes over it.
    pub(crate) fn unset(&self) {
        self.written.store(0, Relaxed);
    }
}

/// Which tenancies write to a run of shared cells, and how many writers are at it: the first tenancy
/// let in, and below it the number of writers.
///
/// Both are one word, so a writer either is waited for or finds itself shut out.
#[derive(Debug)]
pub(crate) struct Gate(AtomicU64);

const WRITERS: u64 = (1 << 32) - 1;

/// A writer inside a [`Gate`], until it is dropped.
#[derive(Debug)]
pub(crate) struct Writing<'a>(&'a Gate);

impl Gate {
    #[cfg(not(all(loom, test)))]
    pub(crate) const fn new(first: u32) -> Self {
        Self(AtomicU64::new((first as u64) << 32))
    }

    #[cfg(all(loom, test))]
    pub(crate) fn new(first: u32) -> Self {
        Self(AtomicU64::new(u64::from(first) << 32))
    }

    /// The first tenancy that is let in.
    pub(crate) fn first(&self) -> u32 {
        (self.0.load(Acquire) >> 32) as u32
    }

    /// Whether writers of `tenancy` are let in.
    pub(crate) fn admits(&self, tenancy: u32) -> bool {
        // Acquire: whoever is shut out sees why.
        u64::from(tenancy) >= self.0.load(Acquire) >> 32
    }

    /// Lets a writer of `tenancy` in.
    #[inline]
    pub(crate) fn enter(&self, tenancy: u32) -> Option<Writing<'_>> {
        // Acquire pairs with the release in `admit_from`: what is written here comes after it.
        let first = self.0.fetch_add(1, Acquire) >> 32;
        let writing = Writing(self);
        (u64::from(tenancy) >= first).then_some(writing)
    }

    /// Shuts writers of all tenancies before `first` out, those that are inside once they are done.
    pub(crate) fn admit_from(&self, first: u32) {
        let shut = |gate| Some(u64::from(first) << 32 | gate & WRITERS);
        // Release: whoever finds itself shut out sees what was done before. The closure always has a
        // value.
        let _ = self.0.fetch_update(AcqRel, Acquire, shut);
        // Acquire: what comes next comes after what they wrote. A writer never waits inside, so this
        // ends.
        while self.0.load(Acquire) & WRITERS != 0 {
            yield_now();
        }
    }
}

impl Drop for Writing<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: whoever waits for this writer sees what it wrote.
        self.0.0.fetch_sub(1, Release);
    }
}

/// A histogram for many writers with consistent reads: two halves, after the Prometheus Go client's
/// ["hot and cold" counts].
///
/// A writer announces itself with one `fetch_add`, which also tells it the hot half, writes there,
/// and signs off. A reader makes the other half hot, waits for the writers that announced
/// themselves in the half that has become cold, and drains it into totals of its own.
///
/// ["hot and cold" counts]: https://github.com/prometheus/client_golang/blob/main/prometheus/histogram.go
#[derive(Debug)]
pub(crate) struct SharedHistogram {
    /// The hot half in the top bit; below it, how many writers began there since it became hot.
    announced: AtomicU64,
    halves: [Half; 2],
    drained: Mutex<Totals>,
}

#[derive(Debug)]
struct Half {
    finished: AtomicU64,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
    buckets: Box<[AtomicU64]>,
}

const HOT: u64 = 1 << 63;

impl SharedHistogram {
    pub(crate) fn new(boundaries: usize) -> Self {
        Self {
            announced: AtomicU64::new(0),
            halves: [Half::new(boundaries), Half::new(boundaries)],
            drained: Mutex::new(Totals::new(boundaries)),
        }
    }

    pub(crate) fn record(&self, boundaries: &[f64], value: f64) {
        // Acquire: the half was zeroed before it became hot.
        let announced = self.announced.fetch_add(1, Acquire);
        let half = &self.halves[usize::from(announced & HOT != 0)];
        if let Some(bucket) = half.buckets.get(bucket(boundaries, value)) {
            bucket.fetch_add(1, Relaxed);
        }
        let update = |cell: &AtomicU64, with: fn(f64, f64) -> f64| {
            let new = |bits| Some(with(f64::from_bits(bits), value).to_bits());
            // The closure always has a value.
            let _ = cell.fetch_update(Relaxed, Relaxed, new);
        };
        update(&half.sum, |sum, value| sum + value);
        update(&half.min, f64::min);
        update(&half.max, f64::max);
        // Release: the reader that counts this writer as finished sees what it wrote.
        half.finished.fetch_add(1, Release);
    }

    /// All that was recorded; `end_interval` starts the interval's extremes over.
    pub(crate) fn read(&self, end_interval: bool) -> Totals {
        let mut drained = lock(&self.drained);
        self.drain(&mut drained);
        let totals = drained.clone();
        if end_interval {
            drained.interval = Extremes::NONE;
        }
        totals
    }

    /// Forgets what was recorded.
    pub(crate) fn clear(&self) {
        let mut drained = lock(&self.drained);
        self.drain(&mut drained);
        *drained = Totals::new(drained.buckets.len() - 1);
    }

    fn drain(&self, totals: &mut Totals) {
        // Only readers change the top bit, and this one holds the lock.
        let hot = self.announced.load(Relaxed) & HOT;
        // Release: the new hot half is seen zeroed. Acquire: nothing below moves before the swap.
        let began = self.announced.swap(hot ^ HOT, AcqRel) & !HOT;
        let cold = &self.halves[usize::from(hot != 0)];
        // Acquire: see `record`. A writer never waits between its two steps, so this ends.
        while cold.finished.load(Acquire) != began {
            yield_now();
        }
        let buckets: Vec<u64> = cold.buckets.iter().map(|b| b.load(Relaxed)).collect();
        let extremes = Extremes {
            min: f64::from_bits(cold.min.load(Relaxed)),
            max: f64::from_bits(cold.max.load(Relaxed)),
        };
        totals.merge(f64::from_bits(cold.sum.load(Relaxed)), extremes, extremes, &buckets);
        cold.zero();
    }
}

impl Half {
    fn new(boundaries: usize) -> Self {
        let half = Self {
            finished: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(0),
            max: AtomicU64::new(0),
            buckets: (0..=boundaries).map(|_| AtomicU64::new(0)).collect(),
        };
        half.zero();
        half
    }

    fn zero(&self) {
        // Relaxed: published by the swap that makes this half hot again.
        self.finished.store(0, Relaxed);
        self.sum.store(0, Relaxed);
        self.min.store(f64::INFINITY.to_bits(), Relaxed);
        self.max.store(f64::NEG_INFINITY.to_bits(), Relaxed);
        self.buckets.iter().for_each(|bucket| bucket.store(0, Relaxed));
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const BOUNDARIES: &[f64] = &[-10.0, 0.0, 10.0];

    #[test]
    fn a_sum_or_a_gauge_is_there_once_it_was_written() {
        let cell = SharedCell::new();
        assert_eq!(cell.read(), None);
        cell.add(0_u64);
        assert_eq!(cell.read(), Some(0));
        cell.add(u64::MAX);
        cell.add(3_u64);
        assert_eq!(cell.read(), Some(2));
        cell.clear();
        assert_eq!(cell.read(), None);
        cell.add(-3_i64);
        cell.add(1_i64);
        assert_eq!(cell.read().map(i64::from_bits), Some(-2));
        cell.set(0.5_f64.to_bits());
        cell.add(0.25);
        assert_eq!(cell.read().map(f64::from_bits), Some(0.75));
        cell.unset();
        assert_eq!(cell.read(), None);
        cell.set(7);
        assert_eq!(cell.read(), Some(7));
    }

    #[test]
    fn a_gate_shuts_out_who_came_before() {
        let gate = Gate::new(1);
        assert!(gate.admits(1) && gate.enter(1).is_some() && gate.enter(0).is_none());
        gate.admit_from(3);
        assert!(!gate.admits(2) && gate.enter(2).is_none());
        assert!(gate.admits(3) && gate.enter(3).is_some() && gate.enter(4).is_some());
    }

    #[test]
    fn random_histories_agree_with_plain_totals() {
        for seed in 0..if cfg!(miri) { 3 } else { 200 } {
            let mut random = fastrand::Rng::with_seed(seed);
            let histogram = SharedHistogram::new(BOUNDARIES.len());
            let mut model = Totals::new(BOUNDARIES.len());
            for _ in 0..100 {
                match random.u8(..12) {
                    0 => {
                        histogram.clear();
                        model = Totals::new(BOUNDARIES.len());
                    }
                    1 => {
                        assert_eq!(histogram.read(true), model);
                        model.interval = Extremes::NONE;
                    }
                    2 => assert_eq!(histogram.read(false), model),
                    _ => {
                        let value = f64::from(random.i8(..)) / 4.0;
                        histogram.record(BOUNDARIES, value);
                        model.record(BOUNDARIES, value);
                    }
                }
            }
            assert_eq!(histogram.read(false), model);
        }
    }

    #[test]
    fn threads_lose_nothing_while_it_is_drained() {
        let histogram = SharedHistogram::new(BOUNDARIES.len());
        let each = if cfg!(miri) { 20 } else { 5_000 };
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..each).for_each(|_| histogram.record(BOUNDARIES, 4.0)));
            }
            let mut before = 0;
            for _ in 0..each / 5 {
                let totals = histogram.read(false);
                assert!(totals.count() >= before);
                let extremes = Extremes::of(4.0);
                let sum = 4.0 * totals.count() as f64;
                let buckets = vec![0, 0, totals.count(), 0];
                if totals.count() > 0 {
                    assert_eq!(totals, Totals { sum, extremes, interval: extremes, buckets });
                }
                before = totals.count();
            }
        });
        assert_eq!(histogram.read(false).count(), 3 * each);
    }
}
