//! The slot of each thread, in which it announces the gate that it is inside.

use std::cell::{Cell, RefCell};
use std::sync::{Mutex, MutexGuard};

use crate::cells::gate::Slot;
use crate::sync::lock;

/// The slots of all threads.
#[derive(Debug)]
struct Slots {
    used: Vec<&'static Slot>,
    /// The slots of ended threads, for later threads.
    free: Vec<&'static Slot>,
}

static SLOTS: Mutex<Slots> = Mutex::new(Slots { used: Vec::new(), free: Vec::new() });

thread_local! {
    /// The slot has no destructor, so it can be read until the very end of the thread.
    static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };

    /// The used slots, while this thread keeps other threads from the slots.
    static HELD: RefCell<Option<Vec<&'static Slot>>> = const { RefCell::new(None) };

    /// Gives the slot back when the thread ends.
    static OWNER: Owner = const { Owner(Cell::new(None)) };
}

struct Owner(Cell<Option<&'static Slot>>);

impl Drop for Owner {
    fn drop(&mut self) {
        SLOT.set(None);
        if let Some(slot) = self.0.take() {
            let mut slots = lock(&SLOTS);
            slots.used.retain(|used| !std::ptr::eq(*used, slot));
            slots.free.push(slot);
        }
    }
}

/// The slot of this thread; `None` at the very end of the thread, and while another thread holds
/// the lock of the slots.
#[inline]
pub(crate) fn own() -> Option<&'static Slot> {
    SLOT.get().or_else(claim)
}

#[cold]
fn claim() -> Option<&'static Slot> {
    let claimed = OWNER.try_with(|owner| {
        let mut slots = SLOTS.try_lock().ok()?;
        let slot = slots.free.pop().unwrap_or_else(|| Box::leak(Box::new(Slot::new())));
        slots.used.push(slot);
        owner.0.set(Some(slot));
        SLOT.set(Some(slot));
        Some(slot)
    });
    claimed.ok().flatten()
}

/// The slots of all threads. A thread that gets its slot later sees what was done before this call.
pub(crate) fn all() -> Vec<&'static Slot> {
    let held = HELD.try_with(|held| held.borrow().clone());
    held.ok().flatten().unwrap_or_else(|| lock(&SLOTS).used.clone())
}

/// Keeps other threads from the slots, until it is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    _slots: MutexGuard<'static, Slots>,
}

impl Hold {
    pub(super) fn begin() -> Self {
        let slots = lock(&SLOTS);
        HELD.with(|held| held.replace(Some(slots.used.clone())));
        Self { _slots: slots }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let _ = HELD.try_with(|held| held.take());
    }
}
