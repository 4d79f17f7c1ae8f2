//! When a future is woken.
//!
//! While a future is being polled, its task cannot be polled again. So a wake during a poll only
//! leaves a note, and the end of the poll wakes the task. Such a wake reads no clock and takes no
//! waker. A wake while the future is suspended notes its time and wakes the task.

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

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, OnceLock, Weak};
    use std::thread::{self, Thread};
    use std::time::Instant;

    use super::*;

    /// A clock that the test sets. `in_between` runs while a wake reads it.
    #[derive(Default)]
    struct Hand {
        nanos: AtomicU64,
        in_between: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    }

    impl Clock for Arc<Hand> {
        fn nanos(&self) -> u64 {
            let nanos = self.nanos.load(Relaxed);
            let in_between = self.in_between.lock().unwrap().take();
            if let Some(in_between) = in_between {
                in_between();
            }
            nanos
        }
    }

    /// Counts how often the task is woken.
    #[derive(Default)]
    struct Task(AtomicU64);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// Wakes a thread.
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    type TestWakes = Wakes<Arc<Hand>>;

    /// A future's wakes, the clock, and the task with its waker.
    fn start() -> (TestWakes, Arc<Hand>, Arc<Task>, Waker) {
        let (clock, task) = (Arc::<Hand>::default(), Arc::<Task>::default());
        let waker = Waker::from(Arc::clone(&task));
        (Wakes::new(Arc::clone(&clock)), clock, task, waker)
    }

    /// A whole poll, which leaves the future suspended. Returns the time of the wake before it.
    fn poll(wakes: &mut TestWakes, task: &Waker) -> Option<u64> {
        wakes.begin_poll(task).1
    }

    fn at(clock: &Hand, nanos: u64) {
        clock.nanos.store(nanos, Relaxed);
    }

    fn woken(task: &Task) -> u64 {
        task.0.load(Relaxed)
    }

    #[test]
    fn a_poll_gets_the_time_of_the_first_wake_since_the_last_poll() {
        let (mut wakes, clock, task, outer) = start();
        assert_eq!(poll(&mut wakes, &outer), None);
        for time in [0, 20, 30] {
            at(&clock, time);
            wakes.waker.clone().wake();
        }
        // A wake at the start of the run is one, too.
        assert_eq!(poll(&mut wakes, &outer), Some(0));
        assert_eq!(poll(&mut wakes, &outer), None);
        assert_eq!(woken(&task), 1);
    }

    #[test]
    fn a_waker_that_is_kept_from_an_earlier_poll_gives_the_time_of_its_own_wake() {
        let (mut wakes, clock, task, outer) = start();
        poll(&mut wakes, &outer);
        let kept = wakes.waker.clone();
        at(&clock, 10);
        kept.wake_by_ref();
        assert_eq!(poll(&mut wakes, &outer), Some(10));
        at(&clock, 500);
        kept.wake_by_ref();
        assert_eq!(poll(&mut wakes, &outer), Some(500));
        assert_eq!(woken(&task), 2);
    }

    #[test]
    fn wakes_during_a_poll_are_one_and_reach_the_task_at_its_end() {
        let (mut wakes, clock, task, outer) = start();
        poll(&mut wakes, &outer);
        let kept = wakes.waker.clone();
        at(&clock, 10);
        let (poll_, _) = wakes.begin_poll(&outer);
        for waker in [poll_.waker(), &kept, poll_.waker()] {
            waker.wake_by_ref();
        }
        assert_eq!(woken(&task), 0);
        drop(poll_);
        assert_eq!(woken(&task), 1);
        // The task was woken already, and was not polled since.
        at(&clock, 20);
        kept.wake_by_ref();
        assert_eq!(woken(&task), 1);
        assert_eq!(poll(&mut wakes, &outer), Some(DURING_POLL));
        // The next suspension begins without a note.
        assert_eq!(poll(&mut wakes, &outer), None);
        at(&clock, 30);
        kept.wake_by_ref();
        assert_eq!((woken(&task), poll(&mut wakes, &outer)), (2, Some(30)));
    }

    #[test]
    fn a_wake_reaches_the_task_of_the_last_poll() {
        let (mut wakes, _, first, outer) = start();
        let second = Arc::<Task>::default();
        let kept = wakes.waker.clone();
        poll(&mut wakes, &outer);
        poll(&mut wakes, &Waker::from(Arc::clone(&second)));
        kept.wake_by_ref();
        assert_eq!((woken(&first), woken(&second)), (0, 1));
        drop(wakes.begin_poll(&outer));
        let waker = Waker::from(Arc::clone(&second));
        let (poll, _) = wakes.begin_poll(&waker);
        kept.wake_by_ref();
        drop(poll);
        assert_eq!((woken(&first), woken(&second)), (0, 2));
    }

    #[test]
    fn a_wake_during_a_poll_that_panics_reaches_the_task() {
        let (mut wakes, clock, task, outer) = start();
        let panics = std::panic::AssertUnwindSafe(|| {
            let (poll, _) = wakes.begin_poll(&outer);
            poll.waker().wake_by_ref();
            panic!("as the test wants");
        });
        assert!(std::panic::catch_unwind(panics).is_err());
        assert_eq!(woken(&task), 1);
        // The future is suspended, should anybody poll it again.
        assert_eq!(poll(&mut wakes, &outer), Some(DURING_POLL));
        at(&clock, 10);
        wakes.waker.wake_by_ref();
        assert_eq!((woken(&task), poll(&mut wakes, &outer)), (2, Some(10)));
    }

    #[test]
    fn a_wake_that_a_poll_overtakes_has_no_time_of_before_the_poll() {
        let (mut wakes, clock, task, outer) = start();
        poll(&mut wakes, &outer);
        at(&clock, 10);
        // The thread that wakes has read 10, and stands still. Another thread wakes the task, which
        // is polled, and the task is idle from 30 to 1000.
        let waker = wakes.waker.clone();
        let wakes = Arc::new(Mutex::new(wakes));
        let (of_poll, outer_of_poll) = (Arc::clone(&wakes), outer.clone());
        let (hand, polled) = (Arc::clone(&clock), Arc::new(OnceLock::new()));
        let seen = Arc::clone(&polled);
        let meanwhile = move || {
            at(&hand, 20);
            let mut wakes = of_poll.lock().unwrap();
            wakes.waker.wake_by_ref();
            at(&hand, 30);
            seen.set(poll(&mut wakes, &outer_of_poll)).unwrap();
            at(&hand, 1000);
        };
        *clock.in_between.lock().unwrap() = Some(Box::new(meanwhile));
        waker.wake_by_ref();
        assert_eq!(polled.get(), Some(&Some(20)));
        // The task waits for a worker since 1000, and not since 10.
        at(&clock, 1005);
        assert_eq!(poll(&mut wakes.lock().unwrap(), &outer), Some(1000));
        assert_eq!(woken(&task), 2);
    }

    #[test]
    fn a_wake_that_the_begin_of_a_poll_overtakes_reaches_the_task_at_the_end_of_the_poll() {
        let (mut wakes, clock, task, outer) = start();
        poll(&mut wakes, &outer);
        let waker = wakes.waker.clone();
        let wakes = Arc::new(Mutex::new(wakes));
        let (of_poll, outer_of_poll) = (Arc::clone(&wakes), outer.clone());
        // A poll begins while the thread that wakes reads the clock. The poll goes on when the wake
        // returns: `forget` leaves it without an end.
        let meanwhile = move || {
            std::mem::forget(of_poll.lock().unwrap().begin_poll(&outer_of_poll));
        };
        *clock.in_between.lock().unwrap() = Some(Box::new(meanwhile));
        waker.wake_by_ref();
        assert_eq!(woken(&task), 0);
        let mut wakes = wakes.lock().unwrap();
        drop(WokenPoll { wakes: &mut wakes, task: &outer, is_last: false });
        assert_eq!(woken(&task), 1);
        assert_eq!(poll(&mut wakes, &outer), Some(DURING_POLL));
    }

    #[test]
    fn a_waker_that_is_kept_holds_nothing_of_a_task_that_has_ended() {
        // The future has returned, or it is dropped while it is suspended.
        for returns in [true, false] {
            let (mut wakes, _, task, outer) = start();
            poll(&mut wakes, &outer);
            let kept = wakes.waker.clone();
            let held: Weak<Task> = Arc::downgrade(&task);
            if returns {
                wakes.begin_poll(&outer).0.end_last();
            }
            drop((task, outer));
            assert_eq!(held.strong_count(), 1);
            drop(wakes);
            assert_eq!(held.strong_count(), 0);
            kept.wake();
        }
    }

    #[test]
    fn a_last_poll_wakes_the_task_for_wakes_before_its_end_and_not_after() {
        let (mut wakes, _, task, outer) = start();
        let kept = wakes.waker.clone();
        kept.wake_by_ref();
        let (last, _) = wakes.begin_poll(&outer);
        last.waker().wake_by_ref();
        last.end_last();
        assert_eq!(woken(&task), 1);
        kept.wake_by_ref();
        assert_eq!(woken(&task), 1);
    }

    /// A thread polls a future only when its task is woken. Other threads write a number, and then
    /// wake the future. So the last number is seen, or the test never ends.
    #[test]
    fn no_wake_is_lost() {
        const WRITERS: usize = 3;
        let numbers = if cfg!(miri) { 30 } else { 20_000 };
        let mut wakes = Wakes::new(Instant::now());
        let kept = wakes.waker.clone();
        let written = [const { AtomicU64::new(0) }; WRITERS];
        let parked = Waker::from(Arc::new(Unpark(thread::current())));
        thread::scope(|scope| {
            for written in &written {
                let kept = kept.clone();
                scope.spawn(move || {
                    for number in 1..=numbers {
                        // Relaxed: the wake alone makes it visible to the poll.
                        written.store(number, Relaxed);
                        kept.wake_by_ref();
                        if number % 7 == 0 {
                            thread::yield_now();
                        }
                    }
                });
            }
            loop {
                let (poll, _) = wakes.begin_poll(&parked);
                let is_done = written.iter().all(|written| written.load(Relaxed) == numbers);
                drop(poll);
                if is_done {
                    break;
                }
                // A future is polled once for each time that its task is woken.
                thread::park();
            }
        });
    }
}
