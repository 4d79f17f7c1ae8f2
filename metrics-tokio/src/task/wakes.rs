//! When a future is woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

use atomic_waker::AtomicWaker;

/// The waker that a measured future gets. It notes the time of the first wake after the begin of a
/// poll, and wakes the task.
#[derive(Debug)]
pub(super) struct Wakes<C = Instant> {
    clock: C,
    /// The waker of the task. A wake takes it; the next poll gives it again.
    task: AtomicWaker,
    /// `NOT_WOKEN` and the number of polls, or the nanoseconds from the start to the first wake
    /// after the begin of the last poll. The number of polls lets a wake see that a poll began
    /// while the wake read the clock.
    state: AtomicU64,
    /// The number of polls that have begun. Only the poll writes it.
    polls: AtomicU64,
}

/// Nobody has woken the future since its last poll began.
const NOT_WOKEN: u64 = 1 << 63;

/// The time since the start of a run.
pub(super) trait Clock: Send + Sync + 'static {
    fn elapsed(&self) -> Duration;
}

impl Clock for Instant {
    fn elapsed(&self) -> Duration {
        Instant::elapsed(self)
    }
}

impl<C: Clock> Wakes<C> {
    /// `clock` is the start of the run.
    pub(super) fn new(clock: C) -> Arc<Self> {
        let (task, state) = (AtomicWaker::new(), AtomicU64::new(NOT_WOKEN));
        Arc::new(Self { clock, task, state, polls: AtomicU64::new(0) })
    }

    /// Begins a poll of the task with this waker. Returns the time from the start to the wake that
    /// led to the poll.
    pub(super) fn begin_poll(&self, task: &Waker) -> Option<Duration> {
        // In this order, the time of a wake in between belongs to this poll, and the task is polled
        // again. In the other order, its time would stay, and would count for a later wake.
        self.task.register(task);
        // Polls exclude each other: `poll` takes the future by `&mut`.
        let polls = self.polls.load(Ordering::Relaxed) + 1;
        self.polls.store(polls, Ordering::Relaxed);
        // No other memory is read by what the number says.
        let state = self.state.swap(NOT_WOKEN | polls, Ordering::Relaxed);
        (state & NOT_WOKEN == 0).then(|| Duration::from_nanos(state))
    }

    /// The task has ended: nothing of it is kept by those who hold a waker.
    pub(super) fn end(&self) {
        self.task.take();
    }

    /// Notes the time of a wake, unless an earlier wake since the begin of the last poll has.
    fn note(&self) {
        let mut seen = self.state.load(Ordering::Relaxed);
        while seen & NOT_WOKEN != 0 {
            let elapsed = u64::try_from(self.clock.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let woken = elapsed & !NOT_WOKEN;
            // Fails if a poll began after `seen` was read: the time is from before that poll, so a
            // later poll would look as if it had waited since then. The wake itself is still to
            // come, so its time is read again. Fails as well if another thread has noted a wake.
            // Relaxed, because the number alone says everything.
            match self.state.compare_exchange(seen, woken, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }
}

impl<C: Clock> Wake for Wakes<C> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.note();
        self.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, OnceLock, Weak};

    use super::*;

    /// A clock that the test sets. `in_between` runs while a wake reads it.
    #[derive(Default)]
    struct Hand {
        nanos: AtomicU64,
        in_between: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    }

    impl Clock for Arc<Hand> {
        fn elapsed(&self) -> Duration {
            let elapsed = Duration::from_nanos(self.nanos.load(Ordering::Relaxed));
            let in_between = self.in_between.lock().unwrap().take();
            if let Some(in_between) = in_between {
                in_between();
            }
            elapsed
        }
    }

    /// Counts how often the task is woken.
    #[derive(Default)]
    struct Task(AtomicU64);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    type TestWakes = Arc<Wakes<Arc<Hand>>>;

    /// A future's wakes, the clock, and the task with its waker.
    fn start() -> (TestWakes, Arc<Hand>, Arc<Task>, Waker) {
        let (clock, task) = (Arc::<Hand>::default(), Arc::<Task>::default());
        let waker = Waker::from(Arc::clone(&task));
        (Wakes::new(Arc::clone(&clock)), clock, task, waker)
    }

    fn at(clock: &Hand, nanos: u64) {
        clock.nanos.store(nanos, Ordering::Relaxed);
    }

    const fn nanos(nanos: u64) -> Duration {
        Duration::from_nanos(nanos)
    }

    #[test]
    fn a_poll_gets_the_time_of_the_first_wake_since_the_last_poll() {
        let (wakes, clock, task, outer) = start();
        assert_eq!(wakes.begin_poll(&outer), None);
        for time in [0, 20, 30] {
            at(&clock, time);
            Waker::from(Arc::clone(&wakes)).wake();
        }
        // A wake at the start of the run is one, too.
        assert_eq!(wakes.begin_poll(&outer), Some(nanos(0)));
        assert_eq!(wakes.begin_poll(&outer), None);
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_waker_that_is_kept_from_an_earlier_poll_gives_the_time_of_its_own_wake() {
        let (wakes, clock, task, outer) = start();
        wakes.begin_poll(&outer);
        let kept = Waker::from(Arc::clone(&wakes));
        at(&clock, 10);
        kept.wake_by_ref();
        assert_eq!(wakes.begin_poll(&outer), Some(nanos(10)));
        at(&clock, 500);
        kept.wake_by_ref();
        assert_eq!(wakes.begin_poll(&outer), Some(nanos(500)));
        assert_eq!(task.0.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_wake_that_a_poll_overtakes_has_no_time_of_before_the_poll() {
        let (wakes, clock, task, outer) = start();
        wakes.begin_poll(&outer);
        at(&clock, 10);
        // The thread that wakes has read 10, and stands still. Another thread wakes the task, which
        // is polled, and the task is idle from 30 to 1000.
        let (wakes_of_poll, outer_of_poll) = (Arc::clone(&wakes), outer.clone());
        let (hand, polled) = (Arc::clone(&clock), Arc::new(OnceLock::new()));
        let seen = Arc::clone(&polled);
        let meanwhile = move || {
            at(&hand, 20);
            wakes_of_poll.wake_by_ref();
            at(&hand, 30);
            seen.set(wakes_of_poll.begin_poll(&outer_of_poll)).unwrap();
            at(&hand, 1000);
        };
        *clock.in_between.lock().unwrap() = Some(Box::new(meanwhile));
        wakes.wake_by_ref();
        assert_eq!(polled.get(), Some(&Some(nanos(20))));
        // The task waits for a worker since 1000, and not since 10.
        at(&clock, 1005);
        assert_eq!(wakes.begin_poll(&outer), Some(nanos(1000)));
        assert_eq!(task.0.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_waker_that_is_kept_holds_nothing_of_a_task_that_has_ended() {
        let (wakes, _, task, outer) = start();
        wakes.begin_poll(&outer);
        let kept = Waker::from(Arc::clone(&wakes));
        let held: Weak<Task> = Arc::downgrade(&task);
        drop((task, outer));
        assert_eq!(held.strong_count(), 1);
        wakes.end();
        assert_eq!(held.strong_count(), 0);
        kept.wake();
    }
}
