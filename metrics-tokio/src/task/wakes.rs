//! When a future is woken.
//!
//! While a future is being polled, its task cannot be polled again. So a wake during a poll only
//! leaves a note, and the end of the poll wakes the task. Such a wake reads no clock and takes no
//! waker. A wake while the future is suspended notes its time and wakes the task. Until it has done
//! so, other wakes rely on it, as they rely on each other in an `AtomicWaker`.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use std::task::{Wake, Waker};

use atomic_waker::AtomicWaker;

use super::clock::Clock;

/// The wakes of a measured future, as the poll sees them.
#[derive(Debug)]
pub(super) struct Wakes<C: Clock> {
    note: Arc<Note<C>>,
    /// The waker that the future gets. It refers to `note`.
    waker: Waker,
    /// The number of polls that have begun.
    polls: u64,
}

/// The note that wakes leave. It is the waker that a measured future gets.
#[derive(Debug)]
struct Note<C> {
    clock: C,
    /// The waker of the task, while the future is suspended. A wake takes it.
    task: AtomicWaker,
    /// [`POLLED`] or [`SUSPENDED`], with the number of polls; or the time of the first wake since
    /// the last poll began, in nanoseconds since the start of the run.
    state: AtomicU64,
}

/// The future is being polled, or has ended, and nobody has woken it since the poll began.
const POLLED: u64 = 1 << 63;

/// The future is suspended, and nobody has woken it since its last poll began.
const SUSPENDED: u64 = POLLED | 1 << 62;

/// The time of a wake during a poll. The future is ready from the end of that poll on, so it does
/// not matter when the wake came.
const DURING_POLL: u64 = 0;

const fn is_woken(state: u64) -> bool {
    state & POLLED == 0
}

const fn is_suspended(state: u64) -> bool {
    state & SUSPENDED == SUSPENDED
}

impl<C: Clock> Wakes<C> {
    /// `clock` is the start of the run.
    pub(super) fn new(clock: C) -> Self {
        let (task, state) = (AtomicWaker::new(), AtomicU64::new(POLLED));
        let note = Arc::new(Note { clock, task, state });
        Self { waker: Waker::from(Arc::clone(&note)), note, polls: 0 }
    }

    /// Begins a poll of the task that has the waker `task`. Returns the poll, and the time of the
    /// wake that led to it: in nanoseconds since the start of the run, and some time before the end
    /// of the last poll if the wake came during that poll.
    #[inline]
    pub(super) fn begin_poll<'a>(&'a mut self, task: &'a Waker) -> (WokenPoll<'a, C>, Option<u64>) {
        self.polls += 1;
        // Acquire: pairs with the release in `leave`. A wake whose note this exchange overwrites
        // has happened before this poll, so the poll sees what the thread that woke has written.
        let state = self.note.state.swap(POLLED | self.polls, Acquire);
        let poll = WokenPoll { wakes: self, task, is_last: false };
        (poll, is_woken(state).then_some(state))
    }
}

impl<C: Clock> Drop for Wakes<C> {
    /// The wakers that others keep hold nothing of a task that has ended.
    fn drop(&mut self) {
        self.note.task.take();
    }
}

/// A poll. It ends when this is dropped, also by a panic of the future.
#[derive(Debug)]
pub(super) struct WokenPoll<'a, C: Clock> {
    wakes: &'a mut Wakes<C>,
    task: &'a Waker,
    is_last: bool,
}

impl<C: Clock> WokenPoll<'_, C> {
    /// The waker for the future.
    #[inline]
    pub(super) fn waker(&self) -> &Waker {
        &self.wakes.waker
    }

    /// Ends the last poll. Later wakes wake nobody.
    #[inline]
    pub(super) fn end_last(mut self) {
        self.is_last = true;
    }
}

impl<C: Clock> Drop for WokenPoll<'_, C> {
    #[inline]
    fn drop(&mut self) {
        let Wakes { note, polls, .. } = &*self.wakes;
        // Acquire, here and below: pairs with the release in `leave`. Whoever is woken here sees
        // what the thread that woke the future has written.
        if !is_woken(note.state.load(Acquire)) {
            if self.is_last {
                return;
            }
            note.task.register(self.task);
            // Release: pairs with the acquire in `leave`. A wake that sees the suspended future
            // finds the waker of the task.
            let (polled, suspended) = (POLLED | polls, SUSPENDED | polls);
            if note.state.compare_exchange(polled, suspended, Release, Acquire).is_ok() {
                return;
            }
        }
        self.task.wake_by_ref();
    }
}

impl<C: Clock> Note<C> {
    /// Leaves a note of a wake. Returns whether the future was suspended and had no note, so that
    /// its task must be woken. Otherwise, the end of the poll wakes the task, or an earlier wake
    /// has woken it.
    #[inline]
    fn leave(&self) -> bool {
        let mut seen = self.state.load(Relaxed);
        loop {
            let woken = if is_suspended(seen) {
                self.clock.nanos() & !SUSPENDED
            } else if is_woken(seen) {
                // The first wake counts. The exchange below is still made: see its ordering.
                seen
            } else {
                DURING_POLL
            };
            // Fails if another thread has left a note, or if a poll has begun or ended. The number
            // of polls in the state tells one suspension from the next: a time from before a poll
            // would look as if the task had waited for a worker since then. The wake itself is
            // still to come, so a later poll gets a later time.
            // Release: pairs with the acquire in `begin_poll`. The next poll sees what this thread
            // has written, although this thread may not wake the task itself.
            // Acquire: pairs with the release at the end of a poll.
            match self.state.compare_exchange(seen, woken, AcqRel, Relaxed) {
                Ok(_) => return is_suspended(seen),
                Err(now) => seen = now,
            }
        }
    }
}

impl<C: Clock> Wake for Note<C> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    #[inline]
    fn wake_by_ref(self: &Arc<Self>) {
        if self.leave() {
            self.task.wake();
        }
    }
}
