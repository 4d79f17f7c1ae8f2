//! One series of a metric.

use std::time::SystemTime;

use super::block::Block;
use super::key::{fixed_label_values, fixed_labels};
use super::shared::Shared;
use super::state::{End, FIRST_STAMP, NO_STAMP, Removal};
use crate::cells::gate::Writing;
use crate::clock;
use crate::labels::set::Labels;
use crate::labels::value::LabelRef;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::series_id::SeriesId;
use crate::rules::kind::ValueType;
use crate::shards::layout::{Layout, SHARED};

/// A series of a metric: small, `Copy`, and valid for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    pub(crate) block: &'static Block,
    /// One word, so that a series is passed in two registers.
    place: u64,
}

/// The bit that is set in the place of a series with fixed labels. The other bits of such a place
/// are the offset of the series' first cell in its block. The place of an open series is the stamp
/// of its block when this value was made.
const FIXED: u64 = 1 << 63;

impl Series {
    /// The single series of an open `block`.
    pub(crate) fn of(block: &'static Block) -> Self {
        Self { block, place: block.stamp() }
    }

    /// The series at `position` in a block of fixed labels. The layout is a separate argument,
    /// because the recording path knows it at compile time.
    #[inline(always)]
    pub(crate) fn at(block: &'static Block, layout: Layout, position: usize) -> Self {
        Self::at_offset(block, layout.offset(position) as u64)
    }

    /// The series whose cells begin at `offset` in a block of fixed labels.
    #[inline(always)]
    pub(crate) fn at_offset(block: &'static Block, offset: u64) -> Self {
        Self { block, place: FIXED | offset }
    }

    /// The same series, as if it had been removed: it is never current again.
    pub(crate) fn never_current(self) -> Self {
        Self { place: NO_STAMP, ..self }
    }

    /// The same series, of which the compiler knows that it is open.
    #[inline(always)]
    pub(crate) fn known_as_open(self) -> Self {
        Self { place: self.place & !FIXED, ..self }
    }

    #[inline(always)]
    pub(crate) fn is_fixed(self) -> bool {
        self.place & FIXED != 0
    }

    /// The offset of the first cell from the first cell of the block.
    #[inline(always)]
    pub(crate) fn offset(self) -> u32 {
        // No truncation: `shape` limits blocks to 2^30 cells.
        #[expect(clippy::cast_possible_truncation)]
        if self.is_fixed() { self.place as u32 } else { 0 }
    }

    /// The index of the first cell, the same in every shard. No shard has cells at this index while
    /// every measurement must take the slow path.
    #[inline(always)]
    pub(crate) fn index(self) -> u32 {
        self.block.base() + self.offset()
    }

    /// The index of the first cell, reserved by the first call. From
    /// [`SHARED`](crate::shards::layout::SHARED) on, it refers to shared cells.
    pub(crate) fn reserved_index(self) -> u32 {
        self.block.reserved_base() + self.offset()
    }

    /// The index of the first cell of an open series that keeps all that was ever recorded in it in
    /// cells of shards; `None` for another series.
    pub(crate) fn steady_index(self) -> Option<u32> {
        let index = self.block.reserved_base_if_any().filter(|index| *index < SHARED)?;
        let is_steady = !self.is_fixed()
            && self.block.shared_if_any().is_none()
            && !self.block.is_any_removed();
        is_steady.then_some(index)
    }

    /// Whether this value is up to date when the block has `stamp`: an open series has the same
    /// labels, and was not removed since. A series with fixed labels always is.
    #[inline(always)]
    pub(crate) fn is_current_at(self, stamp: u64) -> bool {
        self.is_fixed() || self.place == stamp
    }

    /// Whether this is an open series, and up to date when the block has `stamp`.
    #[inline(always)]
    pub(crate) fn is_open_and_current_at(self, stamp: u64) -> bool {
        // No stamp has the bit `FIXED`.
        self.place == stamp
    }

    /// See [`is_current_at`](Self::is_current_at).
    #[inline(always)]
    pub(crate) fn is_current(self) -> bool {
        self.is_current_at(self.block.stamp())
    }

    /// The position of the series in its block.
    pub(crate) fn position(self) -> usize {
        // Without a division for the only series of an open block.
        if self.is_fixed() { self.block.layout().position(self.offset() as usize) } else { 0 }
    }

    /// The row of the series in the order in which its family visits its series; `None` for the
    /// overflow series.
    pub(crate) fn row(self) -> Option<usize> {
        if self.is_fixed() { Some(self.position()) } else { self.block.row() }
    }

    /// The series at the current stamp of its block, and that stamp. If the series was removed,
    /// this brings it back. If the block was recycled for other labels, this is the overflow
    /// series.
    pub(crate) fn current(self) -> (Self, u64) {
        let stamp = self.block.stamp();
        if self.is_current_at(stamp) {
            (self, stamp)
        } else if self.block.has_labels_of(self.place) {
            (Self { place: stamp, ..self }, stamp)
        } else {
            self.overflowing().current()
        }
    }

    /// Whether the block still has the labels of this series.
    pub(crate) fn has_its_labels(self) -> bool {
        self.is_fixed() || self.block.has_labels_of(self.place)
    }

    /// Whether both are the same series, and its memory was not recycled for other labels.
    pub(crate) fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.block, other.block)
            && self.offset() == other.offset()
            && self.has_its_labels()
            && other.has_its_labels()
    }

    /// Lets this series write to shared cells, or to a run for the first time: see
    /// [`Block::enter`].
    #[inline]
    pub(crate) fn enter(self) -> Option<Writing<'static>> {
        // Fixed labels are always admitted.
        self.block.enter(if self.is_fixed() { u64::MAX } else { self.place })
    }

    /// The overflow series of the family. Counts the measurement as overflowing.
    pub(crate) fn overflowing(self) -> Self {
        self.drop_for(DropReason::Overflow);
        Self::of(self.block.owner().overflow_block())
    }

    /// Whether counts under `tag` belong to the current life of this series.
    pub(crate) fn counts(self, tag: u64) -> bool {
        self.counting()(tag)
    }

    /// Like [`counts`](Self::counts), for many tags.
    pub(crate) fn counting(self) -> impl Fn(u64) -> bool {
        let (first, last) =
            if self.is_fixed() { (self.life(), u64::MAX) } else { (self.place, self.place) };
        move |tag| first <= tag && tag <= last
    }

    /// The stamp with which the current life of the series began.
    pub(crate) fn life(self) -> u64 {
        if self.is_fixed() {
            self.removal().map_or(FIRST_STAMP, |removal| removal.stamp)
        } else {
            self.place
        }
    }

    /// The last removal of a series with fixed labels.
    pub(crate) fn removal(self) -> Option<Removal> {
        if self.is_fixed() { self.block.removal(self.position()) } else { None }
    }

    /// The identity of this series. It changes when the series is removed.
    pub(crate) fn id(self) -> SeriesId {
        let block = std::ptr::from_ref(self.block).addr();
        SeriesId { block, position: self.position(), life: self.life() }
    }

    /// Clears the value of a gauge. The series stays ready for the next value.
    pub(crate) fn unset(self) {
        let (series, _) = self.current();
        if let Some(_writing) = series.enter() {
            series.block.clear_shared(series.position(), End::Removal);
        }
    }

    /// Whether a gauge was set since the last call; `None` for other kinds. The caller keeps
    /// readers out.
    pub(crate) fn take_fresh(self) -> Option<bool> {
        match self.block.shared_if_any()? {
            Shared::Gauges(gauges) => Some(gauges[self.position()].take_fresh()),
            Shared::Sums(_) | Shared::Histograms(_) => None,
        }
    }

    /// When the current life of the series began.
    pub(crate) fn created(self) -> SystemTime {
        let removed = || self.removal().map_or_else(clock::start, |removal| removal.at);
        clock::time(if self.is_fixed() { removed() } else { self.block.created() })
    }

    /// Whether the sharded cells of this sum are plain cells, without a tag.
    pub(crate) fn is_plain(self) -> bool {
        self.is_fixed() && self.block.layout().width() == 1
    }

    pub(crate) fn labels(self) -> Labels {
        let fixed = || fixed_labels(self.block.descriptor(), self.position());
        self.block.labels().unwrap_or_else(fixed)
    }

    /// The labels of a series with fixed labels only, without an allocation.
    pub(crate) fn fixed_labels(self) -> impl Iterator<Item = (&'static str, LabelRef<'static>)> {
        fixed_label_values(self.descriptor(), self.position())
    }

    #[inline(always)]
    pub(crate) fn descriptor(self) -> &'static Descriptor {
        self.block.descriptor()
    }

    /// Whether this is the overflow series of its family.
    pub(crate) fn is_overflow(self) -> bool {
        self.block.owner().is_overflow(self.block)
    }

    #[inline(always)]
    pub(crate) fn value_type(self) -> ValueType {
        self.block.descriptor().value_type()
    }
}
