//! Whether the current thread is inside a pump.

use std::cell::Cell;

thread_local! {
    static PUMPING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a pump, and so inside a collection. A collection that runs only
/// callbacks of other instruments cannot be detected.
pub(crate) fn is_pumping() -> bool {
    PUMPING.get()
}

/// Marks this thread as inside a pump until the value is dropped.
pub(crate) struct Pumping(());

impl Pumping {
    /// `None` if this thread is inside a pump already.
    pub(crate) fn begin() -> Option<Self> {
        (!PUMPING.replace(true)).then_some(Self(()))
    }
}

impl Drop for Pumping {
    fn drop(&mut self) {
        PUMPING.set(false);
    }
}
