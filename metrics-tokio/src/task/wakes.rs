//! When a future is woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

use atomic_waker::AtomicWaker;

/// The waker that a measured future gets. It notes the time of the first wake after a poll, and
/// wakes the task.
#[derive(Debug)]
pub(super) struct Wakes {
    start: Instant,
    /// The waker of the task. A wake takes it; the next poll gives it again.
    task: AtomicWaker,
    /// The nanoseconds from the start to the wake, and 0 if there was none.
    woken: AtomicU64,
}

impl Wakes {
    pub(super) fn new(start: Instant) -> Arc<Self> {
        Arc::new(Self { start, task: AtomicWaker::new(), woken: AtomicU64::new(0) })
    }

    /// Begins a poll of the task with this waker. Returns the time from the start to the wake that
    /// led to the poll.
    pub(super) fn begin_poll(&self, task: &Waker) -> Option<Duration> {
        // In this order, a wake in between is forgotten, and the task is polled again. In the other
        // order, its time would stay, and would count for a later wake.
        self.task.register(task);
        // No other memory is read by what the number says.
        let woken = self.woken.swap(0, Ordering::Relaxed);
        (woken != 0).then(|| Duration::from_nanos(woken))
    }

    /// The task has ended: nothing of it is kept by those who hold a waker.
    pub(super) fn end(&self) {
        self.task.take();
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.woken.load(Ordering::Relaxed) == 0 {
            let elapsed = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            // If another thread wakes at the same time, either of the two times will do.
            self.woken.store(elapsed.max(1), Ordering::Relaxed);
        }
        self.task.wake();
    }
}
