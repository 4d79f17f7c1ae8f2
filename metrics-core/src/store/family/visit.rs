//! Visiting the series of a family, and changing all of its blocks.

use super::Family;
use crate::locks::{read, write};
use crate::store::series::Series;
use crate::sync::Ordering::Acquire;

/// How many blocks are touched before they are visited.
const TOGETHER: usize = 16;

impl Family {
    /// Visits every series that has memory.
    pub(crate) fn for_each_series(&'static self, visit: impl FnMut(Series)) {
        self.for_each_series_but(&[], visit);
    }

    /// Visits every series that has memory, but not the open series in the rows for which `skipped`
    /// is true. Their blocks are not read.
    pub(crate) fn for_each_series_but(
        &'static self,
        skipped: &[bool],
        mut visit: impl FnMut(Series),
    ) {
        if self.open {
            let table = read(&self.open_series().table);
            // A copy, so that new series do not wait for the reader. The copy holds only pointers
            // to the blocks: reading each block twice would double the time that a collection
            // waits for memory.
            let is_skipped = |row: usize| skipped.get(row).is_some_and(|skipped| *skipped);
            let blocks: Vec<_> = table
                .blocks()
                .enumerate()
                .filter_map(|(row, block)| (!is_skipped(row)).then_some(block))
                .collect();
            drop(table);
            for blocks in blocks.chunks(TOGETHER) {
                blocks.iter().for_each(|block| block.touch());
                blocks.iter().for_each(|block| visit(Series::of(block)));
            }
        } else if self.fixed_block.reserved_base_if_any().is_some() {
            for position in 0..self.fixed_block.series() {
                visit(Series::at(&self.fixed_block, self.fixed_block.layout(), position));
            }
        }
        if let Some(block) = self.overflow() {
            visit(Series::of(block));
        }
    }

    /// Takes notice that exemplars were switched on or off.
    pub(crate) fn exemplars_switched(&'static self) {
        self.fixed_block.exemplars_switched();
        if !self.open {
            return;
        }
        // Under the lock: a series that is made later sees the switch.
        let table = write(&self.open_series().table);
        table.blocks().for_each(|block| block.exemplars_switched());
        if let Some(overflow) = self.overflow() {
            overflow.exemplars_switched();
        }
    }

    /// Starts or stops forwarding every measurement.
    pub(crate) fn set_subscribed(&'static self, subscribed: bool) {
        let mut table = write(&self.open_series().table);
        table.set_subscribed(subscribed);
        self.fixed_block.set_subscribed(subscribed);
        if let Some(overflow) = self.overflow() {
            overflow.set_subscribed(subscribed);
        }
    }

    /// The number of blocks of open series that have shared cells.
    pub(crate) fn shared_blocks(&self) -> u32 {
        // Acquire: pairs with the release in `note_shared`.
        self.open_series.get().map_or(0, |open| open.shared.load(Acquire))
    }
}
