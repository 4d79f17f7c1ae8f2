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

/// A series of a metric: small, `Copy`, valid for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    pub(crate) block: &'static Block,
    /// Of the first cell in every shard; from [`SHARED`] on, of shared cells.
    pub(crate) index: u32,
    /// The block's tenancy when this was made; [`NEVER_RECYCLED`] if it never changes.
    pub(crate) tenancy: u32,
}

impl Series {
    /// The only series of `block`.
    pub(crate) fn of(block: &'static Block) -> Self {
        Self { block, index: block.base(), tenancy: block.state().tenancy() }
    }

    /// The series at `place` of a block of fixed labels. Its layout comes apart from it, because the
    /// recording path knows that while compiling.
    #[inline(always)]
    pub(crate) fn at(block: &'static Block, layout: Layout, place: usize) -> Self {
        // Never cut: the series limit keeps blocks below 2^31 cells, see `Shape`.
        #[expect(clippy::cast_possible_truncation)]
        let distance = layout.distance(place) as u32;
        Self { block, index: block.base() + distance, tenancy: NEVER_RECYCLED }
    }

    /// Whether the block still stands for the labels it had when this was made.
    #[inline(always)]
    pub(crate) fn is_current(self) -> bool {
        self.block.state().tenancy() == self.tenancy
    }

    /// The place in the block.
    pub(crate) fn place(self) -> usize {
        self.block.layout().place((self.index - self.block.base()) as usize)
    }

    /// The series as it is now, and its block's state: a handle to a removed series brings it back;
    /// one to a series whose memory serves other labels since goes to the overflow series.
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

    /// The family's overflow series, for a measurement that has to go there.
    pub(crate) fn overflowing(self) -> Self {
        self.drop_for(DropReason::Overflow);
        Self::of(self.block.owner().overflow_block())
    }

    /// Whether what was counted under `tag` belongs to the series as it is in `state`.
    pub(crate) fn counts(self, tag: u64, state: State) -> bool {
        self.counting(state)(tag)
    }

    /// As [`counts`](Self::counts), for many tags.
    pub(crate) fn counting(self, state: State) -> impl Fn(u64) -> bool {
        let since = match self.removed() {
            Some((Removed::Epoch(epoch), _)) => epoch,
            Some((Removed::Baseline(_), _)) | None => 0,
        };
        move |tag| state.same_tenancy(tag) && State::epoch_of(tag) >= since
    }

    /// How a series with fixed labels was removed last, and how often it was.
    pub(crate) fn removed(self) -> Option<(Removed, u32)> {
        if self.tenancy == NEVER_RECYCLED { self.block.removed(self.place()) } else { None }
    }

    /// What tells this series from all others, and from itself before it was removed.
    pub(crate) fn id(self) -> SeriesId {
        let place = self.place();
        let removals =
            if self.tenancy == NEVER_RECYCLED { self.block.removals(place) } else { self.tenancy };
        SeriesId { block: std::ptr::from_ref(self.block).addr(), place, removals }
    }

    /// Tells whether the series was removed between two calls: then the results differ.
    #[inline]
    pub(crate) fn removals(self) -> u32 {
        if self.tenancy == NEVER_RECYCLED {
            self.block.removals(self.place())
        } else {
            self.block.state().tenancy()
        }
    }

    /// Forgets the value of a gauge; the series stays ready for the next one.
    pub(crate) fn unset(self) {
        let (series, _) = self.current();
        if let Some(_writing) = series.block.enter(series.tenancy) {
            series.block.clear_shared(series.place());
        }
    }

    /// Whether the sharded cells of this sum are plain ones, without a tag.
    pub(crate) fn is_plain(self) -> bool {
        self.tenancy == NEVER_RECYCLED && self.block.layout().width() == 1
    }

    pub(crate) fn labels(self) -> Labels {
        let fixed = || fixed_labels(self.block.descriptor(), self.place());
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
