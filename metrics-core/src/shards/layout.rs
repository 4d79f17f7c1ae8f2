//! Where the cells of a series lie: indices into every shard.

use std::sync::Mutex;

use super::shard::{SEGMENT, SEGMENTS};
use crate::cells::{histogram, sum};
use crate::metric::descriptor::Definition;
use crate::metric::kind::{MetricType, ValueType};
use crate::sync::lock;

/// The first index that means shared cells instead of sharded ones.
pub(crate) const SHARED: u32 = 1 << 31;

/// How series of one width lie behind each other without a run crossing a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    width: usize,
    per_segment: usize,
}

impl Layout {
    pub(crate) const fn new(definition: &Definition, open: bool) -> Self {
        let width = match definition.metric_type {
            MetricType::Histogram => histogram::width(definition.boundaries.len()),
            MetricType::Counter | MetricType::UpDownCounter
                if open || matches!(definition.value_type, ValueType::F64) =>
            {
                sum::WIDTH
            }
            // A plain cell. Gauges have shared cells only; the width makes their offsets 0, 1, 2 …
            MetricType::Counter | MetricType::UpDownCounter | MetricType::Gauge => 1,
        };
        Self { width, per_segment: SEGMENT / width }
    }

    pub(crate) const fn width(self) -> usize {
        self.width
    }

    /// From a series' place in its block to the distance of its first cell from the block's.
    #[inline(always)]
    pub(crate) const fn distance(self, place: usize) -> usize {
        place / self.per_segment * SEGMENT + place % self.per_segment * self.width
    }

    /// Back from a distance to the place.
    pub(crate) const fn place(self, distance: usize) -> usize {
        distance / SEGMENT * self.per_segment + distance % SEGMENT / self.width
    }
}

/// The first index that is not given away. Index 0 is never given: it means "no place yet".
static NEXT: Mutex<usize> = Mutex::new(1);

/// Reserves indices for `series` series; [`SHARED`] if the budget for sharded memory is spent.
pub(crate) fn reserve(series: usize, layout: Layout) -> u32 {
    let mut next = lock(&NEXT);
    let cells = layout.distance(series - 1) + layout.width;
    let room = SEGMENT - *next % SEGMENT;
    // What does not fit into the rest of this segment begins at the next one.
    let base = if cells <= room { *next } else { next.next_multiple_of(SEGMENT) };
    let end = base + cells;
    if end > SEGMENT * SEGMENTS {
        return SHARED;
    }
    *next = end;
    u32::try_from(base).unwrap_or(SHARED)
}
