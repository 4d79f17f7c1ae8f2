//! A histogram into which any thread records.

use super::histogram::Copied;
use super::totals::{Extremes, Totals, bucket};
use super::wide_sum::WideSum;
use crate::sync::{
    AtomicU64, Mutex,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    Wait, lock,
};

/// A histogram for many writers with consistent reads. It has two halves, as in the Prometheus Go
/// client's ["hot and cold" counts].
///
/// A writer announces itself with one `fetch_add`, which also returns the hot half. The writer then
/// writes to the hot half and counts itself as finished there. A reader makes the other half hot,
/// waits until every writer announced in the cold half has finished, and drains the cold half into
/// `drained`.
///
/// ["hot and cold" counts]: https://github.com/prometheus/client_golang/blob/main/prometheus/histogram.go
#[derive(Debug)]
pub(crate) struct SharedHistogram {
    /// The top bit is the hot half. The bits below count the writers that began there since the
    /// half became hot.
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

    /// Adds `count` times `value`.
    pub(crate) fn record(&self, boundaries: &[f64], value: f64, count: u64) {
        // Acquire: pairs with the release of the swap in `drain`. The half was zeroed before the
        // swap that made it hot.
        let announced = self.announced.fetch_add(1, Acquire);
        let half = &self.halves[usize::from(announced & HOT != 0)];
        if let Some(bucket) = half.buckets.get(bucket(boundaries, value)) {
            bucket.fetch_add(count, Relaxed);
        }
        let update = |cell: &AtomicU64, value: f64, with: fn(f64, f64) -> f64| {
            let new = |bits| Some(with(f64::from_bits(bits), value).to_bits());
            // The closure always returns `Some`, so the update succeeds.
            let _ = cell.fetch_update(Relaxed, Relaxed, new);
        };
        update(&half.sum, WideSum::product(value, count).value(), |sum, value| sum + value);
        update(&half.min, value, f64::min);
        update(&half.max, value, f64::max);
        // Release: pairs with the acquire load of `finished` in `drain`. A reader that counts this
        // writer as finished sees what it wrote.
        half.finished.fetch_add(1, Release);
    }

    /// Adds the copy of a run.
    pub(crate) fn absorb(&self, copied: &Copied) {
        let mut drained = lock(&self.drained);
        drained.merge(copied.sum(), copied.extremes(), copied.interval(), copied.buckets());
    }

    /// Everything recorded so far. `end_interval` restarts the extremes of the interval.
    pub(crate) fn read(&self, end_interval: bool) -> Totals {
        let mut drained = lock(&self.drained);
        self.drain(&mut drained);
        let totals = drained.clone();
        if end_interval {
            drained.interval = Extremes::NONE;
        }
        totals
    }

    /// Resets the histogram, and returns what it held.
    pub(crate) fn clear(&self) -> Totals {
        let mut drained = lock(&self.drained);
        self.drain(&mut drained);
        let boundaries = drained.buckets.len() - 1;
        std::mem::replace(&mut drained, Totals::new(boundaries))
    }

    fn drain(&self, totals: &mut Totals) {
        // Relaxed: only readers change the top bit, and this reader holds the lock of `drained`.
        let hot = self.announced.load(Relaxed) & HOT;
        // Release: pairs with the acquire in `record`. A writer that sees the new hot half sees the
        // half zeroed. Acquire: no load below moves before the swap.
        let began = self.announced.swap(hot ^ HOT, AcqRel) & !HOT;
        let cold = &self.halves[usize::from(hot != 0)];
        let mut wait = Wait::new();
        loop {
            // Acquire: pairs with the release of `finished` in `record`.
            let unfinished = began.wrapping_sub(cold.finished.load(Acquire));
            // Missing writers are no longer announced in this half, and finish nothing.
            if unfinished == 0 || wait.missing(unfinished) > 0 {
                break;
            }
        }
        let buckets: Vec<u64> = cold.buckets.iter().map(|b| b.load(Relaxed)).collect();
        let extremes = Extremes {
            min: f64::from_bits(cold.min.load(Relaxed)),
            max: f64::from_bits(cold.max.load(Relaxed)),
        };
        let sum = WideSum::ZERO.plus(f64::from_bits(cold.sum.load(Relaxed)));
        // Without extremes, all writers are missing, and their values too.
        if !extremes.is_none() {
            totals.merge(sum, extremes, extremes, &buckets);
        }
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
        // Relaxed: the swap that makes this half hot again publishes these stores.
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
    use crate::cells::histogram;
    use crate::sync::process;

    const BOUNDARIES: &[f64] = &[-10.0, 0.0, 10.0];

    #[test]
    fn random_histories_agree_with_plain_totals() {
        for seed in 0..if cfg!(miri) { 3 } else { 200 } {
            let mut random = fastrand::Rng::with_seed(seed);
            let histogram = SharedHistogram::new(BOUNDARIES.len());
            let mut model = Totals::new(BOUNDARIES.len());
            for _ in 0..100 {
                match random.u8(..12) {
                    0 => {
                        assert_eq!(histogram.clear(), model);
                        model = Totals::new(BOUNDARIES.len());
                    }
                    1 => {
                        assert_eq!(histogram.read(true), model);
                        model.interval = Extremes::NONE;
                    }
                    2 => assert_eq!(histogram.read(false), model),
                    // The copy of a run is added.
                    3 => {
                        let run: Vec<_> = (0..histogram::width(BOUNDARIES.len()))
                            .map(|_| AtomicU64::new(0))
                            .collect();
                        histogram::restart(&run, 1);
                        let value = f64::from(random.i8(..));
                        assert!(histogram::record(&run, 1, BOUNDARIES, value));
                        histogram.absorb(Copied::default().read(&run).unwrap());
                        model.record(BOUNDARIES, value, 1);
                    }
                    _ => {
                        let value = f64::from(random.i8(..)) / 4.0;
                        let count = random.u64(1..4);
                        histogram.record(BOUNDARIES, value, count);
                        model.record(BOUNDARIES, value, count);
                    }
                }
            }
            assert_eq!(histogram.read(false), model);
        }
    }

    #[test]
    fn each_read_sends_later_writers_to_the_other_half() {
        let histogram = SharedHistogram::new(BOUNDARIES.len());
        for hot in [1 << 63, 0, 1 << 63] {
            histogram.record(BOUNDARIES, 4.0, 1);
            histogram.read(false);
            assert_eq!(histogram.announced.load(Relaxed), hot);
        }
    }

    #[test]
    fn a_forked_process_does_not_wait_for_missing_writers() {
        let _forked = process::Pretended::begin();
        let histogram = SharedHistogram::new(BOUNDARIES.len());
        let begin = || {
            let announced = histogram.announced.fetch_add(1, Acquire);
            histogram.halves[usize::from(announced & HOT != 0)].buckets[2].fetch_add(1, Relaxed);
        };
        begin();
        assert_eq!(histogram.read(false), Totals::new(BOUNDARIES.len()));
        for whole in 1..4 {
            histogram.record(BOUNDARIES, 4.0, 1);
            begin();
            // A value that was begun may count.
            assert_eq!(histogram.read(true).count(), 2 * whole);
        }
        assert_eq!(histogram.read(false).extremes, Extremes::of(4.0));
    }

    #[test]
    fn threads_lose_nothing_while_it_is_drained() {
        let histogram = SharedHistogram::new(BOUNDARIES.len());
        let each = if cfg!(miri) { 20 } else { 5_000 };
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..each).for_each(|_| histogram.record(BOUNDARIES, 4.0, 1)));
            }
            let mut before = 0;
            for _ in 0..each / 5 {
                let totals = histogram.read(false);
                assert!(totals.count() >= before);
                let extremes = Extremes::of(4.0);
                let sum = WideSum::ZERO.plus(4.0 * totals.count() as f64);
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
