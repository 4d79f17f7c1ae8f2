//! One series of a metric.

use super::block::Block;
use super::key::fixed_labels;
use super::state::{NEVER_RECYCLED, Removed, State};
use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::kind::ValueType;
use crate::metric::series_id::SeriesId;
use crate::shards::layout::Layout;

/// A series of a metric: small, `Copy`, and valid for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    pub(crate) block: &'static Block,
    /// The index of the first cell, the same in every shard. From
    /// [`SHARED`](crate::shards::layout::SHARED) on, it refers to shared cells.
    pub(crate) index: u32,
    /// The tenancy of the block when this value was made; [`NEVER_RECYCLED`] if it never changes.
    pub(crate) tenancy: u32,
}

impl Series {
    /// The single series of `block`.
    pub(crate) fn of(block: &'static Block) -> Self {
        Self { block, index: block.base(), tenancy: block.state().tenancy() }
    }

    /// The series at `position` in a block of fixed labels. The layout is a separate argument,
    /// because the recording path knows it at compile time.
    #[inline(always)]
    pub(crate) fn at(block: &'static Block, layout: Layout, position: usize) -> Self {
        // No truncation: `shape` limits blocks to 2^31 cells.
        #[expect(clippy::cast_possible_truncation)]
        let offset = layout.offset(position) as u32;
        Self { block, index: block.base() + offset, tenancy: NEVER_RECYCLED }
    }

    /// Whether the block still has the tenancy, and so the labels, of this series.
    #[inline(always)]
    pub(crate) fn is_current(self) -> bool {
        self.block.state().tenancy() == self.tenancy
    }

    /// The position of the series in its block.
    pub(crate) fn position(self) -> usize {
        self.block.layout().position((self.index - self.block.base()) as usize)
    }

    /// The series under the current tenancy of its block, and the block's state. If the series was
    /// removed, this brings it back. If the block was recycled for other labels, this is the
    /// overflow series.
    pub(crate) fn current(self) -> (Self, State) {
        let state = self.block.state();
        if state.tenancy() == self.tenancy {
            (self, state)
        } else if self.block.has_labels_of(self.tenancy) {
            (Self { tenancy: state.tenancy(), ..self }, state)
        } else {
            self.overflowing().current()
        }
    }

    /// The overflow series of the family. Counts the measurement as overflowing.
    pub(crate) fn overflowing(self) -> Self {
        self.drop_for(DropReason::Overflow);
        Self::of(self.block.owner().overflow_block())
    }

    /// Whether counts under `tag` belong to the series in `state`.
    pub(crate) fn counts(self, tag: u64, state: State) -> bool {
        self.counting(state)(tag)
    }

    /// Like [`counts`](Self::counts), for many tags.
    pub(crate) fn counting(self, state: State) -> impl Fn(u64) -> bool {
        let since = match self.removed() {
            Some((Removed::Epoch(epoch), _)) => epoch,
            Some((Removed::Baseline(_), _)) | None => 0,
        };
        move |tag| state.same_tenancy(tag) && State::epoch_of(tag) >= since
    }

    /// The last removal of a series with fixed labels, and the number of its removals.
    pub(crate) fn removed(self) -> Option<(Removed, u32)> {
        if self.tenancy == NEVER_RECYCLED { self.block.removed(self.position()) } else { None }
    }

    /// The identity of this series. It changes when the series is removed.
    pub(crate) fn id(self) -> SeriesId {
        let position = self.position();
        let removals = if self.tenancy == NEVER_RECYCLED {
            self.block.removals(position)
        } else {
            self.tenancy
        };
        SeriesId { block: std::ptr::from_ref(self.block).addr(), position, removals }
    }

    /// A number that changes when the series is removed.
    #[inline]
    pub(crate) fn removals(self) -> u32 {
        if self.tenancy == NEVER_RECYCLED {
            self.block.removals(self.position())
        } else {
            self.block.state().tenancy()
        }
    }

    /// Clears the value of a gauge. The series stays ready for the next value.
    pub(crate) fn unset(self) {
        let (series, _) = self.current();
        if let Some(_writing) = series.block.enter(series.tenancy) {
            series.block.clear_shared(series.position());
        }
    }

    /// Whether the sharded cells of this sum are plain cells, without a tag.
    pub(crate) fn is_plain(self) -> bool {
        self.tenancy == NEVER_RECYCLED && self.block.layout().width() == 1
    }

    pub(crate) fn labels(self) -> Labels {
        let fixed = || fixed_labels(self.block.descriptor(), self.position());
        self.block.labels().unwrap_or_else(fixed)
    }

    pub(crate) fn descriptor(self) -> &'static Descriptor {
        self.block.descriptor()
    }

    /// Whether this is the overflow series of its family.
    pub(crate) fn is_overflow(self) -> bool {
        self.block.owner().is_overflow(self.block)
    }

    pub(crate) fn value_type(self) -> ValueType {
        self.block.descriptor().value_type()
    }
}
