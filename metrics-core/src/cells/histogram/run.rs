//! The cells of a run, and the steps that its owner and its readers share.

use crate::cells::exponential::window;
use crate::cells::grid::Grid;
use crate::cells::totals::{Extremes, bucket};
use crate::cells::wide_sum::WideSum;
use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

pub(super) const SEQUENCE: usize = 0;

pub(super) const TAG: usize = 1;

/// The sum of the values since the owner last noticed an acknowledgement.
pub(super) const SUM: usize = 2;

pub(super) const MIN: usize = 3;

pub(super) const MAX: usize = 4;

pub(super) const INTERVAL_MIN: usize = 5;

pub(super) const INTERVAL_MAX: usize = 6;

/// The sequence of the copy that ended the last interval. Readers write this cell, one at a time.
/// During a pause, this cell holds [`PAUSED`].
pub(super) const ACKNOWLEDGED: usize = 7;

/// The last acknowledged sequence that the owner noticed. The interval's extremes begin there.
pub(super) const NOTICED: usize = 8;

/// The last recorded value; NaN if there is none.
pub(super) const LAST: usize = 9;

/// The sum of all values before those in SUM.
pub(super) const BEFORE_HIGH: usize = 10;

pub(super) const BEFORE_LOW: usize = 11;

pub(super) const HEADER: usize = 12;

/// Stands for an acknowledged sequence, which is even, while a reader asks the owner to pause.
pub(super) const PAUSED: u64 = u64::MAX;

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

#[inline(always)]
pub(super) fn add(bucket: &AtomicU64, count: u64) {
    bucket.store(bucket.load(Relaxed).wrapping_add(count), Relaxed);
}

/// Adds to the sum of the values that are not in SUM.
pub(super) fn add_before(header: &[AtomicU64; HEADER], sum: WideSum) {
    let [high, low] = [BEFORE_HIGH, BEFORE_LOW].map(|cell| header[cell].load(Relaxed));
    let (high, low) = WideSum::from_bits(high, low).merged(sum).to_bits();
    header[BEFORE_HIGH].store(high, Relaxed);
    header[BEFORE_LOW].store(low, Relaxed);
}

/// Empties a run, under an odd sequence.
pub(super) fn clear(header: &[AtomicU64; HEADER], buckets: &[AtomicU64]) {
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

/// Ends a measurement whose owner is missing, in a forked process. `sequence` is odd. For readers,
/// one at a time.
#[cold]
pub(super) fn finish_for_owner(run: &[AtomicU64], grid: Grid, sequence: u64) {
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
pub(super) fn write_sequenced(header: &[AtomicU64; HEADER], write: impl FnOnce(u64)) {
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
pub(super) fn lower(cell: &AtomicU64, value: f64) {
    if value < f64::from_bits(cell.load(Relaxed)) {
        cell.store(value.to_bits(), Relaxed);
    }
}

#[inline(always)]
pub(super) fn raise(cell: &AtomicU64, value: f64) {
    if value > f64::from_bits(cell.load(Relaxed)) {
        cell.store(value.to_bits(), Relaxed);
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
