//! The buckets of an exponential histogram in the run of a single writer.
//!
//! The run has one cell for each of `max_size` buckets. The first cells are a window of consecutive
//! buckets for positive values, and the others are a window for negative values. Most histograms
//! never get a negative value: then all cells are for positive ones. If a value is outside of its
//! window, the owner moves the windows, and lowers the scale if the values need more buckets than
//! there are cells. This happens under the odd sequence of the measurement, and some dozen times in
//! the life of a run, because each time the range of the values has grown.

#[cfg(all(test, not(loom)))]
mod tests;

use super::index::{index, index_by_table};
use super::limits::MAX_SCALE;
use super::spans::{Spans, after, size};
use crate::rules::exponential::{ExponentialSettings, MAX_SIZE};
use crate::sync::{AtomicU64, Ordering::Relaxed};

/// How far the scale is below [`MAX_SCALE`], or [`MOVING`].
const LOWERED: usize = 0;
/// The index of the first bucket of both windows: in the lower half for positive values, in the
/// upper half for negative ones.
const FIRST: usize = 1;
/// The number of cells for positive values.
const SPLIT: usize = 2;
const ZEROS: usize = 3;
/// The number of cells before those of the buckets. In an empty run, all are 0.
pub(crate) const WIDTH: usize = 4;

/// Stands for the scale while the windows are moved.
const MOVING: u64 = u64::MAX;

/// The buckets of a run whose owner writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    cells: &'a [AtomicU64; WIDTH],
    buckets: &'a [AtomicU64],
}

impl<'a> Window<'a> {
    /// The buckets in these cells of a run, if there are enough.
    #[inline(always)]
    pub(crate) fn of(cells: &'a [AtomicU64], settings: ExponentialSettings) -> Option<Self> {
        let (cells, buckets) = cells.split_first_chunk()?;
        Some(Self { cells, buckets: buckets.get(..usize::from(settings.max_size))? })
    }

    /// The cell that counts values like `value`; `None` if it is outside of the windows.
    pub(crate) fn place(self, zero_threshold: f64, value: f64) -> Option<&'a AtomicU64> {
        self.place_by(|magnitude, scale| Some(index(magnitude, scale)), zero_threshold, value)
    }

    /// The cell that counts values like `value`, if it is found in the common way.
    #[inline(always)]
    pub(crate) fn place_by_table(self, zero_threshold: f64, value: f64) -> Option<&'a AtomicU64> {
        self.place_by(index_by_table, zero_threshold, value)
    }

    #[inline(always)]
    fn place_by(
        self,
        index: impl FnOnce(f64, i32) -> Option<i32>,
        zero_threshold: f64,
        value: f64,
    ) -> Option<&'a AtomicU64> {
        let magnitude = value.abs();
        if magnitude <= zero_threshold {
            return Some(&self.cells[ZEROS]);
        }
        let index = index(magnitude, self.scale())?;
        let (first, split) = (self.cells[FIRST].load(Relaxed), self.split());
        if value > 0.0 {
            let place = distance(first, index);
            self.buckets.get(place).filter(|_| place < split)
        } else {
            let place = distance(first >> 32, index);
            self.buckets.get(split..)?.get(place)
        }
    }

    #[inline(always)]
    fn scale(self) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "the scale is lowered 31 times")]
        let lowered = self.cells[LOWERED].load(Relaxed) as i32;
        MAX_SCALE - lowered
    }

    #[inline(always)]
    fn split(self) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "a number of cells of the run")]
        let split = self.cells[SPLIT].load(Relaxed) as usize;
        split
    }

    /// Adds `count` to the bucket of `value`. Under an odd sequence.
    pub(crate) fn add(self, settings: ExponentialSettings, value: f64, count: u64) {
        match self.place(settings.zero_threshold, value) {
            Some(cell) => add(cell, count),
            None => self.add_outside(settings, value, count),
        }
    }

    #[cold]
    #[inline(never)]
    fn add_outside(self, settings: ExponentialSettings, value: f64, count: u64) {
        self.make_room(Spans::of(value));
        if let Some(cell) = self.place(settings.zero_threshold, value) {
            add(cell, count);
        }
    }

    /// Adds the contents of another run. Under an odd sequence.
    pub(crate) fn absorb(self, contents: &Contents<'_>) {
        add(&self.cells[ZEROS], contents.zeros);
        if contents.spans().are_empty() {
            return;
        }
        self.make_room(contents.spans());
        self.add_all(contents, self.scale());
    }

    /// Adds counts to the windows, whose scale is `scale`.
    fn add_all(self, contents: &Contents<'_>, scale: i32) {
        let first = self.cells[FIRST].load(Relaxed);
        let by = contents.scale - scale;
        let (low, high) = self.buckets.split_at(self.split().min(self.buckets.len()));
        for ((first, counts), (cells, start)) in [contents.positive, contents.negative]
            .into_iter()
            .zip([(low, first), (high, first >> 32)])
        {
            for (index, count) in (first..).zip(counts).filter(|(_, count)| **count > 0) {
                if let Some(cell) = cells.get(distance(start, index >> by)) {
                    add(cell, *count);
                }
            }
        }
    }

    /// Makes the windows contain `new` buckets too.
    fn make_room(self, new: Spans) {
        let mut copy = [0; MAX_SIZE as usize];
        let copy = &mut copy[..self.buckets.len()];
        copy.iter_mut().zip(self.buckets).for_each(|(copy, cell)| *copy = cell.load(Relaxed));
        let header = self.cells.each_ref().map(|cell| cell.load(Relaxed));
        let mut before = Contents::of(&header, copy);
        // They stay where they are.
        before.zeros = 0;
        let spans = before.spans().fitted(new, self.buckets.len());
        let [positive, negative] = [size(spans.positive), size(spans.negative)];
        let free = self.buckets.len() - positive - negative;
        // A window with values gets its share of the free cells, half of them on either side.
        let (split, [before_positive, before_negative]) = match (positive, negative) {
            (_, 0) => (self.buckets.len(), [free / 2, 0]),
            (0, _) => (0, [0, free / 2]),
            _ => (positive + free / 2, [free / 4, free.div_ceil(2) / 2]),
        };
        let first = |span: Option<(i32, i32)>, before: usize| {
            let first = span.map_or(0, |(first, _)| first - after(0, before));
            u64::from(first.cast_unsigned())
        };
        self.cells[LOWERED].store(MOVING, Relaxed);
        self.buckets.iter().for_each(|cell| cell.store(0, Relaxed));
        let firsts =
            first(spans.positive, before_positive) | first(spans.negative, before_negative) << 32;
        self.cells[FIRST].store(firsts, Relaxed);
        self.cells[SPLIT].store(split as u64, Relaxed);
        self.add_all(&before, spans.scale);
        let lowered = (MAX_SCALE - spans.scale).cast_unsigned();
        self.cells[LOWERED].store(lowered.into(), Relaxed);
    }
}

/// Whether the windows of a run were being moved when its owner stopped.
pub(crate) fn is_moving(cells: &[AtomicU64]) -> bool {
    cells.first().is_some_and(|cell| cell.load(Relaxed) == MOVING)
}

/// The distance of an index from the one in the lower half of `first`. It is large if the index is
/// before that one.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the index is in the lower half")]
fn distance(first: u64, index: i32) -> usize {
    index.cast_unsigned().wrapping_sub(first as u32) as usize
}

#[inline(always)]
fn add(cell: &AtomicU64, count: u64) {
    cell.store(cell.load(Relaxed).wrapping_add(count), Relaxed);
}

/// The buckets in a copy of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Contents<'a> {
    pub(super) scale: i32,
    pub(super) zeros: u64,
    /// The index of the first bucket, and the counts, without empty buckets at the ends.
    pub(super) positive: (i32, &'a [u64]),
    pub(super) negative: (i32, &'a [u64]),
}

impl<'a> Contents<'a> {
    /// The buckets in the copied cells after the header of a run.
    pub(crate) fn of_cells(cells: &'a [u64]) -> Option<Self> {
        let (cells, buckets) = cells.split_first_chunk()?;
        Some(Self::of(cells, buckets))
    }

    #[expect(clippy::cast_possible_truncation, reason = "see the cells")]
    fn of(cells: &[u64; WIDTH], buckets: &'a [u64]) -> Self {
        let (low, high) = buckets.split_at(buckets.len().min(cells[SPLIT] as usize));
        let [positive, negative] =
            [cells[FIRST], cells[FIRST] >> 32].map(|first| (first as u32).cast_signed());
        Self {
            scale: MAX_SCALE - cells[LOWERED] as i32,
            zeros: cells[ZEROS],
            positive: trimmed(positive, low),
            negative: trimmed(negative, high),
        }
    }

    /// The number of values, modulo 2^64.
    pub(crate) fn count(&self) -> u64 {
        let counts = self.positive.1.iter().chain(self.negative.1);
        counts.fold(self.zeros, |count, bucket| count.wrapping_add(*bucket))
    }

    pub(super) fn spans(&self) -> Spans {
        let span = |(first, counts): (i32, &[u64])| {
            let last = counts.len().checked_sub(1)?;
            Some((first, after(first, last)))
        };
        Spans { scale: self.scale, positive: span(self.positive), negative: span(self.negative) }
    }
}

/// Subtracts what an earlier copy of the cells of a run holds. The run did not start over between
/// the copies.
pub(crate) fn subtract(cells: &mut [u64], earlier: &[u64]) {
    let Some(earlier) = Contents::of_cells(earlier) else { return };
    let Some((cells, buckets)) = cells.split_first_chunk_mut::<WIDTH>() else { return };
    cells[ZEROS] = cells[ZEROS].wrapping_sub(earlier.zeros);
    let now = Contents::of(cells, &[]);
    let by = earlier.scale - now.scale;
    #[expect(clippy::cast_possible_truncation, reason = "see the cells")]
    let (low, high) = buckets.split_at_mut((cells[SPLIT] as usize).min(buckets.len()));
    for ((first, counts), (start, buckets)) in [earlier.positive, earlier.negative]
        .into_iter()
        .zip([(cells[FIRST], low), (cells[FIRST] >> 32, high)])
    {
        for (index, count) in (first..).zip(counts) {
            if let Some(cell) = buckets.get_mut(distance(start, index >> by)) {
                *cell = cell.wrapping_sub(*count);
            }
        }
    }
}

/// Without empty buckets at the ends.
pub(super) fn trimmed(first: i32, counts: &[u64]) -> (i32, &[u64]) {
    let Some(begin) = counts.iter().position(|count| *count > 0) else { return (0, &[]) };
    let end = counts.iter().rposition(|count| *count > 0).map_or(begin, |last| last + 1);
    (after(first, begin), &counts[begin..end])
}
