//! A single-writer histogram: a run of cells under a sequence number.
//!
//! The owner makes the sequence odd, writes, and makes the sequence even again. A reader copies the
//! run, and starts over if the sequence was odd or has moved (a [seqlock], with Boehm's fences). So
//! the count, sum, extremes and buckets of one copy always belong together. The count is not
//! stored: it is the sum of the buckets.
//!
//! The tag works as in [`sum`](super::sum).
//!
//! # Intervals
//!
//! To end an interval, a reader copies the run and stores the sequence of its copy as the
//! *acknowledged* sequence. When the owner records the next value, it finds an acknowledged
//! sequence that it has not *noticed* yet, and restarts the extremes of the interval. A value that
//! the owner recorded after the copy, but before it noticed the acknowledgement, is *late*: the
//! value belongs to the new interval. There is at most one late value, unless the owner records
//! again before the reader's store becomes visible to it. The owner keeps the last value, so the
//! last late value is known exactly. Earlier late values are known only by their buckets, the sum
//! and the lifetime extremes.
//!
//! At the beginning of an interval, the owner also moves the sum so far into a [`WideSum`]. So the
//! values of an interval are added to a sum that begins at zero, and are not rounded to the
//! precision of a large sum from before.
//!
//! # Pauses
//!
//! An owner that records without a break can make every copy of a long run start over. So after
//! some attempts, a reader asks for a *pause*: it exchanges the acknowledged sequence for
//! [`PAUSED`], and restores it after the copy. The owner finds the request where it looks for
//! acknowledgements. It does not wait: during the pause it records nothing here, and its caller
//! records in cells that all threads share.
//!
//! [seqlock]: https://www.hpl.hp.com/techreports/2012/HPL-2012-68.pdf

#[cfg(all(test, not(loom)))]
mod tests;

use super::exponential::window::{self, Contents, Window};
use super::grid::Grid;
use super::totals::{Extremes, Totals, bucket};
use super::wide_sum::WideSum;
use crate::rules::exponential::ExponentialSettings;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    Wait, fence,
};

const SEQUENCE: usize = 0;
const TAG: usize = 1;
/// The sum of the values since the owner last noticed an acknowledgement.
const SUM: usize = 2;
const MIN: usize = 3;
const MAX: usize = 4;
const INTERVAL_MIN: usize = 5;
const INTERVAL_MAX: usize = 6;
/// The sequence of the copy that ended the last interval. Readers write this cell, one at a time.
/// During a pause, this cell holds [`PAUSED`].
const ACKNOWLEDGED: usize = 7;
/// The last acknowledged sequence that the owner noticed. The interval's extremes begin there.
const NOTICED: usize = 8;
/// The last recorded value; NaN if there is none.
const LAST: usize = 9;
/// The sum of all values before those in SUM.
const BEFORE_HIGH: usize = 10;
const BEFORE_LOW: usize = 11;
const HEADER: usize = 12;

/// Stands for an acknowledged sequence while a reader asks the owner to pause. Acknowledged sequences
/// are even.
const PAUSED: u64 = u64::MAX;

/// The number of copies that a reader attempts before it asks the owner to pause.
const ATTEMPTS: u32 = if cfg!(all(loom, test)) { 1 } else { 16 };

/// The number of cells in the run of a histogram.
pub(crate) const fn width(grid: Grid) -> usize {
    HEADER + grid.width()
}

/// The position in the run of the cell of the bucket that `value` belongs to. Without boundaries,
/// this is the first cell of the buckets, for all values.
#[inline(always)]
pub(crate) fn bucket_cell(boundaries: &[f64], value: f64) -> u32 {
    // No truncation: a run is shorter than a segment.
    #[expect(clippy::cast_possible_truncation)]
    let cell = (HEADER + bucket(boundaries, value)) as u32;
    cell
}

/// The bucket whose cell is at this position in the run.
pub(crate) fn bucket_at(cell: u32) -> u32 {
    u32::try_from(HEADER).map_or(0, |header| cell.saturating_sub(header))
}

/// Adds `value` to a histogram with boundaries if the run's tag is `tag` and no reader asks for a
/// pause, and returns whether it did. For the owner only.
#[inline(always)]
pub(crate) fn record(run: &[AtomicU64], tag: u64, boundaries: &[f64], value: f64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(bucket) = buckets.get(bucket(boundaries, value)) else { return false };
    record_with(header, tag, value, || add(bucket, 1), |header| add_to_sum(header, value))
}

/// Adds `value` to an exponential histogram, as [`record`] does, if its bucket is found in the
/// common way. [`record_any`] also adds the others. So this function calls nothing.
#[inline(always)]
pub(crate) fn record_exponential(
    run: &[AtomicU64],
    tag: u64,
    settings: ExponentialSettings,
    value: f64,
) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(window) = Window::of(buckets, settings) else { return false };
    let bucket = window.place_by_table(settings.zero_threshold, value);
    let Some(bucket) = bucket else { return false };
    record_with(header, tag, value, || add(bucket, 1), |header| add_to_sum(header, value))
}

/// Adds `value` to an exponential histogram.
fn record_anywhere(run: &[AtomicU64], tag: u64, settings: ExponentialSettings, value: f64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    let Some(window) = Window::of(buckets, settings) else { return false };
    let Some(bucket) = window.place(settings.zero_threshold, value) else {
        return record_outside(header, window, tag, settings, value);
    };
    record_with(header, tag, value, || add(bucket, 1), |header| add_to_sum(header, value))
}

/// Adds a value that is outside of the windows.
#[cold]
#[inline(never)]
fn record_outside(
    header: &[AtomicU64; HEADER],
    window: Window<'_>,
    tag: u64,
    settings: ExponentialSettings,
    value: f64,
) -> bool {
    let add_to_bucket = || window.add(settings, value, 1);
    record_with(header, tag, value, add_to_bucket, |header| add_to_sum(header, value))
}

/// Adds `count` times `value`, which count as one measurement for the interval.
pub(crate) fn record_many(run: &[AtomicU64], tag: u64, grid: Grid, value: f64, count: u64) -> bool {
    let Some((header, buckets)) = run.split_first_chunk() else { return false };
    // Beside SUM, because the product has more digits than SUM holds.
    let add_to_sum = |header: &_| add_before(header, WideSum::product(value, count));
    match grid {
        Grid::Explicit(boundaries) => {
            let Some(bucket) = buckets.get(bucket(boundaries, value)) else { return false };
            record_with(header, tag, value, || add(bucket, count), add_to_sum)
        }
        Grid::Exponential(settings) => {
            let Some(window) = Window::of(buckets, settings) else { return false };
            record_with(header, tag, value, || window.add(settings, value, count), add_to_sum)
        }
    }
}

/// Adds `count` times `value`, in any histogram.
#[inline(never)]
pub(crate) fn record_any(run: &[AtomicU64], tag: u64, grid: Grid, value: f64, count: u64) -> bool {
    match (grid, count) {
        (Grid::Explicit(boundaries), 1) => record(run, tag, boundaries, value),
        (Grid::Exponential(settings), 1) => record_anywhere(run, tag, settings, value),
        _ => record_many(run, tag, grid, value, count),
    }
}

#[inline(always)]
fn add(bucket: &AtomicU64, count: u64) {
    bucket.store(bucket.load(Relaxed).wrapping_add(count), Relaxed);
}

#[inline(always)]
fn add_to_sum(header: &[AtomicU64; HEADER], value: f64) {
    let sum = f64::from_bits(header[SUM].load(Relaxed)) + value;
    header[SUM].store(sum.to_bits(), Relaxed);
}

#[inline(always)]
fn record_with(
    header: &[AtomicU64; HEADER],
    tag: u64,
    value: f64,
    add_to_bucket: impl FnOnce(),
    add_to_sum: impl FnOnce(&[AtomicU64; HEADER]),
) -> bool {
    // Relaxed loads throughout: this thread wrote these cells itself, or took the shard over under
    // a lock, which orders the previous owner's writes before these loads. ACKNOWLEDGED is the
    // exception: see `acknowledge`.
    if header[TAG].load(Relaxed) != tag {
        return false;
    }
    if header[ACKNOWLEDGED].load(Relaxed) != header[NOTICED].load(Relaxed) && !notice(header) {
        return false;
    }
    write_sequenced(header, |_| {
        add_to_bucket();
        add_to_sum(header);
        lower(&header[MIN], value);
        raise(&header[MAX], value);
        lower(&header[INTERVAL_MIN], value);
        raise(&header[INTERVAL_MAX], value);
        header[LAST].store(value.to_bits(), Relaxed);
    });
    true
}

/// Begins the interval that a reader's acknowledgement has opened. Returns `false` if the reader
/// asks for a pause instead.
#[cold]
#[inline(never)]
fn notice(header: &[AtomicU64; HEADER]) -> bool {
    // Relaxed: the value only tells which of this thread's own writes the reader has copied.
    let acknowledged = header[ACKNOWLEDGED].load(Relaxed);
    if acknowledged == PAUSED {
        return false;
    }
    write_sequenced(header, |sequence| start_interval(header, acknowledged, sequence));
    true
}

/// Begins the interval after the copy with the sequence `acknowledged`. The late value, if there is
/// one, becomes its first value. `sequence` is the sequence before the current write.
fn start_interval(header: &[AtomicU64; HEADER], acknowledged: u64, sequence: u64) {
    let mut extremes = Extremes::NONE;
    if acknowledged != sequence {
        extremes.merge(Extremes::of(f64::from_bits(header[LAST].load(Relaxed))));
    }
    header[INTERVAL_MIN].store(extremes.min.to_bits(), Relaxed);
    header[INTERVAL_MAX].store(extremes.max.to_bits(), Relaxed);
    header[NOTICED].store(acknowledged, Relaxed);
    add_before(header, WideSum::ZERO.plus(f64::from_bits(header[SUM].load(Relaxed))));
    header[SUM].store(0, Relaxed);
}

/// Adds to the sum of the values that are not in SUM.
fn add_before(header: &[AtomicU64; HEADER], sum: WideSum) {
    let [high, low] = [BEFORE_HIGH, BEFORE_LOW].map(|cell| header[cell].load(Relaxed));
    let (high, low) = WideSum::from_bits(high, low).merged(sum).to_bits();
    header[BEFORE_HIGH].store(high, Relaxed);
    header[BEFORE_LOW].store(low, Relaxed);
}

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

/// Gives the run the tag `tag` and empties it. For the owner only.
#[cold]
pub(crate) fn restart(run: &[AtomicU64], tag: u64) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    write_sequenced(header, |_| {
        clear(header, buckets);
        header[TAG].store(tag, Relaxed);
    });
}

/// Empties a run, under an odd sequence.
fn clear(header: &[AtomicU64; HEADER], buckets: &[AtomicU64]) {
    for [min, max] in [[MIN, MAX], [INTERVAL_MIN, INTERVAL_MAX]] {
        header[min].store(f64::INFINITY.to_bits(), Relaxed);
        header[max].store(f64::NEG_INFINITY.to_bits(), Relaxed);
    }
    for cell in [SUM, BEFORE_HIGH, BEFORE_LOW] {
        header[cell].store(0, Relaxed);
    }
    let acknowledged = header[ACKNOWLEDGED].load(Relaxed);
    // Otherwise, the owner notices the acknowledgement after the pause, and LAST is NaN.
    if acknowledged != PAUSED {
        header[NOTICED].store(acknowledged, Relaxed);
    }
    header[LAST].store(f64::NAN.to_bits(), Relaxed);
    buckets.iter().for_each(|bucket| bucket.store(0, Relaxed));
}

/// Gives the run the tag `tag` and keeps its contents. For the owner only.
#[cold]
pub(crate) fn retag(run: &[AtomicU64], tag: u64) {
    // The sequence stays as it is, because the contents of the run are correct under either tag.
    // The sequence moves only when a value is recorded or the run is emptied.
    if let Some(cell) = run.get(TAG) {
        cell.store(tag, Relaxed);
    }
}

/// Ends a measurement whose owner is missing, in a forked process. `sequence` is odd. For readers,
/// one at a time.
#[cold]
fn finish_for_owner(run: &[AtomicU64], grid: Grid, sequence: u64) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    // Relaxed: no other thread writes to the run. The exchange below publishes the stores.
    let extremes = Extremes::from_bits(header[MIN].load(Relaxed), header[MAX].load(Relaxed));
    let is_moving = grid.exponential().is_some() && window::is_moving(buckets);
    if extremes.is_none() || is_moving {
        // The owner began its first value, or was emptying the run, or was moving its buckets. An
        // empty run has no parts that contradict each other. Otherwise, one value may be in the
        // bucket and not yet in the sum.
        clear(header, buckets);
    }
    // The store that the owner would make: if it goes on after all, it makes the same store.
    // Release: see `write_sequenced`.
    let _ = header[SEQUENCE].compare_exchange(sequence, sequence.wrapping_add(1), Release, Relaxed);
}

/// Runs `write` under an odd sequence. `write` gets the sequence before that.
#[inline(always)]
fn write_sequenced(header: &[AtomicU64; HEADER], write: impl FnOnce(u64)) {
    let sequence = header[SEQUENCE].load(Relaxed);
    header[SEQUENCE].store(sequence.wrapping_add(1), Relaxed);
    // Release fence: pairs with the acquire fence in `Copied::read`. A reader whose copy contains
    // one of the writes below then sees this odd sequence, or a later one.
    fence(Release);
    write(sequence);
    // Release: pairs with the acquire load in `Copied::read`. A reader that sees this even sequence
    // sees all the writes above.
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

/// A pause of the owner, until this is dropped.
struct Pause<'a> {
    cell: &'a AtomicU64,
    /// The last acknowledged sequence.
    acknowledged: u64,
}

impl<'a> Pause<'a> {
    /// Asks for a pause; `None` if another reader did.
    fn begin(run: &'a [AtomicU64]) -> Option<Self> {
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

/// The sequence number of a run, which grows with each measurement.
pub(crate) fn sequence(run: &[AtomicU64]) -> u64 {
    // Acquire: as in `Copied::read`.
    run.get(SEQUENCE).map_or(0, |sequence| sequence.load(Acquire))
}

/// The tag of a run. For the owner only.
pub(crate) fn tag(run: &[AtomicU64]) -> u64 {
    run.get(TAG).map_or(0, |tag| tag.load(Relaxed))
}

/// Adds a copied histogram to a run whose tag is right. For the owner only, while readers are kept
/// out.
pub(crate) fn absorb(run: &[AtomicU64], copied: &Copied) {
    let Some((header, buckets)) = run.split_first_chunk::<HEADER>() else { return };
    write_sequenced(header, |sequence| {
        match copied.grid {
            Grid::Explicit(_) => {
                for (bucket, count) in buckets.iter().zip(copied.buckets()) {
                    add(bucket, *count);
                }
            }
            Grid::Exponential(settings) => {
                let contents = Contents::of_cells(copied.buckets());
                if let Some((window, contents)) = Window::of(buckets, settings).zip(contents) {
                    window.absorb(&contents);
                }
            }
        }
        add_before(header, copied.sum());
        lower(&header[MIN], copied.extremes().min);
        raise(&header[MAX], copied.extremes().max);
        // The caller keeps readers out with a lock, so this load sees the last acknowledgement, and
        // from here on the interval's extremes are up to date. LAST keeps its value: readers need
        // it only for a value recorded between their copy and their acknowledgement.
        let acknowledged = header[ACKNOWLEDGED].load(Relaxed);
        if acknowledged != header[NOTICED].load(Relaxed) && acknowledged != PAUSED {
            start_interval(header, acknowledged, sequence);
        }
        lower(&header[INTERVAL_MIN], copied.interval().min);
        raise(&header[INTERVAL_MAX], copied.interval().max);
    });
}
