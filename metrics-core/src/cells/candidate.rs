//! The candidate of a cell: the measurement that becomes the cell's exemplar if no other one takes
//! its place.
//!
//! Each measurement that is offered has a *key*, and of an interval's measurements the one with the
//! least key stays. A slot has two halves, for the intervals with even and with odd numbers. So a
//! reader takes the candidate of an interval that is over while threads offer theirs for the next
//! one. Nobody waits: if another thread has the half locked, an offer is dropped.

use crate::sync::Mutex;

/// See the module.
#[derive(Debug)]
pub(crate) struct Slot<T>([Mutex<Option<Candidate<T>>>; 2]);

#[derive(Debug)]
struct Candidate<T> {
    interval: u16,
    key: f32,
    contents: T,
}

/// How often a reader tries to lock a half. A thread that offers holds the lock for some
/// nanoseconds, unless the system interrupts the thread, or the thread is missing in a forked
/// process.
const TRIES: usize = if cfg!(loom) { 2 } else { 20 };

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self([Mutex::new(None), Mutex::new(None)])
    }

    /// Offers a measurement of `interval`, and returns the least key in that interval that is known
    /// afterwards.
    pub(crate) fn offer(&self, interval: u16, key: f32, contents: impl FnOnce() -> T) -> f32 {
        let half = &self.0[usize::from(interval % 2)];
        let Some(mut half) = try_lock(half) else { return key };
        match &*half {
            Some(kept) if kept.interval == interval && kept.key <= key => return kept.key,
            // This thread was interrupted for more than an interval.
            Some(kept) if is_later(kept.interval, interval) => return key,
            _ => {}
        }
        *half = Some(Candidate { interval, key, contents: contents() });
        key
    }

    /// Takes the measurement of `interval` that has the least key. An offer of the interval that
    /// comes later is lost.
    pub(crate) fn take(&self, interval: u16) -> Option<(f32, T)> {
        let half = &self.0[usize::from(interval % 2)];
        for _ in 0..TRIES {
            if let Some(mut half) = try_lock(half) {
                let candidate = half.take_if(|kept| !is_later(kept.interval, interval))?;
                let is_of_interval = candidate.interval == interval;
                return is_of_interval.then_some((candidate.key, candidate.contents));
            }
            #[cfg(all(loom, test))]
            loom::thread::yield_now();
            #[cfg(not(all(loom, test)))]
            std::thread::yield_now();
        }
        None
    }
}

/// Whether interval `a` comes after `b`. The numbers wrap.
fn is_later(a: u16, b: u16) -> bool {
    a != b && a.wrapping_sub(b) < 1 << 15
}

/// Locks `mutex` unless that would wait.
fn try_lock<T>(mutex: &Mutex<T>) -> Option<crate::sync::Guard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        #[cfg(not(all(loom, test)))]
        Err(std::sync::TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(_) => None,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_least_key_of_an_interval_stays() {
        let slot = Slot::new();
        assert_eq!(slot.offer(7, 0.5, || "a"), 0.5);
        assert_eq!(slot.offer(7, 0.7, || "b"), 0.5);
        assert_eq!(slot.offer(7, 0.2, || "c"), 0.2);
        assert_eq!(slot.take(7), Some((0.2, "c")));
        assert_eq!(slot.take(7), None);
    }

    #[test]
    fn an_interval_is_taken_while_the_next_one_goes_on() {
        let slot = Slot::new();
        slot.offer(u16::MAX, 0.1, || "before");
        slot.offer(0, 0.9, || "after");
        assert_eq!(slot.take(u16::MAX), Some((0.1, "before")));
        assert_eq!(slot.take(0), Some((0.9, "after")));
    }

    #[test]
    fn a_candidate_that_no_reader_took_makes_room_for_a_later_interval() {
        let slot = Slot::new();
        slot.offer(1, 0.1, || "old");
        assert_eq!(slot.offer(3, 0.9, || "new"), 0.9);
        // A thread that was interrupted since interval 1.
        assert_eq!(slot.offer(1, 0.05, || "late"), 0.05);
        assert_eq!(slot.take(1), None);
        assert_eq!(slot.take(3), Some((0.9, "new")));
        slot.offer(1, 0.1, || "old");
        assert_eq!(slot.take(3), None, "the interval was 1");
    }

    #[test]
    fn nobody_waits_for_a_thread_that_is_missing() {
        let slot = Slot::new();
        slot.offer(2, 0.1, || 1);
        let missing = slot.0[0].lock().unwrap();
        assert_eq!(slot.offer(2, 0.05, || 2), 0.05);
        assert_eq!(slot.take(2), None);
        drop(missing);
        assert_eq!(slot.take(2), Some((0.1, 1)));
    }
}
