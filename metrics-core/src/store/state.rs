//! Stamps: which contents of a block's cells count.
//!
//! A block has a stamp, which grows whenever one of its series is removed and whenever the block is
//! recycled for other labels. A run of cells begins with the stamp of the moment when it was
//! counted, its *tag*. A run counts if nothing voided it since. A stamp has 63 bits: at one removal
//! a nanosecond, it would wrap after 292 years.

/// The first stamp of a block.
pub(crate) const FIRST_STAMP: u64 = 1;

/// The tag of an unwritten run, which no block has as its stamp.
pub(crate) const NO_STAMP: u64 = 0;

/// The last removal of a series that shares its block with other series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Removal {
    /// The stamp that the block got by the removal. Runs with an earlier tag are void.
    pub(crate) stamp: u64,
    /// The total of the plain cells at the removal, which later reads subtract.
    pub(crate) baseline: u64,
    /// When: see [`clock`](crate::clock).
    pub(crate) at: u64,
}

/// When a measurement was counted, in the lives of its series. A life of a series goes from its
/// creation, or from a removal, to the next removal. A measurement belongs to exactly one life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life(u64);

/// The bit that is set if the measurement was counted in a shared cell.
const IN_SHARED_CELL: u64 = 1 << 63;

impl Life {
    /// The life of a measurement that was not counted. No shared cell has as many lives.
    pub(crate) const NONE: Self = Self(u64::MAX);

    /// The life in which a run had this tag.
    #[inline(always)]
    pub(crate) fn of_run(tag: u64) -> Self {
        Self(tag)
    }

    /// The life in which a shared cell had this life.
    pub(crate) fn of_shared(life: u64) -> Self {
        Self(life | IN_SHARED_CELL)
    }

    /// The tag of the run, if the measurement was counted in a run.
    #[inline(always)]
    pub(crate) fn run(self) -> Option<u64> {
        Some(self.0).filter(|tag| tag & IN_SHARED_CELL == 0)
    }

    /// The life of the shared cell, if the measurement was counted in one.
    #[inline(always)]
    pub(crate) fn shared(self) -> Option<u64> {
        Some(self.0 & !IN_SHARED_CELL).filter(|life| *life != self.0)
    }
}

/// The reason for the end of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The program removes the series, or its memory is used for other labels.
    Removal,
    /// Nothing was recorded for some time. A gauge that is set at the same moment keeps its value.
    Expiry,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_that_of_a_run_or_of_a_shared_cell() {
        for number in [0, 1, 2, 1 << 32, (1 << 63) - 1] {
            let (run, shared) = (Life::of_run(number), Life::of_shared(number));
            assert_eq!((run.run(), run.shared()), (Some(number), None));
            assert_eq!((shared.run(), shared.shared()), (None, Some(number)));
        }
    }
}
