//! Shards: the cells of each thread, at the same indices in every shard.
//!
//! A cell has the same index in every shard, and a series gets its indices once, for all threads. A
//! shard is a table of segments, which are allocated when they are first written. Only the thread
//! that owns a shard writes to it. Readers read the copies of a segment in all shards.
//!
//! When a thread ends, its shard moves to a free list with all its counts, and the next new thread
//! continues with it. Readers fold the shards in the list into one. So no count is lost, and there
//! are hardly more shards to read than there are threads. The memory of emptied segments is used
//! again; it is not returned to the system.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex};

use crate::cells::sum;
use crate::locks::lock;
use crate::sync::{AtomicU64, Ordering::Relaxed};

/// Cells in a segment: 4 KiB.
pub(crate) const SEGMENT: usize = 512;

/// Segments in a shard. This is the budget for sharded memory: at most 2 MiB for each thread.
pub(crate) const SEGMENTS: usize = 512;

/// The cells of one segment in one shard.
pub(crate) type Segment = [AtomicU64; SEGMENT];

/// A segment's number, and the segment in one shard.
pub(crate) type Numbered = (usize, &'static Segment);

type Table = [Cell<Option<&'static Segment>>; SEGMENTS];

thread_local! {
    /// The segments of the shard that this thread currently writes to. The table has no destructor,
    /// so it can be read until the very end of the thread.
    static TABLE: Table = const { [const { Cell::new(None) }; SEGMENTS] };

    /// Gives the shard back when the thread ends.
    static OWNER: Owner = const { Owner(RefCell::new(Shard::UNCLAIMED)) };
}

/// Shards of ended threads.
static FREE: Mutex<Vec<Shard>> = Mutex::new(Vec::new());

/// For each segment, its copies in all shards.
static COPIES: [Mutex<Vec<&'static Segment>>; SEGMENTS] =
    [const { Mutex::new(Vec::new()) }; SEGMENTS];

/// Zeroed segments, which readers do not read, for any shard and any number.
static ZEROED: Mutex<Vec<&'static Segment>> = Mutex::new(Vec::new());

/// The segments that one thread writes to.
#[derive(Debug)]
pub(crate) struct Shard {
    segments: Vec<Numbered>,
    role: Role,
    /// The lists in which readers find the segments. Empty unless the shard belongs to a capture.
    lists: Vec<SegmentList>,
}

/// The segments that readers of a capture read.
pub(crate) type SegmentList = Arc<Mutex<Vec<Numbered>>>;

/// The purpose of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Nothing yet: the thread has not looked for a free shard to continue with.
    Unclaimed,
    /// A thread's measurements.
    Thread,
    /// The measurements of a capture. The shard begins at zero, and no other thread takes it over.
    Capture,
}

impl Shard {
    pub(crate) const UNCLAIMED: Self =
        Self { segments: Vec::new(), role: Role::Unclaimed, lists: Vec::new() };

    /// A shard for a capture. Its segments are added to `lists`: the list of the capture and the
    /// lists of the captures around it, which see the same measurements.
    pub(crate) fn for_capture(lists: Vec<SegmentList>) -> Self {
        Self { segments: Vec::new(), role: Role::Capture, lists }
    }

    /// An empty shard into which other shards are folded.
    pub(crate) fn for_fold() -> Self {
        Self { role: Role::Thread, ..Self::UNCLAIMED }
    }

    /// A shard of the segments of an ended capture, whose counts could not be moved. It may have
    /// several segments of one number; a thread that continues with it writes to the last one.
    pub(crate) fn of_lost(segments: Vec<Numbered>) -> Self {
        Self { segments, ..Self::for_fold() }
    }

    /// Leaves the shard to the next new thread.
    pub(crate) fn release(self) {
        if self.role == Role::Thread && !self.segments.is_empty() {
            // The lock orders this thread's writes before those of the shard's next owner.
            lock(&FREE).push(self);
        }
    }
}

struct Owner(RefCell<Shard>);

impl Drop for Owner {
    fn drop(&mut self) {
        let shard = std::mem::replace(self.0.get_mut(), Shard::UNCLAIMED);
        leave(&shard);
        shard.release();
    }
}

fn leave(shard: &Shard) {
    TABLE.with(|table| shard.segments.iter().for_each(|(number, _)| table[*number].set(None)));
}

fn enter(shard: &Shard) {
    TABLE.with(|table| {
        shard.segments.iter().for_each(|(number, segment)| table[*number].set(Some(segment)));
    });
}

/// The segment of the cell `index` in this thread's shard, if it is allocated.
#[inline(always)]
fn segment(index: u32) -> Option<&'static Segment> {
    TABLE.with(|table| table.get(index as usize / SEGMENT)?.get())
}

/// The cell `index` in this thread's shard, if its segment is allocated.
#[inline(always)]
pub(crate) fn cell(index: u32) -> Option<&'static AtomicU64> {
    Some(&segment(index)?[index as usize % SEGMENT])
}

/// The cells from `index` to the end of the segment in this thread's shard, if the segment is
/// allocated.
#[inline(always)]
pub(crate) fn cells(index: u32) -> Option<&'static [AtomicU64]> {
    segment(index)?.get(index as usize % SEGMENT..)
}

/// The cells of the sum at `index` in this thread's shard, if the segment is allocated. The tag of
/// the sum tells whether the cells are those of the index, because an index outside the budget
/// wraps: so recording has no branch for it.
///
/// [`SHARED`](super::layout::SHARED), and the index of a block whose measurements all take the slow
/// path, lead to cell 0, which no series has. Its tag is 0, which is no stamp.
#[inline(always)]
pub(crate) fn sum(index: u32) -> Option<&'static [AtomicU64; sum::WIDTH]> {
    let number = index as usize / SEGMENT % SEGMENTS;
    let segment = TABLE.with(|table| table[number].get())?;
    // A sum begins at a multiple of its width: see `layout::reserve`. Written this way, because the
    // compiler then knows that the sum does not cross the end of the segment.
    segment[index as usize % SEGMENT / sum::WIDTH * sum::WIDTH..].first_chunk()
}

/// Whether [`sum()`] takes this index for that of cell 0.
pub(crate) const fn leads_to_no_series(index: u32) -> bool {
    (index as usize).is_multiple_of(SEGMENT * SEGMENTS)
}

/// Like [`cells`], but allocates the segment if needed. `None` if `index` is outside the budget, or
/// if the thread has no thread-local storage any more.
#[cold]
pub(crate) fn cells_or_claim(index: u32) -> Option<&'static [AtomicU64]> {
    let number = index as usize / SEGMENT;
    if number >= SEGMENTS {
        return None;
    }
    if let Some(cells) = cells(index) {
        return Some(cells);
    }
    let claimed = OWNER.try_with(|owner| {
        // The shard is borrowed already if this allocates, and a global allocator records.
        let mut shard = owner.0.try_borrow_mut().ok()?;
        if shard.role == Role::Unclaimed {
            *shard = lock(&FREE).pop().unwrap_or(Shard::UNCLAIMED);
            shard.role = Role::Thread;
            enter(&shard);
        }
        if cells(index).is_none() {
            let segment = allocate(number);
            shard.segments.push((number, segment));
            shard.lists.iter().for_each(|list| lock(list).push((number, segment)));
            TABLE.with(|table| table[number].set(Some(segment)));
        }
        cells(index)
    });
    claimed.ok().flatten()
}

/// A segment of zeros, in the list of the readers.
fn allocate(number: usize) -> &'static Segment {
    let zeroed = lock(&ZEROED).pop();
    let segment =
        zeroed.unwrap_or_else(|| Box::leak(Box::new([const { AtomicU64::new(0) }; SEGMENT])));
    // The lock orders the zeros before the loads of any reader.
    lock(&COPIES[number]).push(segment);
    segment
}

/// Empties segments and keeps them for any shard. No thread may write to them any more, their
/// counts must have been moved, and the caller keeps readers out.
pub(crate) fn retire(mut segments: Vec<Numbered>) {
    let address = |segment: &'static Segment| std::ptr::from_ref(segment).addr();
    for (_, segment) in &segments {
        // Relaxed: the locks of `ZEROED` and `COPIES` publish the zeros.
        segment.iter().for_each(|cell| cell.store(0, Relaxed));
    }
    segments.sort_unstable_by_key(|(number, segment)| (*number, address(segment)));
    for same_number in segments.chunk_by(|(a, _), (b, _)| a == b) {
        let is_retired = |segment: &'static Segment| {
            same_number.binary_search_by_key(&address(segment), |(_, s)| address(s)).is_ok()
        };
        lock(&COPIES[same_number[0].0]).retain(|segment| !is_retired(segment));
    }
    lock(&ZEROED).extend(segments.into_iter().map(|(_, segment)| segment));
}

/// The number of shards of ended threads.
pub(crate) fn ended() -> usize {
    lock(&FREE).len()
}

/// Takes the segments of all shards of ended threads. The caller moves their counts.
pub(crate) fn take_ended() -> Vec<Numbered> {
    let ended = std::mem::take(&mut *lock(&FREE));
    ended.into_iter().flat_map(|shard| shard.segments).collect()
}

/// Makes this thread leave the shard of a capture, at the end of the thread.
pub(crate) fn leave_capture() {
    let _ = OWNER.try_with(|owner| {
        if let Ok(mut own) = owner.0.try_borrow_mut()
            && own.role == Role::Capture
        {
            leave(&own);
            *own = Shard::UNCLAIMED;
        }
    });
}

/// Makes this thread write to `shard`, and returns the shard that it wrote to before. Returns
/// `shard` as the error if the thread has no thread-local storage any more.
pub(crate) fn swap(shard: Shard) -> Result<Shard, Shard> {
    let mut incoming = Some(shard);
    let outgoing = OWNER.try_with(|owner| {
        let mut own = owner.0.try_borrow_mut().ok()?;
        let outgoing = std::mem::replace(&mut *own, incoming.take()?);
        leave(&outgoing);
        enter(&own);
        Some(outgoing)
    });
    outgoing.ok().flatten().ok_or_else(|| incoming.unwrap_or(Shard::UNCLAIMED))
}

/// Whether the thread still has thread-local storage.
pub(crate) fn is_available() -> bool {
    OWNER.try_with(|_| ()).is_ok()
}

/// The copies of a segment in all shards.
pub(crate) fn copies(number: usize) -> Vec<&'static Segment> {
    lock(&COPIES[number]).clone()
}
