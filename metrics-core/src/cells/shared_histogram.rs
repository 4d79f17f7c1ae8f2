//! A histogram into which any thread records.

use std::iter::successors;

use super::grid::Grid;
use super::histogram::copied::Copied;
use super::histogram::{owner, run};
use super::totals::{Extremes, Totals};
use crate::sync::{
    AtomicU64, Mutex, OnceLock,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    Wait, lock,
};

/// A histogram for many writers with consistent reads. It consists of runs of the kind that a
/// single writer has.
///
/// A writer claims a run that nobody else has claimed, records there, and releases it. If all runs
/// are claimed, the writer adds a run. So no writer waits, and there are never more runs than there
/// were writers at the same time. A reader claims one run after the other, and moves what it holds
/// to `drained`. For that, the reader waits for the writer of the run.
#[derive(Debug)]
pub(crate) struct SharedHistogram {
    grid: Grid,
    first: Run,
    drained: Mutex<Totals>,
}

#[derive(Debug)]
struct Run {
    /// Odd while the run is claimed. Each claim and each release adds 1.
    claims: AtomicU64,
    cells: Box<[AtomicU64]>,
    next: OnceLock<Box<Run>>,
}

/// Stands for the number of claims of a run whose writer is missing, in a forked process.
const LOST: u64 = u64::MAX;

/// Stands for the number of claims of a lost run whose writer was slow, and has released the run.
/// The next reader gives the run back to the writers.
const RETURNED: u64 = u64::MAX >> 1;

/// The tag of all runs.
const TAG: u64 = 1;

/// A run that nobody else reads or writes until this is dropped.
#[derive(Debug)]
pub(crate) struct Claimed<'a> {
    grid: Grid,
    run: &'a Run,
    /// The odd number of claims.
    claims: u64,
}

impl SharedHistogram {
    pub(crate) fn new(grid: Grid) -> Self {
        Self { grid, first: Run::new(grid), drained: Mutex::new(Totals::new(grid)) }
    }

    /// A run for one writer. Allocates one if all others are claimed.
    pub(crate) fn claim(&self) -> Claimed<'_> {
        let mut run = &self.first;
        loop {
            if let Some(claimed) = run.claim(self.grid) {
                return claimed;
            }
            run = match run.next.get() {
                Some(next) => next,
                None => run.add_next(Box::new(Run::new(self.grid))),
            };
        }
    }

    /// Adds the copy of a run.
    pub(crate) fn absorb(&self, copied: &Copied) {
        copied.add_to(&mut lock(&self.drained));
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
        std::mem::replace(&mut drained, Totals::new(self.grid))
    }

    fn drain(&self, totals: &mut Totals) {
        let mut copied = Copied::of(self.grid);
        for run in successors(Some(&self.first), |run| run.next.get().map(|next| &**next)) {
            run.drain(self.grid, &mut copied, totals);
        }
    }
}

impl Run {
    fn new(grid: Grid) -> Self {
        let cells: Box<[_]> = (0..run::width(grid)).map(|_| AtomicU64::new(0)).collect();
        owner::restart(&cells, TAG);
        Self { claims: AtomicU64::new(0), cells, next: OnceLock::new() }
    }

    /// Makes `next` the run after this one, unless another thread was faster. Returns the run after
    /// this one.
    fn add_next(&self, next: Box<Self>) -> &Self {
        let _ = self.next.set(next);
        self.next.get().expect("it was just set")
    }

    fn claim(&self, grid: Grid) -> Option<Claimed<'_>> {
        let claims = self.claims.load(Relaxed);
        if !claims.is_multiple_of(2) {
            return None;
        }
        let odd = claims + 1;
        // Acquire: pairs with the release of the claim before. This claim sees what was written
        // then.
        self.claims.compare_exchange(claims, odd, Acquire, Relaxed).ok()?;
        Some(Claimed { grid, run: self, claims: odd })
    }

    /// Moves the contents to `totals`.
    fn drain(&self, grid: Grid, copied: &mut Copied, totals: &mut Totals) {
        let (mut wait, mut seen) = (Wait::new(), 0);
        let claimed = loop {
            if let Some(claimed) = self.claim(grid) {
                break claimed;
            }
            // Acquire: pairs with the release in `Claimed::drop`.
            let claims = self.claims.load(Acquire);
            match claims {
                LOST => return,
                // Only readers take such a run, one at a time.
                RETURNED => break Claimed { grid, run: self, claims },
                _ => {}
            }
            // Another writer has claimed the run since.
            if claims != seen {
                (wait, seen) = (Wait::new(), claims);
            }
            // AcqRel: as `claim`, and the writer only returns the run after all.
            if wait.missing(1) > 0
                && self.claims.compare_exchange(claims, LOST, AcqRel, Relaxed).is_ok()
            {
                return self.move_to(copied, totals);
            }
        };
        self.move_to(copied, totals);
        drop(claimed);
    }

    /// Moves the contents to `totals`. For readers, one at a time, after the claim.
    fn move_to(&self, copied: &mut Copied, totals: &mut Totals) {
        if let Some(copied) = copied.read(&self.cells)
            && !copied.is_empty()
        {
            copied.add_to(totals);
            owner::restart(&self.cells, TAG);
        }
    }
}

impl Claimed<'_> {
    /// Adds `count` times `value`.
    pub(crate) fn record(&self, value: f64, count: u64) {
        owner::record_any(&self.run.cells, TAG, self.grid, value, count);
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        // Release, here and below: pairs with the acquire in `claim` and `drain`.
        let claims = &self.run.claims;
        let released = self.claims.wrapping_add(1);
        if claims.compare_exchange(self.claims, released, Release, Relaxed).is_err() {
            // The run is lost, and a reader may be draining it. So other writers must not claim the
            // run yet.
            claims.store(RETURNED, Release);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::cells::wide_sum::WideSum;
    use crate::rules::exponential::ExponentialSettings;
    use crate::sync::process;

    const EXPLICIT: Grid = Grid::Explicit(&[-10.0, 0.0, 10.0]);
    const EXPONENTIAL: Grid =
        Grid::Exponential(ExponentialSettings::DEFAULT.max_size(8).zero_threshold(0.3));

    impl SharedHistogram {
        fn record(&self, value: f64, count: u64) {
            self.claim().record(value, count);
        }

        fn runs(&self) -> usize {
            successors(Some(&self.first), |run| run.next.get().map(|next| &**next)).count()
        }
    }

    #[test]
    fn random_histories_agree_with_plain_totals() {
        for seed in 0..if cfg!(miri) { 3 } else { 200 } {
            let mut random = fastrand::Rng::with_seed(seed);
            let grid = if random.bool() { EXPLICIT } else { EXPONENTIAL };
            let histogram = SharedHistogram::new(grid);
            let mut model = Totals::new(grid);
            for _ in 0..100 {
                match random.u8(..12) {
                    0 => {
                        assert_eq!(histogram.clear(), model);
                        model = Totals::new(grid);
                    }
                    1 => {
                        assert_eq!(histogram.read(true), model);
                        model.interval = Extremes::NONE;
                    }
                    2 => assert_eq!(histogram.read(false), model),
                    // The copy of a run is added.
                    3 => {
                        let run = Run::new(grid);
                        let value = f64::from(random.i8(..));
                        run.claim(grid).unwrap().record(value, 1);
                        histogram.absorb(Copied::of(grid).read(&run.cells).unwrap());
                        model.record(grid, value, 1);
                    }
                    _ => {
                        let value = f64::from(random.i8(..)) / 4.0;
                        let count = random.u64(1..4);
                        // Sometimes, other runs are claimed.
                        let others: Vec<_> =
                            (0..random.u8(..3)).map(|_| histogram.claim()).collect();
                        histogram.record(value, count);
                        drop(others);
                        model.record(grid, value, count);
                    }
                }
            }
            assert_eq!(histogram.read(false), model);
        }
    }

    #[test]
    fn there_are_as_many_runs_as_writers_at_the_same_time() {
        let histogram = SharedHistogram::new(EXPLICIT);
        (0..3).for_each(|_| histogram.record(4.0, 1));
        histogram.read(false);
        assert_eq!(histogram.runs(), 1);
        for _ in 0..2 {
            drop([histogram.claim(), histogram.claim(), histogram.claim()]);
            assert_eq!(histogram.runs(), 3);
        }
    }

    #[test]
    fn a_forked_process_does_not_wait_for_missing_writers() {
        let _forked = process::Pretended::begin();
        let histogram = SharedHistogram::new(EXPLICIT);
        std::mem::forget(histogram.claim());
        assert_eq!(histogram.read(false), Totals::new(EXPLICIT));
        for whole in 1..4 {
            let missing = histogram.claim();
            missing.record(4.0, 1);
            std::mem::forget(missing);
            // The measurements of the missing writer count, and count once.
            histogram.record(4.0, 1);
            assert_eq!(histogram.read(true).count(), 2 * whole);
            assert_eq!(histogram.read(true).count(), 2 * whole);
        }
        assert_eq!(histogram.read(false).extremes, Extremes::of(4.0));
    }

    #[test]
    fn the_run_of_a_writer_that_was_taken_for_missing_is_drained_before_others_claim_it() {
        let _forked = process::Pretended::begin();
        let histogram = SharedHistogram::new(EXPLICIT);
        let slow = histogram.claim();
        histogram.read(false);
        slow.record(4.0, 1);
        drop(slow);
        assert!(histogram.first.claim(EXPLICIT).is_none());
        histogram.record(4.0, 1);
        assert_eq!((histogram.read(false).count(), histogram.runs()), (2, 2));
        // The run is free again, and nothing counts twice.
        assert!(histogram.first.claim(EXPLICIT).is_some());
        histogram.record(4.0, 1);
        assert_eq!((histogram.read(false).count(), histogram.runs()), (3, 2));
    }

    #[test]
    fn threads_lose_nothing_while_it_is_drained() {
        let histogram = SharedHistogram::new(EXPLICIT);
        let each = if cfg!(miri) { 20 } else { 5_000 };
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..each).for_each(|_| histogram.record(4.0, 1)));
            }
            let mut before = 0;
            for _ in 0..each / 5 {
                let totals = histogram.read(false);
                assert!(totals.count() >= before);
                let extremes = Extremes::of(4.0);
                let sum = WideSum::ZERO.plus(4.0 * totals.count() as f64);
                let buckets = vec![0, 0, totals.count(), 0];
                if totals.count() > 0 {
                    let whole =
                        Totals { sum, extremes, interval: extremes, buckets, exponential: None };
                    assert_eq!(totals, whole);
                }
                before = totals.count();
            }
        });
        assert_eq!(histogram.read(false).count(), 3 * each);
    }
}
