//! The calls of a handler that are in progress.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::sync::lock;

/// Set in [`Calls::state`] from the removal of the handler on.
const ENDED: usize = 1 << (usize::BITS - 1);

/// Lets calls begin until the handler is removed, and tells when the last one has returned.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The number of calls in progress, and [`ENDED`].
    state: AtomicUsize,
    /// Locked between the last look at the state and the wait, so that no signal is missed.
    waiting: Mutex<()>,
    /// Signalled when the last call has returned after the end.
    returned: Condvar,
}

/// A call in progress. It has returned when this is dropped.
#[derive(Debug)]
pub(super) struct Call<'a>(&'a Calls);

impl Calls {
    /// Begins a call; `None` after the end.
    pub(super) fn begin(&self) -> Option<Call<'_>> {
        let one_more = |state| (state & ENDED == 0).then_some(state + 1);
        // Relaxed: the list of handlers, or of subscribers, has passed the handler to this thread.
        let before = self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        before.is_ok().then(|| Call(self))
    }

    /// Lets no call begin from now on.
    pub(super) fn end(&self) {
        // Relaxed: `has_returned` orders what the calls did.
        self.state.fetch_or(ENDED, Ordering::Relaxed);
    }

    /// Whether no call begins any more.
    pub(super) fn has_ended(&self) -> bool {
        // Relaxed: `forward::subscribe` reads it under the lock that `unsubscribe` takes after the
        // end.
        self.state.load(Ordering::Relaxed) & ENDED != 0
    }

    /// Whether no call is in progress, and none can begin.
    pub(super) fn has_returned(&self) -> bool {
        // Acquire: the shutdown sees what the calls did before they returned.
        self.state.load(Ordering::Acquire) == ENDED
    }

    /// Waits until all calls have returned; false if one has not returned after `patience`.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let is_in_progress = |(): &mut ()| !self.has_returned();
        let waiting = lock(&self.waiting);
        let waited = self.returned.wait_timeout_while(waiting, patience, is_in_progress);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        // Release: see `has_returned`.
        if self.0.state.fetch_sub(1, Ordering::Release) == ENDED + 1 {
            drop(lock(&self.0.waiting));
            self.0.returned.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const SHORT: Duration = Duration::from_millis(10);
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn no_call_begins_after_the_end_and_the_end_waits_for_the_others() {
        let calls = Calls::default();
        drop(calls.begin().unwrap());
        let (first, second) = (calls.begin().unwrap(), calls.begin().unwrap());
        assert!(!calls.has_ended());
        calls.end();
        assert!(calls.has_ended());
        assert!(calls.begin().is_none());
        drop(first);
        assert!(!calls.has_returned());
        assert!(!calls.wait(SHORT));
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(SHORT);
                drop(second);
            });
            assert!(calls.wait(LONG));
        });
        assert!(calls.has_returned());
        assert!(calls.wait(SHORT));
        assert!(calls.begin().is_none());
    }

    #[test]
    fn without_calls_the_end_does_not_wait() {
        let calls = Calls::default();
        assert!(!calls.has_returned());
        calls.end();
        assert!(calls.has_returned());
        assert!(calls.wait(Duration::ZERO));
    }
}
