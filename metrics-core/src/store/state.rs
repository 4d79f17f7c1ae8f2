//! The state of a block: what its cells stand for at the moment.

/// A bit of the state: somebody wants every measurement. No tag has it, so every write takes the
/// slow path, which forwards.
pub(crate) const SUBSCRIBED: u64 = 1 << 31;

pub(crate) const TENANCY: u32 = 32;

pub(crate) const EPOCH: u64 = SUBSCRIBED - 1;

/// The tenancy of blocks that are never recycled.
pub(crate) const NEVER_RECYCLED: u32 = 0;

/// What a block's cells stand for at the moment: tenancy, epoch, subscription.
///
/// The *tenancy* counts how often the block started over, because its series was removed or because
/// it was recycled for other labels. The *epoch* counts how often one of several tagged series in it was
/// removed. Both together are the tag that a run carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(pub(super) u64);

impl State {
    /// What a run's tag must be to be written to.
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

    /// The state when another of its tagged series is removed.
    pub(crate) fn next_epoch(self) -> Self {
        Self(self.0 & !EPOCH | (self.0 + 1) & EPOCH)
    }

    #[inline(always)]
    pub(crate) fn is_subscribed(self) -> bool {
        self.0 & SUBSCRIBED != 0
    }

    /// The tag to write under.
    pub(crate) fn tag(self) -> u64 {
        self.0 & !SUBSCRIBED
    }

    /// Whether a run with `tag` holds counts of this tenancy. Tag 0 is a run never written.
    pub(crate) fn same_tenancy(self, tag: u64) -> bool {
        tag != 0 && tag >> TENANCY == self.0 >> TENANCY
    }
}

/// The tenancy after `tenancy`; never [`NEVER_RECYCLED`].
pub(crate) fn next_tenancy(tenancy: u32) -> u32 {
    tenancy.checked_add(1).unwrap_or(NEVER_RECYCLED + 1)
}

/// How a series among others in its block was removed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Removed {
    /// A plain sum: what its cells held then is no longer counted.
    Baseline(u64),
    /// Anything with a tag: runs from before this epoch are void.
    Epoch(u64),
}
