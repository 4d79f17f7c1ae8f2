//! The atomics of the protocols: std's, or loom's in `tests/loom.rs`, which compiles this module
//! and `cells` itself.

#[cfg(all(loom, test))]
pub(crate) use loom::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering, fence},
};
#[cfg(not(all(loom, test)))]
pub(crate) use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering, fence},
};

/// Lets another thread run, while this thread waits for a writer in the middle of a measurement.
pub(crate) fn yield_now() {
    #[cfg(all(loom, test))]
    loom::thread::yield_now();
    #[cfg(not(all(loom, test)))]
    std::thread::yield_now();
}

/// Locks `mutex`, also after a panic under the lock: no state in this crate is left half-changed.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> Guard<'_, T> {
    #[cfg(all(loom, test))]
    return mutex.lock().expect("loom has no poisoning");
    #[cfg(not(all(loom, test)))]
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(all(loom, test))]
pub(crate) type Guard<'a, T> = loom::sync::MutexGuard<'a, T>;
#[cfg(not(all(loom, test)))]
pub(crate) type Guard<'a, T> = std::sync::MutexGuard<'a, T>;
