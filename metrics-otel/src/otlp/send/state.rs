//! The sender's state, and how the outcome of an attempt changes it.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use crate::otlp::spool::dropped::{self, DropReason};
use crate::otlp::spool::queue::Spool;

/// The first pause after a failure. Each further pause is twice as long as the one before.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause that a collector may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

/// The state of a sender.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) spool: Spool,
    /// The number of the current or last attempt.
    pub(crate) attempt: u64,
    /// The last attempt that failed, and the reason.
    pub(crate) failed: Option<(u64, String)>,
    /// The last attempt that was refused, and the reason.
    pub(crate) refused: Option<(u64, String)>,
    /// A flush waits for an attempt after this one.
    pub(crate) wanted: u64,
    /// Failures since the last success.
    pub(crate) failures: u32,
    pub(crate) pause: Option<Pause>,
    /// The messages that were logged, and are not repeated until a batch is accepted.
    pub(crate) logged: Logged,
    /// Whether the sender was dropped.
    pub(crate) is_ending: bool,
}

/// A time in which nothing is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pause {
    pub(crate) end: Instant,
    /// Whether the collector asked for the pause. A flush respects such a pause.
    pub(crate) is_asked: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Logged {
    pub(crate) is_down: bool,
    pub(crate) is_full: bool,
    pub(crate) complaint: Option<String>,
    pub(crate) problem: Option<String>,
}

/// A message to log, if there is one.
pub(crate) type Message = Option<(log::Level, String)>;

impl State {
    pub(crate) fn new(spool: Spool) -> Self {
        Self {
            spool,
            attempt: 0,
            failed: None,
            refused: None,
            wanted: 0,
            failures: 0,
            pause: None,
            logged: Logged::default(),
            is_ending: false,
        }
    }

    /// The collector accepted the batch, except for `rejected` data points.
    pub(crate) fn accepted(&mut self, rejected: u64, message: &str) -> Message {
        self.spool.done();
        (self.pause, self.failures, self.logged.is_full) = (None, 0, false);
        let was_down = std::mem::take(&mut self.logged.is_down);
        if rejected > 0 || !message.is_empty() {
            dropped::count(rejected, DropReason::Refused);
            let message = format!("{rejected} data points were rejected: {message}");
            return self.complaint(log::Level::Warn, "rejected", message);
        }
        self.logged.complaint = None;
        was_down.then(|| (log::Level::Info, "the collector answers again".to_owned()))
    }

    /// The collector refused the batch for good.
    pub(crate) fn refused(&mut self, reason: String) -> Message {
        let points = self.spool.done();
        dropped::count(points, DropReason::Refused);
        self.refused = Some((self.attempt, reason.clone()));
        (self.pause, self.failures, self.logged.is_down) = (None, 0, false);
        let message = format!(
            "the collector refused a batch, which is lost: {reason}. `typed_metrics.otlp.dropped` \
             counts the data points; this message is reported once"
        );
        let kind = reason.split(':').next().unwrap_or_default();
        self.complaint(log::Level::Error, kind, message)
    }

    /// The batch was not sent, and is tried again, at the earliest `after` this time.
    pub(crate) fn failed(&mut self, reason: String, after: Option<Duration>) -> Message {
        self.spool.keep();
        self.failures += 1;
        let own = pause(self.failures);
        // A collector that asks for a pause of zero has not asked for a pause.
        let asked = after.filter(|asked| !asked.is_zero()).map(|asked| asked.min(LONGEST_ASKED));
        let length = asked.map_or(own, |asked| asked.max(own));
        let pause = Pause { end: Instant::now() + length, is_asked: asked.is_some() };
        self.pause = (pause.is_asked || self.attempt > self.wanted).then_some(pause);
        let message = format!("{reason}. Batches wait until the collector answers");
        self.failed = Some((self.attempt, reason));
        let was_down = std::mem::replace(&mut self.logged.is_down, true);
        (!was_down).then_some((log::Level::Warn, message))
    }

    /// The message about a new problem with the spool's folder.
    pub(crate) fn problem(&mut self) -> Message {
        let problem = self.spool.take_problem()?;
        let is_new = self.logged.problem.as_ref() != Some(&problem);
        self.logged.problem = Some(problem.clone());
        is_new.then(|| {
            let folder = self.spool.folder().map(|folder| folder.display().to_string());
            (log::Level::Warn, format!("`{}`: {problem}", folder.unwrap_or_default()))
        })
    }

    /// A message that is not logged twice in a row. Two messages are the same if their `kind` is:
    /// their texts may differ in the numbers of requests.
    fn complaint(&mut self, level: log::Level, kind: &str, message: String) -> Message {
        if self.logged.complaint.as_deref() == Some(kind) {
            return None;
        }
        self.logged.complaint = Some(kind.to_owned());
        Some((level, message))
    }
}

/// The pause after this many failures: twice as long each time, with a random deviation of up to a
/// fifth, so that many programs do not send at the same time.
fn pause(failures: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16));
    let spread = (RandomState::new().hash_one(failures) % 1000) as f64 / 1000.0;
    doubled.min(LONGEST_PAUSE).mul_f64(0.8 + 0.4 * spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_half_a_minute() {
        let of = |failures| pause(failures).as_millis();
        assert!((200..=300).contains(&of(1)));
        assert!((400..=600).contains(&of(2)));
        assert!((24_000..=36_000).contains(&of(10)));
        assert!((24_000..=36_000).contains(&of(u32::MAX)));
    }
}
