//! The readers of a run: consistent copies, the ends of intervals, and pauses.

use super::run::{
    ACKNOWLEDGED, BEFORE_HIGH, BEFORE_LOW, HEADER, INTERVAL_MAX, INTERVAL_MIN, LAST, MAX, MIN,
    NOTICED, PAUSED, SEQUENCE, SUM, TAG, finish_for_owner,
};
use crate::cells::exponential::window::{self, Contents};
use crate::cells::grid::Grid;
use crate::cells::totals::{Extremes, Totals};
use crate::cells::wide_sum::WideSum;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed},
    Wait, fence,
};

/// The number of copies that a reader attempts before it asks the owner to pause.
const ATTEMPTS: u32 = if cfg!(all(loom, test)) { 1 } else { 16 };

/// Ends the interval at `copied`. For readers, one at a time, right after the copy.
pub(crate) fn acknowledge(run: &[AtomicU64], copied: &Copied) {
    if copied.cells[SEQUENCE] != copied.cells[ACKNOWLEDGED]
        && let Some(acknowledged) = run.get(ACKNOWLEDGED)
    {
        // Relaxed: the copy cannot contain a write that the owner makes after it loads this store,
        // because the sequence would have moved and the copy would have started over. The lock that
        // keeps other readers out orders the stores of different readers.
        acknowledged.store(copied.cells[SEQUENCE], Relaxed);
    }
}

/// A pause of the owner, until this is dropped.
pub(super) struct Pause<'a> {
    cell: &'a AtomicU64,
    /// The last acknowledged sequence.
    acknowledged: u64,
}

impl<'a> Pause<'a> {
    /// Asks for a pause; `None` if another reader did.
    pub(super) fn begin(run: &'a [AtomicU64]) -> Option<Self> {
        let cell = run.get(ACKNOWLEDGED)?;
        let acknowledged = cell.load(Relaxed);
        if acknowledged == PAUSED {
            return None;
        }
        // Relaxed, here and below: as in `acknowledge`. The sequence alone shows whether a copy is
        // consistent.
        cell.compare_exchange(acknowledged, PAUSED, Relaxed, Relaxed).ok()?;
        Some(Self { cell, acknowledged })
    }
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        let _ = self.cell.compare_exchange(PAUSED, self.acknowledged, Relaxed, Relaxed);
    }
}

/// A consistent copy of a run. The memory is reused for the next run.
#[derive(Debug, Clone)]
pub(crate) struct Copied {
    grid: Grid,
    cells: Vec<u64>,
}

impl Copied {
    /// Memory for copies of the runs of one metric.
    pub(crate) fn of(grid: Grid) -> Self {
        Self { grid, cells: Vec::new() }
    }

    /// The same memory, for copies of the runs of another metric.
    pub(crate) fn with(&mut self, grid: Grid) -> &mut Self {
        self.grid = grid;
        self
    }

    /// The copy of a run that would hold these values: their counts by bucket, their sum and their
    /// extremes.
    pub(crate) fn of_values(
        boundaries: &'static [f64],
        buckets: &[u64],
        sum: WideSum,
        extremes: Extremes,
    ) -> Self {
        let mut cells = vec![0; HEADER];
        // No reader has seen the values, and the extremes of the interval are up to date.
        cells[SEQUENCE] = 2;
        cells[LAST] = f64::NAN.to_bits();
        (cells[BEFORE_HIGH], cells[BEFORE_LOW]) = sum.to_bits();
        for [min, max] in [[MIN, MAX], [INTERVAL_MIN, INTERVAL_MAX]] {
            (cells[min], cells[max]) = (extremes.min.to_bits(), extremes.max.to_bits());
        }
        cells.extend(buckets);
        Self { grid: Grid::Explicit(boundaries), cells }
    }

    /// Copies `run`; `None` if nothing was ever recorded in it.
    pub(crate) fn read(&mut self, run: &[AtomicU64]) -> Option<&Self> {
        let (sequence, rest) = run.split_first()?;
        let (mut wait, mut seen) = (Wait::new(), 0);
        let (mut attempts, mut pause) = (0_u32, None::<Pause<'_>>);
        loop {
            // Acquire: pairs with the release store in `write_sequenced`. The loads below see
            // everything that was written before this sequence.
            let before = sequence.load(Acquire);
            if before == 0 {
                return None;
            }
            if before % 2 == 0 {
                self.cells.clear();
                self.cells.push(before);
                self.cells.extend(rest.iter().map(|cell| cell.load(Relaxed)));
                // Acquire fence: pairs with the release fence in `write_sequenced`. If one of the
                // loads above saw a later write, the load below sees the odd sequence of that
                // write, or a later sequence.
                fence(Acquire);
                if sequence.load(Relaxed) == before {
                    if self.cells[ACKNOWLEDGED] == PAUSED {
                        let noticed = self.cells[NOTICED];
                        let pause = pause.as_ref();
                        self.cells[ACKNOWLEDGED] = pause.map_or(noticed, |p| p.acknowledged);
                    }
                    return Some(self);
                }
            }
            attempts = attempts.saturating_add(1);
            if attempts >= ATTEMPTS && pause.is_none() {
                pause = Pause::begin(run);
            }
            // The owner is recording.
            if before != seen {
                (wait, seen) = (Wait::new(), before);
            }
            if wait.missing(1) > 0 {
                finish_for_owner(run, self.grid, before);
            }
        }
    }

    /// The rule for the buckets.
    pub(super) fn grid(&self) -> Grid {
        self.grid
    }

    pub(crate) fn tag(&self) -> u64 {
        self.cells[TAG]
    }

    /// Whether the run has no values.
    pub(crate) fn is_empty(&self) -> bool {
        // Before the first value of an exponential histogram, its windows and scale are 0 too.
        self.buckets().iter().all(|cell| *cell == 0)
    }

    /// Whether nothing was recorded between two copies of a run.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.buckets() == other.buckets()
    }

    /// The values that this copy has, and `earlier` has not. The run did not start over between the
    /// two copies. If there are several such values, only those extremes are known that are also
    /// extremes of the run, and the last value.
    #[must_use]
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut late = self.clone();
        let mut known = Extremes::of(f64::from_bits(self.cells[LAST]));
        let buckets = &mut late.cells[HEADER..];
        match self.grid {
            Grid::Explicit(_) => {
                for (bucket, before) in buckets.iter_mut().zip(earlier.buckets()) {
                    *bucket = bucket.wrapping_sub(*before);
                }
            }
            Grid::Exponential(_) => window::subtract(buckets, earlier.buckets()),
        }
        if self.extremes().min < earlier.extremes().min {
            known.merge(Extremes::of(self.extremes().min));
        }
        if self.extremes().max > earlier.extremes().max {
            known.merge(Extremes::of(self.extremes().max));
        }
        late.cells[SUM] = 0;
        (late.cells[BEFORE_HIGH], late.cells[BEFORE_LOW]) =
            self.sum().minus(earlier.sum()).to_bits();
        for [min, max] in [[MIN, MAX], [INTERVAL_MIN, INTERVAL_MAX]] {
            (late.cells[min], late.cells[max]) = (known.min.to_bits(), known.max.to_bits());
        }
        // The extremes of the interval are up to date, and no reader has seen the values.
        (late.cells[SEQUENCE], late.cells[ACKNOWLEDGED], late.cells[NOTICED]) = (2, 0, 0);
        late
    }

    pub(crate) fn sum(&self) -> WideSum {
        let before = WideSum::from_bits(self.cells[BEFORE_HIGH], self.cells[BEFORE_LOW]);
        before.plus(f64::from_bits(self.cells[SUM]))
    }

    pub(crate) fn extremes(&self) -> Extremes {
        Extremes::from_bits(self.cells[MIN], self.cells[MAX])
    }

    /// The extremes of the values recorded since the last acknowledged copy. They are always values
    /// of this interval, but late values may be missing. For callers that keep other readers out.
    pub(crate) fn interval(&self) -> Extremes {
        let acknowledged = self.cells[ACKNOWLEDGED];
        if self.cells[SEQUENCE] == acknowledged {
            Extremes::NONE
        } else if self.cells[NOTICED] == acknowledged {
            Extremes::from_bits(self.cells[INTERVAL_MIN], self.cells[INTERVAL_MAX])
        } else {
            // Every value since that copy is late. After a restart there is no value, and LAST is
            // NaN.
            let mut late = Extremes::NONE;
            late.merge(Extremes::of(f64::from_bits(self.cells[LAST])));
            late
        }
    }

    /// The cells after the header.
    pub(crate) fn buckets(&self) -> &[u64] {
        &self.cells[HEADER..]
    }

    /// Adds the contents to those of other runs of the same histogram.
    pub(crate) fn add_to(&self, totals: &mut Totals) {
        let buckets = match self.grid {
            Grid::Explicit(_) => self.buckets(),
            Grid::Exponential(_) => &[],
        };
        totals.add(self.sum(), self.extremes(), self.interval(), buckets);
        if self.grid.exponential().is_some()
            && let Some(contents) = Contents::of_cells(self.buckets())
        {
            totals.add_exponential(&contents);
        }
    }
}
