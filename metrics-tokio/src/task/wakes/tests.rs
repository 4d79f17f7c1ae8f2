use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

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
fn poll_once(wakes: &mut TestWakes, task: &Waker) -> Option<u64> {
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
    assert_eq!(poll_once(&mut wakes, &outer), None);
    for time in [0, 20, 30] {
        at(&clock, time);
        let inner = wakes.waker.clone();
        inner.wake();
    }
    // A wake at the start of the run is one, too.
    assert_eq!(poll_once(&mut wakes, &outer), Some(0));
    assert_eq!(poll_once(&mut wakes, &outer), None);
    assert_eq!(woken(&task), 1);
}

#[test]
fn a_waker_that_is_kept_from_an_earlier_poll_gives_the_time_of_its_own_wake() {
    let (mut wakes, clock, task, outer) = start();
    poll_once(&mut wakes, &outer);
    let kept = wakes.waker.clone();
    at(&clock, 10);
    kept.wake_by_ref();
    assert_eq!(poll_once(&mut wakes, &outer), Some(10));
    at(&clock, 500);
    kept.wake_by_ref();
    assert_eq!(poll_once(&mut wakes, &outer), Some(500));
    assert_eq!(woken(&task), 2);
}

#[test]
fn wakes_during_a_poll_are_one_and_reach_the_task_at_its_end() {
    let (mut wakes, clock, task, outer) = start();
    poll_once(&mut wakes, &outer);
    let kept = wakes.waker.clone();
    at(&clock, 10);
    let (poll, _) = wakes.begin_poll(&outer);
    for waker in [poll.waker(), &kept, poll.waker()] {
        waker.wake_by_ref();
    }
    assert_eq!(woken(&task), 0);
    drop(poll);
    assert_eq!(woken(&task), 1);
    // The task was woken already, and was not polled since.
    at(&clock, 20);
    kept.wake_by_ref();
    assert_eq!(woken(&task), 1);
    assert_eq!(poll_once(&mut wakes, &outer), Some(DURING_POLL));
    // The next suspension begins without a note.
    assert_eq!(poll_once(&mut wakes, &outer), None);
    at(&clock, 30);
    kept.wake_by_ref();
    assert_eq!((woken(&task), poll_once(&mut wakes, &outer)), (2, Some(30)));
}

#[test]
fn a_wake_reaches_the_task_of_the_last_poll() {
    let (mut wakes, _, first, outer) = start();
    let second = Arc::<Task>::default();
    let kept = wakes.waker.clone();
    poll_once(&mut wakes, &outer);
    poll_once(&mut wakes, &Waker::from(Arc::clone(&second)));
    kept.wake_by_ref();
    assert_eq!((woken(&first), woken(&second)), (0, 1));
    drop(wakes.begin_poll(&outer));
    let other = Waker::from(Arc::clone(&second));
    let (poll, _) = wakes.begin_poll(&other);
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
    assert_eq!(poll_once(&mut wakes, &outer), Some(DURING_POLL));
    at(&clock, 10);
    wakes.waker.wake_by_ref();
    assert_eq!((woken(&task), poll_once(&mut wakes, &outer)), (2, Some(10)));
}

#[test]
fn a_wake_that_a_poll_overtakes_has_no_time_of_before_the_poll() {
    let (mut wakes, clock, task, outer) = start();
    poll_once(&mut wakes, &outer);
    at(&clock, 10);
    // The thread that wakes has read 10, and stands still. Another thread wakes the task, which
    // is polled, and the task is idle from 30 to 1000.
    let inner = wakes.waker.clone();
    let wakes = Arc::new(Mutex::new(wakes));
    let (of_poll, outer_of_poll) = (Arc::clone(&wakes), outer.clone());
    let (hand, polled) = (Arc::clone(&clock), Arc::new(OnceLock::new()));
    let seen = Arc::clone(&polled);
    let meanwhile = move || {
        at(&hand, 20);
        let mut wakes = of_poll.lock().unwrap();
        wakes.waker.wake_by_ref();
        at(&hand, 30);
        seen.set(poll_once(&mut wakes, &outer_of_poll)).unwrap();
        at(&hand, 1000);
    };
    *clock.in_between.lock().unwrap() = Some(Box::new(meanwhile));
    inner.wake_by_ref();
    assert_eq!(polled.get(), Some(&Some(20)));
    // The task waits for a worker since 1000, and not since 10.
    at(&clock, 1005);
    assert_eq!(poll_once(&mut wakes.lock().unwrap(), &outer), Some(1000));
    assert_eq!(woken(&task), 2);
}

#[test]
fn a_wake_that_the_begin_of_a_poll_overtakes_reaches_the_task_at_the_end_of_the_poll() {
    let (mut wakes, clock, task, outer) = start();
    poll_once(&mut wakes, &outer);
    let inner = wakes.waker.clone();
    let wakes = Arc::new(Mutex::new(wakes));
    let (of_poll, outer_of_poll) = (Arc::clone(&wakes), outer.clone());
    // A poll begins while the thread that wakes reads the clock. The poll goes on when the wake
    // returns: `forget` leaves it without an end.
    let meanwhile = move || {
        std::mem::forget(of_poll.lock().unwrap().begin_poll(&outer_of_poll));
    };
    *clock.in_between.lock().unwrap() = Some(Box::new(meanwhile));
    inner.wake_by_ref();
    assert_eq!(woken(&task), 0);
    let mut wakes = wakes.lock().unwrap();
    drop(WokenPoll { wakes: &mut wakes, task: &outer, is_last: false });
    assert_eq!(woken(&task), 1);
    assert_eq!(poll_once(&mut wakes, &outer), Some(DURING_POLL));
}

#[test]
fn a_waker_that_is_kept_holds_nothing_of_a_task_that_has_ended() {
    // The future has returned, or it is dropped while it is suspended.
    for returns in [true, false] {
        let (mut wakes, _, task, outer) = start();
        poll_once(&mut wakes, &outer);
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

/// A thread polls a future only when its task is woken. Other threads write a number, and then wake
/// the future. They wait until the poll has seen all numbers, so each wake may be the last one.
#[test]
fn no_wake_is_lost() {
    const WRITERS: usize = 2;
    let numbers = if cfg!(miri) { 20 } else { 20_000 };
    let mut wakes = Wakes::new(Instant::now());
    let kept = wakes.waker.clone();
    let written = [const { AtomicU64::new(0) }; WRITERS];
    let seen = AtomicU64::new(0);
    let parked = Waker::from(Arc::new(Unpark(thread::current())));
    let gives_up = AtomicBool::new(false);
    thread::scope(|scope| {
        for written in &written {
            let (kept, seen, gives_up) = (kept.clone(), &seen, &gives_up);
            scope.spawn(move || {
                for number in 1..=numbers {
                    // Relaxed: the wake alone makes the number visible to the poll.
                    written.store(number, Relaxed);
                    kept.wake_by_ref();
                    while seen.load(Relaxed) < number {
                        if gives_up.load(Relaxed) {
                            return;
                        }
                        thread::yield_now();
                    }
                }
            });
        }
        while seen.load(Relaxed) < numbers {
            let (poll, _) = wakes.begin_poll(&parked);
            let least = written.iter().map(|written| written.load(Relaxed)).min();
            seen.store(least.unwrap(), Relaxed);
            drop(poll);
            if least < Some(numbers) {
                let parked = Instant::now();
                // Longer than any pause of a busy machine. Miri's clock is its own.
                thread::park_timeout(Duration::from_secs(60));
                if parked.elapsed() >= Duration::from_secs(60) && !cfg!(miri) {
                    gives_up.store(true, Relaxed);
                    panic!("a wake is lost after {least:?} of {numbers}");
                }
            }
        }
    });
}
