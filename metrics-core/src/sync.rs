//! The atomics of the protocols: std's, or loom's in `tests/loom.rs`, which compiles this module
//! and `cells` itself. And the wait for a writer, which ends in a forked process too.

#[cfg(all(loom, test))]
pub(crate) use loom::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering, fence},
};
#[cfg(not(all(loom, test)))]
pub(crate) use std::sync::{
    Mutex, OnceLock,
    atomic::{AtomicU64, Ordering, fence},
};

/// Loom has no `OnceLock`: this one is visible to others when its lock is free.
#[cfg(all(loom, test))]
#[derive(Debug)]
pub(crate) struct OnceLock<T> {
    order: Mutex<()>,
    value: std::sync::OnceLock<T>,
}

#[cfg(all(loom, test))]
impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        Self { order: Mutex::new(()), value: std::sync::OnceLock::new() }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        let _ordered = lock(&self.order);
        self.value.get()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        let _ordered = lock(&self.order);
        self.value.set(value)
    }
}

/// A wait for writers in the middle of a measurement.
///
/// A writer never waits, so the wait ends after some nanoseconds. Only in a forked process, writers
/// may be missing: the process began with a single thread, whatever the other threads of its parent
/// were doing. There, a writer that is not done after [`PATIENCE`] counts as missing.
#[derive(Debug)]
pub(crate) struct Wait {
    yields: u32,
    /// The least number of writers that were seen.
    least: u64,
    /// When these writers are missing; `None` if this process was not forked.
    #[cfg(not(all(loom, test)))]
    until: Option<std::time::Instant>,
}

/// Yields before the wait asks whether the process was forked, which takes a system call.
#[cfg(not(all(loom, test)))]
const YIELDS: u32 = 20;

/// How long a forked process waits. If a writer of the process itself takes longer, a reader may
/// see a part of its measurement.
#[cfg(not(all(loom, test)))]
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(10);

impl Wait {
    pub(crate) fn new() -> Self {
        Self {
            yields: 0,
            least: u64::MAX,
            #[cfg(not(all(loom, test)))]
            until: None,
        }
    }

    /// Lets another thread run, while `writers` writers are in the middle of a measurement. Returns
    /// how many of them are missing. Then the next wait begins.
    pub(crate) fn missing(&mut self, writers: u64) -> u64 {
        self.yields = self.yields.saturating_add(1);
        // A missing writer is among the writers each time.
        self.least = self.least.min(writers);
        #[cfg(all(loom, test))]
        {
            loom::thread::yield_now();
            0
        }
        #[cfg(not(all(loom, test)))]
        {
            use std::time::Instant;
            std::thread::yield_now();
            if self.yields == YIELDS && process::is_forked() {
                self.until = Some(Instant::now() + PATIENCE);
            }
            if self.until.is_none_or(|until| Instant::now() < until) {
                return 0;
            }
            std::mem::replace(self, Self::new()).least
        }
    }
}

/// Whether this process was forked from one that recorded.
#[cfg(not(all(loom, test)))]
pub(crate) mod process {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// The process that recorded first; 0 if none has recorded yet.
    static FIRST: AtomicU32 = AtomicU32::new(0);

    #[cfg(test)]
    thread_local! {
        static PRETENDS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }

    /// While it lives, this thread takes its process for a forked one.
    #[cfg(test)]
    pub(crate) struct Pretended;

    #[cfg(test)]
    impl Pretended {
        pub(crate) fn begin() -> Self {
            PRETENDS.set(true);
            Self
        }
    }

    #[cfg(test)]
    impl Drop for Pretended {
        fn drop(&mut self) {
            PRETENDS.set(false);
        }
    }

    /// Must be called before the first write to any cell.
    pub(crate) fn note() {
        // Relaxed, here and below: no other data depends on the number. A fork orders the store
        // before everything in the child.
        if FIRST.load(Relaxed) == 0 {
            FIRST.store(std::process::id(), Relaxed);
        }
    }

    /// The number of this process.
    pub(crate) fn id() -> u32 {
        #[cfg(test)]
        if PRETENDS.get() {
            return std::process::id().wrapping_add(1);
        }
        std::process::id()
    }

    pub(crate) fn is_forked() -> bool {
        #[cfg(test)]
        if PRETENDS.get() {
            return true;
        }
        let first = FIRST.load(Relaxed);
        first != 0 && first != std::process::id()
    }
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
