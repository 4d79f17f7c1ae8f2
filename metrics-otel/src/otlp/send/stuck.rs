//! A batch that is never accepted, and holds up the batches behind it.

use std::time::{Duration, Instant};

use crate::otlp::spool::queue::Queue;

/// How often the oldest batch fails while batches behind it are accepted, before it is given up.
const ROUNDS: u32 = 3;

/// The oldest batch's failures. During an outage, every batch fails, and all of them wait. If the
/// collector takes the batches behind the oldest one, the oldest one is the problem.
#[derive(Debug)]
pub(crate) struct Stuck {
    /// How long the oldest batch may hold up the others.
    patience: Duration,
    failing: Option<Failing>,
}

/// The oldest batch, which has failed.
#[derive(Debug)]
struct Failing {
    number: u64,
    since: Instant,
    /// Whether the batch behind it is tried next.
    lets_pass: bool,
    /// Whether a batch behind it was accepted since its last failure.
    is_overtaken: bool,
    /// How often it has failed after another batch was accepted.
    rounds: u32,
}

impl Stuck {
    pub(crate) fn new(patience: Duration) -> Self {
        Self { patience, failing: None }
    }

    /// The index of the batch to send: of the oldest, or of the one behind it.
    pub(crate) fn choose(&self, queue: &Queue) -> usize {
        let lets_pass =
            |failing: &Failing| failing.lets_pass && queue.number_at(0) == Some(failing.number);
        let is_passed = self.failing.as_ref().is_some_and(lets_pass);
        usize::from(is_passed && queue.number_at(1).is_some())
    }

    /// Notes that the collector took a batch, or refused it for good.
    pub(crate) fn overtake(&mut self) {
        if let Some(failing) = &mut self.failing {
            failing.is_overtaken = true;
        }
    }

    /// Notes that the batch that was being sent failed, and keeps it or gives it up. Then returns
    /// its number of data points, and how long it has failed.
    ///
    /// With `is_last`, the program may end soon: the other batches are tried at once.
    pub(crate) fn fail(
        &mut self,
        queue: &mut Queue,
        now: Instant,
        is_last: bool,
    ) -> Option<(u64, Duration)> {
        let oldest = queue.number_at(0);
        if queue.sending() != oldest {
            // The collector takes nothing. The oldest batch is next.
            queue.keep();
            if let Some(failing) = &mut self.failing {
                failing.lets_pass = false;
            }
            return None;
        }
        let number = oldest?;
        let failing = match &mut self.failing {
            Some(failing) if failing.number == number => failing,
            other => other.insert(Failing {
                number,
                since: now,
                lets_pass: false,
                is_overtaken: false,
                rounds: 0,
            }),
        };
        failing.rounds += u32::from(std::mem::take(&mut failing.is_overtaken));
        let since = now.saturating_duration_since(failing.since);
        failing.lets_pass = is_last || since >= self.patience;
        if failing.rounds >= ROUNDS && since >= self.patience {
            self.failing = None;
            return Some((queue.done(), since));
        }
        queue.keep();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Sends the next batch, and returns its number.
    fn attempt(stuck: &mut Stuck, queue: &mut Queue, now: Instant, accepts: &[u64]) -> u64 {
        let (name, _) = queue.begin(stuck.choose(queue)).unwrap();
        if accepts.contains(&name.number) {
            queue.done();
            stuck.overtake();
        } else if stuck.fail(queue, now, false).is_some() {
            assert!(queue.number_at(0) != Some(name.number));
        }
        name.number
    }

    fn queue() -> Queue {
        let mut queue = Queue::new(1000, None);
        for _ in 0..5 {
            queue.push(b"batch".as_slice().into(), 1);
        }
        queue
    }

    #[test]
    fn in_an_outage_all_batches_wait() {
        let (mut stuck, mut queue, start) = (Stuck::new(PATIENCE), queue(), Instant::now());
        let tried: Vec<_> = (0..8)
            .map(|minute| attempt(&mut stuck, &mut queue, start + minute * PATIENCE, &[]))
            .collect();
        assert_eq!(tried, [0, 0, 1, 0, 1, 0, 1, 0]);
        assert_eq!(queue.waiting().batches, 5);
        // In order, when the outage is over.
        let all = [0, 1, 2, 3, 4];
        let next = attempt(&mut stuck, &mut queue, start, &all);
        assert_eq!(next, 1);
        assert!((0..4).all(|_| attempt(&mut stuck, &mut queue, start, &all) != 1));
        assert!(queue.is_empty());
    }

    #[test]
    fn a_batch_that_is_never_accepted_is_overtaken_and_then_given_up() {
        let (mut stuck, mut queue, start) = (Stuck::new(PATIENCE), queue(), Instant::now());
        let others = [1, 2, 3, 4, 5, 6, 7];
        assert_eq!(attempt(&mut stuck, &mut queue, start, &others), 0);
        assert_eq!(attempt(&mut stuck, &mut queue, start + PATIENCE / 2, &others), 0);
        let later = start + PATIENCE;
        let tried: Vec<_> =
            (0..6).map(|_| attempt(&mut stuck, &mut queue, later, &others)).collect();
        assert_eq!(tried, [0, 1, 2, 3, 4, 0]);
        for _ in 0..2 {
            assert_eq!(queue.waiting().batches, 1);
            queue.push(b"new".as_slice().into(), 1);
            assert!(attempt(&mut stuck, &mut queue, later, &others) > 4);
            assert_eq!(attempt(&mut stuck, &mut queue, later, &others), 0);
        }
        assert!(queue.is_empty());
    }
}
