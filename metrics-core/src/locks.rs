//! The locks of everything that records and reads, and the guard under which none of them is held
//! by another thread.
//!
//! A forked process begins with one thread. A lock that another thread held at that moment would
//! stay locked for ever, with contents that are half changed. [`fork_guard`] waits until no other
//! thread holds a lock of this module. For that, every lock is held inside a *section*. A thread
//! enters the gate of the sections with its outermost section only.

pub(crate) mod slot;

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{
    LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    TryLockError,
};

use crate::cells::gate::{Gate, Writing};
use crate::foreign::Outermost;
use crate::sync;

/// Admits sections from this number on: 0, and [`SHUT`] while a guard lives.
static SECTIONS: Gate = Gate::new(0);
const SHUT: u64 = 1;

/// Locked while a guard lives.
static FORKING: Mutex<()> = Mutex::new(());

thread_local! {
    /// How many sections and guards this thread is inside.
    static DEPTH: Cell<usize> = const { Cell::new(0) };

    /// How many of them are guards.
    static GUARDS: Cell<usize> = const { Cell::new(0) };

    /// See [`outermost`].
    static RECORDING: Cell<bool> = const { Cell::new(false) };
}

/// The code of this thread that may lock and allocate to record a measurement, until the result is
/// dropped. `None` if the thread is in such code already, or in a section.
///
/// Only the measurement of a global allocator finds the thread there, because this crate allocates.
/// Such a measurement is not recorded: to record it would need a lock that the thread holds, or
/// would allocate for ever.
pub(crate) fn outermost() -> Option<Outermost> {
    if is_in_section() { None } else { Outermost::begin(&RECORDING) }
}

/// The end of the code that [`outermost`] began, until the result is dropped: what foreign code
/// records then is recorded. The caller holds no lock.
pub(crate) fn foreign() -> Foreign {
    Foreign { was_recording: RECORDING.replace(false) }
}

/// See [`foreign`].
#[derive(Debug)]
pub(crate) struct Foreign {
    was_recording: bool,
}

impl Drop for Foreign {
    fn drop(&mut self) {
        RECORDING.set(self.was_recording);
    }
}

/// Whether [`outermost`] would be `None`.
#[inline]
pub(crate) fn is_interrupting() -> bool {
    RECORDING.get() || is_in_section()
}

/// Whether this thread is in a section, and so may hold locks.
#[inline]
pub(crate) fn is_in_section() -> bool {
    DEPTH.get() > GUARDS.get()
}

/// A part of the program that may hold locks.
#[derive(Debug)]
pub(crate) struct Section {
    _outermost: Option<Writing<'static>>,
    /// A section belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Section {
    /// Waits while another thread has a guard.
    fn enter() -> Self {
        loop {
            if let Some(section) = Self::try_enter() {
                return section;
            }
            drop(sync::lock(&FORKING));
        }
    }

    /// `None` while another thread has a guard.
    pub(crate) fn try_enter() -> Option<Self> {
        let is_inside = DEPTH.get() > 0;
        let outermost = if is_inside { None } else { Some(SECTIONS.enter(0, slot::own())?) };
        DEPTH.set(DEPTH.get() + 1);
        Some(Self { _outermost: outermost, _thread: PhantomData })
    }
}

impl Drop for Section {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// The guard of a lock. The lock is unlocked before the section ends.
#[derive(Debug)]
pub(crate) struct Locked<G> {
    guard: G,
    _section: Section,
}

impl<G: Deref> Deref for Locked<G> {
    type Target = G::Target;

    #[inline]
    fn deref(&self) -> &G::Target {
        &self.guard
    }
}

impl<G: DerefMut> DerefMut for Locked<G> {
    #[inline]
    fn deref_mut(&mut self) -> &mut G::Target {
        &mut self.guard
    }
}

/// A locked [`Mutex`].
pub(crate) type LockedMutex<'a, T> = Locked<MutexGuard<'a, T>>;

/// Locks `mutex`, also after a panic under the lock: no state in this crate is left half-changed.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> LockedMutex<'_, T> {
    let section = Section::enter();
    Locked { guard: sync::lock(mutex), _section: section }
}

/// Locks `mutex` unless that would wait.
pub(crate) fn try_lock<T: ?Sized>(mutex: &Mutex<T>) -> Option<LockedMutex<'_, T>> {
    let section = Section::try_enter()?;
    let guard = match mutex.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(Locked { guard, _section: section })
}

/// Locks `lock` for reading.
pub(crate) fn read<T>(lock: &RwLock<T>) -> Locked<RwLockReadGuard<'_, T>> {
    let section = Section::enter();
    let guard = lock.read().unwrap_or_else(PoisonError::into_inner);
    Locked { guard, _section: section }
}

/// Locks `lock` for writing.
pub(crate) fn write<T>(lock: &RwLock<T>) -> Locked<RwLockWriteGuard<'_, T>> {
    let section = Section::enter();
    let guard = lock.write().unwrap_or_else(PoisonError::into_inner);
    Locked { guard, _section: section }
}

/// The value of `once`, made by the first call.
#[inline]
pub(crate) fn get_or_init<T>(once: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    once.get().unwrap_or_else(|| {
        let _section = Section::enter();
        once.get_or_init(make)
    })
}

/// The value of `lazy`, made by the first call.
pub(crate) fn force<T>(lazy: &LazyLock<T>) -> &T {
    let _section = Section::enter();
    lazy
}

/// Runs `f`, in which a back end may hold locks of its own: [`fork_guard`] waits until `f` has
/// returned. `f` calls no foreign code.
#[doc(hidden)]
pub fn in_section<R>(f: impl FnOnce() -> R) -> R {
    let _section = Section::enter();
    f()
}

/// Keeps the metrics whole while the process is forked, until it is dropped.
///
/// Waits until no other thread holds a lock of this crate for recording or reading. While the guard
/// lives, other threads wait where they need such a lock: when they read, remove, start, end, or
/// record in a series for the first time. Other measurements go on. So take the guard directly
/// before `fork`, and drop it directly afterwards, in both processes.
///
/// The child then has everything that was recorded before the fork, and records and reads on its
/// own. A measurement that another thread was making at that moment counts, or does not. If it is a
/// value of a histogram, the child may have its count without its sum. Handlers belong to the
/// parent: their threads do not exist in the child.
///
/// Without the guard, a child whose parent recorded or read in other threads may wait for ever, for
/// a lock that one of these threads held.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # fn fork() {}
/// let guard = typed_metrics::fork_guard();
/// fork(); // for example, `unsafe { nix::unistd::fork() }`
/// drop(guard); // runs in the parent and in the child
/// ```
///
/// `std::process::Command` needs no guard: the new program has its own metrics.
#[must_use = "the metrics are kept whole until the guard is dropped"]
pub fn fork_guard() -> ForkGuard {
    // A thread that is inside, or has a guard already, must not wait for itself.
    let is_inside = DEPTH.get() > 0;
    let turn = (!is_inside).then(|| {
        let turn = sync::lock(&FORKING);
        SECTIONS.admit_from(SHUT, slot::all);
        (slot::Hold::begin(), turn)
    });
    DEPTH.set(DEPTH.get() + 1);
    GUARDS.set(GUARDS.get() + 1);
    ForkGuard { turn, thread: PhantomData }
}

/// Keeps the metrics whole while the process is forked; see [`fork_guard`].
#[derive(Debug)]
pub struct ForkGuard {
    turn: Option<(slot::Hold, MutexGuard<'static, ()>)>,
    /// The child has only the thread that forked, so no other thread may drop the guard.
    thread: PhantomData<*const ()>,
}

impl Drop for ForkGuard {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        GUARDS.set(GUARDS.get() - 1);
        if self.turn.is_some() {
            SECTIONS.admit_from(0, std::iter::empty);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_guard_waits_for_locks_and_keeps_other_threads_from_locking() {
        static VALUE: Mutex<u32> = Mutex::new(0);
        let (locked, is_locked) = channel();
        let other = thread::spawn(move || {
            let mut value = lock(&VALUE);
            locked.send(()).unwrap();
            thread::sleep(Duration::from_millis(50));
            *value += 1;
        });
        is_locked.recv().unwrap();
        let own = slot::own().unwrap();
        let guard = fork_guard();
        assert_eq!(*VALUE.try_lock().unwrap(), 1);
        other.join().unwrap();
        assert!(thread::spawn(|| try_lock(&VALUE).is_none()).join().unwrap());
        let waiting = thread::spawn(|| *lock(&VALUE) += 1);
        // This thread goes on, also with a second guard.
        let inner = fork_guard();
        assert!(outermost().is_some());
        assert!(slot::all().iter().any(|used| std::ptr::eq(*used, own)));
        let mut value = lock(&VALUE);
        assert!(outermost().is_none());
        *value += 1;
        drop(value);
        drop(inner);
        thread::sleep(Duration::from_millis(20));
        assert_eq!(*lock(&VALUE), 2);
        drop(guard);
        waiting.join().unwrap();
        assert_eq!(*lock(&VALUE), 3);
    }
}
