//! The contents of void runs: what removals have read of them, and what came late.
//!
//! A removal voids the runs of a series by a new stamp and then reads them. A thread that had
//! loaded the old stamp may still write one measurement into its void run. Such a measurement is
//! *late*: it comes after the removal. The next reader that visits the series finds it, because the
//! ledger of the block notes what was read of each run, and adds it to the life that then goes on.
//!
//! Until then, the owner must not start the run over. The owner never waits: while the ledger is
//! locked, and while a run has late contents, the owner records in shared cells.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::cells::grid::Grid;
use crate::cells::histogram::copied::Copied;
use crate::cells::histogram::{owner, run};
use crate::cells::sum;
use crate::locks::{LockedMutex, lock, try_lock};
use crate::sync::AtomicU64;

/// The ledger of a block.
#[derive(Debug)]
pub(crate) struct Late(Mutex<Ledger>);

/// The contents that were read of void runs, by the address of the run. An entry holds until the
/// run starts over, also under another tag: a slow owner may give a run that was read a tag that is
/// void too.
#[derive(Debug)]
pub(crate) struct Ledger(BTreeMap<usize, Read>);

#[derive(Debug)]
enum Read {
    Sum(u64),
    Histogram(Copied),
}

impl Late {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Ledger(BTreeMap::new())))
    }

    /// The ledger. While it is locked, no owner starts a void run over.
    pub(super) fn lock(&self) -> LockedMutex<'_, Ledger> {
        lock(&self.0)
    }

    /// Starts a run of a sum over under the tag `stamp`, unless it has contents that no reader has
    /// seen, or the ledger is locked. For the owner, if the run is void or was never written.
    pub(super) fn restart_sum(&self, run: &[AtomicU64; sum::WIDTH], stamp: u64) -> bool {
        let Some(mut ledger) = try_lock(&self.0) else { return false };
        let (tag, bits) = sum::contents(run);
        let is_read = tag == 0
            || matches!(ledger.0.get(&address(run)), Some(Read::Sum(read)) if *read == bits);
        if is_read {
            ledger.0.remove(&address(run));
            // Under the lock: without its entry, the run would look unread.
            sum::restart(run, stamp, false);
        }
        is_read
    }

    /// Like [`restart_sum`](Self::restart_sum), for a histogram.
    pub(super) fn restart_histogram(&self, run: &[AtomicU64], grid: Grid, stamp: u64) -> bool {
        let Some(mut ledger) = try_lock(&self.0) else { return false };
        let mut copied = Copied::of(grid);
        let is_read = copied.read(run).is_none_or(|copied| match ledger.0.get(&address(run)) {
            Some(Read::Histogram(read)) => copied.is_same(read),
            _ => copied.is_empty(),
        });
        if is_read {
            ledger.0.remove(&address(run));
            owner::restart(run, stamp);
        }
        is_read
    }
}

impl Ledger {
    /// The contents of a sum beyond those that were read, if the run `is_void`: the sum that was
    /// read before, and the sum now.
    pub(super) fn read_sum(
        &mut self,
        run: &[AtomicU64; sum::WIDTH],
        is_void: impl Fn(u64) -> bool,
    ) -> Option<(u64, Option<u64>, u64)> {
        let (tag, now) = sum::contents(run);
        if tag == 0 || !is_void(tag) {
            return None;
        }
        match self.0.insert(address(run), Read::Sum(now)) {
            Some(Read::Sum(before)) => (before != now).then_some((tag, Some(before), now)),
            _ => Some((tag, None, now)),
        }
    }

    /// Forgets the entries of all other runs: their memory was emptied and belongs elsewhere.
    pub(super) fn keep_only(&mut self, runs: &[&'static [AtomicU64]]) {
        if self.0.len() > runs.len() {
            let mut addresses: Vec<_> = runs.iter().map(|run| address(run)).collect();
            addresses.sort_unstable();
            self.0.retain(|address, _| addresses.binary_search(address).is_ok());
        }
    }

    /// The contents of a histogram beyond those that were read, if the run `is_void`.
    pub(super) fn read_histogram(
        &mut self,
        run: &[AtomicU64],
        grid: Grid,
        is_void: impl Fn(u64) -> bool,
    ) -> Option<Copied> {
        // First, because most runs count.
        if !is_void(run::tag(run)) {
            return None;
        }
        let mut copied = Copied::of(grid);
        copied.read(run)?;
        if copied.is_empty() || !is_void(copied.tag()) {
            return None;
        }
        match self.0.get_mut(&address(run)) {
            Some(Read::Histogram(read)) if copied.is_same(read) => None,
            Some(Read::Histogram(read)) => {
                let late = copied.since(read);
                *read = copied;
                Some(late)
            }
            _ => {
                self.0.insert(address(run), Read::Histogram(copied.clone()));
                Some(copied)
            }
        }
    }
}

fn address(run: &[AtomicU64]) -> usize {
    run.as_ptr().addr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::totals::Extremes;

    const GRID: Grid = Grid::Explicit(&[10.0]);

    fn is_void(tag: u64) -> bool {
        tag < 5
    }

    fn sum_run(tag: u64, value: u64) -> [AtomicU64; sum::WIDTH] {
        [AtomicU64::new(tag), AtomicU64::new(value)]
    }

    fn histogram_run() -> Vec<AtomicU64> {
        (0..run::width(GRID)).map(|_| AtomicU64::new(0)).collect()
    }

    fn record(run: &[AtomicU64], tag: u64, values: &[f64]) {
        assert!(values.iter().all(|value| owner::record_any(run, tag, GRID, *value, 1)));
    }

    #[test]
    fn a_void_sum_is_read_before_it_starts_over() {
        let (late, run) = (Late::new(), sum_run(1, 7));
        assert!(!late.restart_sum(&run, 5), "not read");
        assert_eq!(late.lock().read_sum(&run, is_void), Some((1, None, 7)));
        assert_eq!(late.lock().read_sum(&run, is_void), None);
        assert!(sum::add(&run, 1, 2_u64));
        assert!(!late.restart_sum(&run, 5), "late contents");
        assert_eq!(late.lock().read_sum(&run, is_void), Some((1, Some(7), 9)));
        let locked = late.lock();
        assert!(!late.restart_sum(&run, 5), "locked");
        drop(locked);
        assert!(late.restart_sum(&run, 5));
        assert_eq!(sum::contents(&run), (5, 0));
    }

    #[test]
    fn a_sum_that_counts_or_was_never_written_is_not_read() {
        let late = Late::new();
        assert_eq!(late.lock().read_sum(&sum_run(0, 0), is_void), None);
        let run = sum_run(5, 7);
        assert_eq!(late.lock().read_sum(&run, is_void), None);
        assert!(!late.restart_sum(&run, 6), "not read");
    }

    #[test]
    fn what_was_read_of_a_sum_is_not_read_again_under_another_void_tag() {
        let (late, run) = (Late::new(), sum_run(1, 7));
        assert_eq!(late.lock().read_sum(&run, is_void), Some((1, None, 7)));
        sum::restart(&run, 2, true);
        assert_eq!(late.lock().read_sum(&run, is_void), None);
        assert!(late.restart_sum(&run, 3));
        // The entry of the life before is gone.
        assert!(sum::add(&run, 3, 7_u64));
        assert_eq!(late.lock().read_sum(&run, is_void), Some((3, None, 7)));
        // Another run has an entry of its own.
        assert_eq!(late.lock().read_sum(&sum_run(3, 8), is_void), Some((3, None, 8)));
    }

    #[test]
    fn a_sum_that_was_emptied_brings_no_entry_along() {
        let (late, run) = (Late::new(), sum_run(1, 7));
        assert_eq!(late.lock().read_sum(&run, is_void), Some((1, None, 7)));
        run.iter().for_each(|cell| cell.store(0, crate::sync::Ordering::Relaxed));
        assert!(late.restart_sum(&run, 4));
        assert!(sum::add(&run, 4, 7_u64));
        assert_eq!(late.lock().read_sum(&run, is_void), Some((4, None, 7)));
    }

    #[test]
    fn entries_of_memory_that_belongs_elsewhere_are_forgotten() {
        let late = Late::new();
        let runs: [&'static [_; sum::WIDTH]; 2] =
            [1, 2].map(|n| &*Box::leak(Box::new(sum_run(1, n))));
        let mut ledger = late.lock();
        for run in runs {
            assert!(ledger.read_sum(run, is_void).is_some());
        }
        ledger.keep_only(&[&runs[0][..]]);
        assert_eq!(ledger.0.keys().collect::<Vec<_>>(), [&address(runs[0])]);
        assert_eq!(ledger.read_sum(runs[0], is_void), None);
    }

    #[test]
    fn a_void_histogram_is_read_before_it_starts_over() {
        let (late, run) = (Late::new(), histogram_run());
        let read = || late.lock().read_histogram(&run, GRID, is_void);
        assert!(read().is_none());
        assert!(late.restart_histogram(&run, GRID, 1), "never written");
        assert!(read().is_none());
        assert!(late.restart_histogram(&run, GRID, 2), "without values");
        record(&run, 2, &[3.0, 20.0]);
        assert!(!late.restart_histogram(&run, GRID, 5), "not read");
        let copied = read().unwrap();
        assert_eq!((copied.tag(), copied.sum().value(), copied.buckets()), (2, 23.0, &[1, 1][..]));
        assert!(read().is_none());
        record(&run, 2, &[4.0]);
        assert!(!late.restart_histogram(&run, GRID, 5), "late contents");
        assert_eq!(read().unwrap().buckets(), [1, 0]);
        let locked = late.lock();
        assert!(!late.restart_histogram(&run, GRID, 5), "locked");
        drop(locked);
        assert!(late.restart_histogram(&run, GRID, 5));
        record(&run, 5, &[4.0]);
        assert!(read().is_none(), "the values count");
        assert!(!late.restart_histogram(&run, GRID, 6), "not read");
    }

    #[test]
    fn what_was_read_of_a_histogram_is_not_read_again_under_another_void_tag() {
        let (late, run) = (Late::new(), histogram_run());
        let read = || late.lock().read_histogram(&run, GRID, is_void);
        owner::restart(&run, 1);
        record(&run, 1, &[3.0]);
        assert!(read().is_some());
        owner::retag(&run, 2);
        assert!(read().is_none());
        assert!(late.restart_histogram(&run, GRID, 3));
        // The entry of the life before is gone.
        record(&run, 3, &[3.0]);
        assert_eq!(read().unwrap().buckets(), [1, 0]);
    }

    #[test]
    fn the_extremes_of_late_values_are_those_that_are_known() {
        let (late, run) = (Late::new(), histogram_run());
        owner::restart(&run, 1);
        record(&run, 1, &[3.0, 20.0]);
        let read = || late.lock().read_histogram(&run, GRID, is_void).unwrap();
        assert_eq!(read().extremes(), Extremes { min: 3.0, max: 20.0 });
        for (values, min, max) in [
            (&[20.0, 3.0][..], 3.0, 3.0),
            (&[4.0, 5.0], 5.0, 5.0),
            (&[2.0, 8.0], 2.0, 8.0),
            (&[30.0, 9.0], 9.0, 30.0),
        ] {
            record(&run, 1, values);
            let late = read();
            let known = Extremes { min, max };
            assert_eq!((late.extremes(), late.interval()), (known, known), "{values:?}");
            assert_eq!(late.sum().value(), values.iter().sum::<f64>());
        }
    }
}
