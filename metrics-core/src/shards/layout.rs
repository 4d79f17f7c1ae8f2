//! The positions of a series' cells: indices that are the same in every shard.

use std::sync::Mutex;

use super::shard::{SEGMENT, SEGMENTS, leads_to_no_series};
use crate::cells::grid::Grid;
use crate::cells::histogram::run;
use crate::cells::sum;
use crate::locks::lock;
use crate::metric::definition::Definition;
use crate::rules::kind::{MetricType, ValueType};

/// Indices from here on refer to shared cells instead of sharded cells.
pub(crate) const SHARED: u32 = 1 << 31;

const _: () = assert!(leads_to_no_series(SHARED));

/// The layout of consecutive series of one width, in which no run crosses the end of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    width: u32,
    per_segment: u32,
}

/// The number of cells of a series, as far as the kind of a handle determines it.
#[derive(Debug, Clone, Copy)]
pub enum Width {
    /// This number.
    Known(usize),
    /// The number depends on the histogram's buckets.
    OfBuckets,
    /// The kind is not known.
    Unknown,
}

/// The width of a plain cell. Gauges have shared cells only; this width makes their offsets 0, 1, 2
/// and so on.
pub(crate) const SINGLE: usize = 1;

/// The width of a sum with a tag.
pub(crate) const SUM: usize = sum::WIDTH;

impl Layout {
    /// The layout of series of `width` cells.
    #[inline(always)]
    pub(crate) const fn of_width(width: usize) -> Self {
        // No truncation: a run is no longer than a segment.
        #[expect(clippy::cast_possible_truncation)]
        Self { width: width as u32, per_segment: (SEGMENT / width) as u32 }
    }

    pub(crate) const fn new(definition: &Definition, open: bool) -> Self {
        Self::of_width(match definition.stored_type() {
            MetricType::Histogram => return Self::of_histogram(definition.grid()),
            MetricType::Counter | MetricType::UpDownCounter
                if open
                    || matches!(definition.metric_type, MetricType::UpDownCounter)
                    || matches!(definition.value_type, ValueType::F64) =>
            {
                SUM
            }
            MetricType::Counter | MetricType::UpDownCounter | MetricType::Gauge => SINGLE,
        })
    }

    /// The layout of histograms.
    pub(crate) const fn of_histogram(grid: Grid) -> Self {
        Self::of_width(run::width(grid))
    }

    pub(crate) const fn width(self) -> usize {
        self.width as usize
    }

    const fn per_segment(self) -> usize {
        self.per_segment as usize
    }

    /// The offset of a series' first cell from the first cell of its block, for the series at
    /// `position`.
    #[inline(always)]
    pub(crate) const fn offset(self, position: usize) -> usize {
        position / self.per_segment() * SEGMENT + position % self.per_segment() * self.width()
    }

    /// The position of the series at `offset`: the inverse of [`offset`](Self::offset).
    pub(crate) const fn position(self, offset: usize) -> usize {
        offset / SEGMENT * self.per_segment() + offset % SEGMENT / self.width()
    }
}

/// The first free index. Index 0 is never reserved: it means "not reserved yet".
static NEXT: Mutex<usize> = Mutex::new(1);

/// Reserves indices for `series` series; [`SHARED`] if the budget for sharded memory is used up.
pub(crate) fn reserve(series: usize, layout: Layout) -> u32 {
    let mut next = lock(&NEXT);
    let cells = layout.offset(series - 1) + layout.width();
    // A sum begins at a multiple of its width: see `shard::sum`.
    let first = if layout.width() == SUM { next.next_multiple_of(SUM) } else { *next };
    let room = SEGMENT - first % SEGMENT;
    // Cells that do not fit into the rest of this segment begin at the next segment.
    let base = if cells <= room { first } else { first.next_multiple_of(SEGMENT) };
    let end = base + cells;
    if end > SEGMENT * SEGMENTS {
        return SHARED;
    }
    *next = end;
    u32::try_from(base).unwrap_or(SHARED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_begins_at_a_multiple_of_its_width() {
        for width in [SINGLE, 15, SUM, 3 * SINGLE, SUM] {
            let layout = Layout::of_width(width);
            let base = reserve(5, layout) as usize;
            for position in 0..5 {
                let index = base + layout.offset(position);
                assert!(width != SUM || index.is_multiple_of(SUM), "{width} {index}");
                assert!(index % SEGMENT + width <= SEGMENT, "{width} {index}");
            }
        }
    }
}
