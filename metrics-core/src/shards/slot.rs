//! The slot of each thread, in which it announces the block that it writes to.

use std::cell::Cell;
use std::sync::Mutex;

use crate::cells::gate::Slot;
use crate::locks::lock;

/// The slots of all threads. The slots of ended threads are free, and are used again.
#[derive(Debug)]
struct Slots {
    all: Vec<&'static Slot>,
    free: Vec<&'static Slot>,
}

static SLOTS: Mutex<Slots> = Mutex::new(Slots { all: Vec::new(), free: Vec::new() });

thread_local! {
    /// The slot has no destructor, so it can be read until the very end of the thread.
    static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };

    /// Gives the slot back when the thread ends.
    static OWNER: Owner = const { Owner(Cell::new(None)) };
}

struct Owner(Cell<Option<&'static Slot>>);

impl Drop for Owner {
    fn drop(&mut self) {
        SLOT.set(None);
        if let Some(slot) = self.0.take() {
            lock(&SLOTS).free.push(slot);
        }
    }
}

/// The slot of this thread; `None` at the very end of the thread.
#[inline]
pub(crate) fn own() -> Option<&'static Slot> {
    SLOT.get().or_else(claim)
}

#[cold]
fn claim() -> Option<&'static Slot> {
    OWNER
        .try_with(|owner| {
            let mut slots = lock(&SLOTS);
            let slot = slots.free.pop().unwrap_or_else(|| {
                let new: &'static Slot = Box::leak(Box::new(Slot::new()));
                slots.all.push(new);
                new
            });
            owner.0.set(Some(slot));
            SLOT.set(Some(slot));
            slot
        })
        .ok()
}

/// The slots of all threads. A thread that gets its slot later sees what was done before this call.
pub(crate) fn all() -> Vec<&'static Slot> {
    lock(&SLOTS).all.clone()
}
