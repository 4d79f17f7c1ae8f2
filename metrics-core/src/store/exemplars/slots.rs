//! Where candidates wait for a reader: a slot for each cell that ever had one.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::cells::candidate::Slot;
use crate::labels::value::LabelValue;
use crate::locks::get_or_init;
use crate::shards::shard::{SEGMENT, SEGMENTS};

/// A measurement that may become an exemplar.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The stamp of the block when the measurement was made: tells the life of the series.
    pub(crate) tag: u64,
    /// The increment or the recorded value.
    pub(crate) bits: u64,
    /// See [`clock`](crate::clock).
    pub(crate) time: u64,
    /// The ids of trace and span.
    pub(crate) span: Option<([u8; 16], [u8; 8])>,
    pub(crate) labels: Vec<(Cow<'static, str>, LabelValue)>,
}

type Slots = [OnceLock<Box<Slot<Candidate>>>; SEGMENT];

/// The slots by the index of their cell. As there are no more cells than the budget of sharded
/// memory allows, the memory of the slots is limited too.
static SLOTS: [OnceLock<Box<Slots>>; SEGMENTS] = [const { OnceLock::new() }; SEGMENTS];

/// The slot of the cell `index`, made by the first call; `None` beyond the memory of sharded cells.
pub(super) fn slot(index: u32) -> Option<&'static Slot<Candidate>> {
    let segment = SLOTS.get(index as usize / SEGMENT)?;
    let slots = get_or_init(segment, || Box::new([const { OnceLock::new() }; SEGMENT]));
    let slot = get_or_init(&slots[index as usize % SEGMENT], || Box::new(Slot::new()));
    Some(slot.as_ref())
}

/// Takes the candidates of `interval`, with the index of the cell and the key of each.
pub(crate) fn take_all(interval: u16, mut f: impl FnMut(u32, f32, Candidate)) {
    for (number, segment) in SLOTS.iter().enumerate() {
        let Some(slots) = segment.get() else { continue };
        for (position, slot) in slots.iter().enumerate() {
            if let Some((key, candidate)) = slot.get().and_then(|slot| slot.take(interval)) {
                f(index(number * SEGMENT + position), key, candidate);
            }
        }
    }
}

/// Takes the candidates of `interval` from the `width` cells from `first` on.
pub(crate) fn take(interval: u16, first: u32, width: u32, mut f: impl FnMut(u32, f32, Candidate)) {
    let Some(Some(slots)) = SLOTS.get(first as usize / SEGMENT).map(OnceLock::get) else { return };
    let begin = first as usize % SEGMENT;
    for (position, slot) in slots[begin..begin + width as usize].iter().enumerate() {
        if let Some((key, candidate)) = slot.get().and_then(|slot| slot.take(interval)) {
            f(first + index(position), key, candidate);
        }
    }
}

/// No truncation: the index of a cell.
#[expect(clippy::cast_possible_truncation)]
fn index(index: usize) -> u32 {
    index as u32
}
