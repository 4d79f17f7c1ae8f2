//! The state of a block: the current meaning of its cells.

/// The bit of the state that is set while a handler subscribes to every measurement. No tag has
/// this bit, so every write takes the slow path, which forwards the measurement.
pub(crate) const SUBSCRIBED: u64 = 1 << 31;

pub(crate) const TENANCY: u32 = 32;

pub(crate) const EPOCH: u64 = SUBSCRIBED - 1;

/// The tenancy of blocks that are never recycled.
pub(crate) const NEVER_RECYCLED: u32 = 0;

/// The current meaning of a block's cells: tenancy, epoch and subscription.
///
/// The *tenancy* counts how often the block started over, because its series was removed or because
/// the block was recycled for other labels. The *epoch* counts how often one of several tagged
/// series of the block was removed. Tenancy and epoch together are the tag of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(pub(super) u64);

impl State {
    /// The tag that a run must have so that the fast path writes to it.
    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    #[inline(always)]
    pub(crate) fn tenancy(self) -> u32 {
        (self.0 >> TENANCY) as u32
    }

    pub(crate) fn epoch_of(tag: u64) -> u64 {
        tag & EPOCH
    }

    /// The state after another tagged series of the block is removed.
    pub(crate) fn next_epoch(self) -> Self {
        Self(self.0 & !EPOCH | (self.0 + 1) & EPOCH)
    }

    #[inline(always)]
    pub(crate) fn is_subscribed(self) -> bool {
        self.0 & SUBSCRIBED != 0
    }

    /// The tag for new counts.
    pub(crate) fn tag(self) -> u64 {
        self.0 & !SUBSCRIBED
    }

    /// Whether a run with `tag` holds counts of this tenancy. An unwritten run has tag 0.
    pub(crate) fn same_tenancy(self, tag: u64) -> bool {
        tag != 0 && tag >> TENANCY == self.0 >> TENANCY
    }
}

/// The tenancy after `tenancy`; never [`NEVER_RECYCLED`].
pub(crate) fn next_tenancy(tenancy: u32) -> u32 {
    tenancy.checked_add(1).unwrap_or(NEVER_RECYCLED + 1)
}

/// How a series was removed from a block that it shares with other series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Removed {
    /// A plain sum: the total of its cells at the removal, which later reads subtract.
    Baseline(u64),
    /// A series with tags: runs tagged before this epoch are void.
    Epoch(u64),
}
