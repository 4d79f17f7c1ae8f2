//! The sender's state, and how the outcome of an attempt changes it.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use log::Level;

use super::answer::Failure;
use super::losses::Losses;
use super::stuck::Stuck;
use crate::otlp::spool::dropped::{self, DropReason};
use crate::otlp::spool::queue::Queue;

/// The first pause after a failure. Each further pause is twice as long as the one before.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause before the deadline of a shutdown.
const LONGEST_LAST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that a collector may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);
/// The last attempt of a shutdown begins this part of the time limit before the deadline, at most
/// [`LONGEST_LAST_CALL`].
const LAST_CALL: u32 = 5;
const LONGEST_LAST_CALL: Duration = Duration::from_millis(500);

/// The state of a sender.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) queue: Queue,
    /// The number of the current or last attempt.
    pub(crate) attempt: u64,
    /// The last attempt that failed, and the reason.
    pub(crate) failed: Option<(u64, String)>,
    /// The kind of the last failure.
    pub(crate) failure: Failure,
    /// Whether the collector has ever answered.
    has_answered: bool,
    /// The losses of batches, for flushes.
    pub(crate) losses: Losses,
    /// A flush waits for an attempt after this one.
    pub(crate) wanted: u64,
    /// Failures since the last success.
    pub(crate) failures: u32,
    /// When the sender's own pause after a failure ends. A flush does not wait for it.
    pub(crate) pause: Option<Instant>,
    /// Until when the collector asked not to be sent anything.
    pub(crate) asked: Option<Instant>,
    stuck: Stuck,
    /// The shutdowns that wait for the queue, and when the last attempt before the first one's
    /// deadline begins.
    last_flushes: u32,
    last_call: Option<Instant>,
    /// The messages that were logged, and are not repeated until a batch is accepted.
    pub(crate) logged: Logged,
    /// Whether messages about the last batch are being reported.
    pub(crate) is_reporting: bool,
    pub(crate) life: Life,
}

/// How far the end of a sender is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    /// The sender was dropped.
    Ending,
    /// The sending thread has ended.
    Ended,
}

#[derive(Debug, Default)]
pub(crate) struct Logged {
    pub(crate) is_down: bool,
    pub(crate) is_full: bool,
    pub(crate) is_unreadable: bool,
    pub(crate) complaint: Option<String>,
    pub(crate) problem: Option<String>,
}

/// A message to report.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) level: Level,
    /// What the message is about. Messages of one kind may differ in their texts.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

impl State {
    /// A batch that fails for `stuck_after` lets the batches behind it go first.
    pub(crate) fn new(queue: Queue, stuck_after: Duration) -> Self {
        Self {
            queue,
            attempt: 0,
            failed: None,
            failure: Failure::Passing,
            has_answered: false,
            losses: Losses::default(),
            wanted: 0,
            failures: 0,
            pause: None,
            asked: None,
            stuck: Stuck::new(stuck_after),
            last_flushes: 0,
            last_call: None,
            logged: Logged::default(),
            is_reporting: false,
            life: Life::Running,
        }
    }

    /// Begins a flush that tries until its deadline: at the latest shortly before the deadline, in
    /// spite of all pauses.
    pub(crate) fn begin_last_flush(&mut self, begin: Instant, deadline: Instant) {
        self.last_flushes += 1;
        let limit = deadline.saturating_duration_since(begin);
        let last_call = begin + limit.saturating_sub((limit / LAST_CALL).min(LONGEST_LAST_CALL));
        self.last_call = Some(self.last_call.map_or(last_call, |other| other.min(last_call)));
    }

    pub(crate) fn end_last_flush(&mut self) {
        self.last_flushes -= 1;
        if self.last_flushes == 0 {
            self.last_call = None;
        }
    }

    /// When the next attempt may begin; `None` if now.
    pub(crate) fn resume(&self) -> Option<Instant> {
        let resume = match (self.pause, self.asked) {
            // A shutdown tries as soon as the collector allows it.
            (Some(_), Some(asked)) if self.last_flushes > 0 => asked,
            (pause, asked) => pause.max(asked)?,
        };
        Some(self.last_call.map_or(resume, |last_call| last_call.min(resume)))
    }

    /// Begins an attempt.
    pub(crate) fn attempt(&mut self, now: Instant) {
        self.attempt += 1;
        self.last_call = self.last_call.filter(|last_call| now < *last_call);
    }

    /// The index of the batch that is sent next.
    pub(crate) fn choose(&self) -> usize {
        self.stuck.choose(&self.queue)
    }

    /// Whether nothing listened at the address at the last attempt, or ever.
    pub(crate) fn is_unreached(&self) -> bool {
        !self.has_answered && self.failure == Failure::Unreachable
    }

    /// The collector took the batch, or refused it for good.
    fn answered(&mut self) {
        self.stuck.overtake();
        self.has_answered = true;
        (self.pause, self.asked, self.failures) = (None, None, 0);
    }

    /// The collector accepted the batch, except for `rejected` data points.
    pub(crate) fn accepted(&mut self, rejected: u64, message: &str) -> Option<Message> {
        self.queue.done();
        self.answered();
        (self.logged.is_full, self.logged.is_unreadable) = (false, false);
        let was_down = std::mem::take(&mut self.logged.is_down);
        if rejected > 0 || !message.is_empty() {
            dropped::count(rejected, DropReason::Refused);
            let text = format!("{rejected} data points were rejected: {message}");
            let message = Message { level: Level::Warn, kind: "rejected", text };
            return self.complaint("rejected", message);
        }
        self.logged.complaint = None;
        was_down.then(|| Message {
            level: Level::Info,
            kind: "answers again",
            text: "the collector answers again".to_owned(),
        })
    }

    /// The collector refused the batch for good.
    pub(crate) fn refused(&mut self, reason: String) -> Option<Message> {
        let points = self.queue.done();
        dropped::count(points, DropReason::Refused);
        self.answered();
        self.losses.note(format!("refused: {reason}"));
        self.logged.is_down = false;
        let text = format!(
            "the collector refused a batch, which is lost: {reason}. `typed_metrics.otlp.dropped` \
             counts the data points; this message is reported once"
        );
        // The status, without the collector's text.
        let status = reason.split(':').next().unwrap_or_default();
        self.complaint(status, Message { level: Level::Error, kind: "refused", text })
    }

    /// The collector did not take the batch, which is tried again, at the earliest `after` this
    /// time.
    pub(crate) fn failed(
        &mut self,
        reason: String,
        after: Option<Duration>,
        failure: Failure,
    ) -> Option<Message> {
        let now = Instant::now();
        self.failure = failure;
        self.has_answered |= failure == Failure::Answered;
        let given_up = self.stuck.fail(&mut self.queue, now, self.last_flushes > 0);
        self.pause_after(reason.clone(), after);
        if let Some((points, since)) = given_up {
            dropped::count(points, DropReason::NeverAccepted);
            let loss = format!(
                "a batch is given up, with {points} data points: the collector has not taken it \
                 for {since:.0?}, but took the batches behind it: {reason}"
            );
            let text = format!("{loss}. `typed_metrics.otlp.dropped` counts the data points");
            self.losses.note(loss);
            return Some(Message { level: Level::Error, kind: "never accepted", text });
        }
        let was_down = std::mem::replace(&mut self.logged.is_down, true);
        let (level, end) = match failure {
            Failure::Settings => (Level::Error, "Batches wait until the settings are right"),
            _ => (Level::Warn, "Batches wait until the collector answers"),
        };
        let text = format!("{reason}. {end}");
        (!was_down).then_some(Message { level, kind: "down", text })
    }

    /// The batch cannot be read from the folder, and is tried again. Returns whether that is to be
    /// reported.
    pub(crate) fn unreadable(&mut self, reason: String) -> bool {
        self.queue.keep();
        self.pause_after(reason, None);
        !std::mem::replace(&mut self.logged.is_unreadable, true)
    }

    /// Pauses after a failure.
    fn pause_after(&mut self, reason: String, after: Option<Duration>) {
        self.failures += 1;
        let own = match self.failure {
            // Nothing changes soon.
            Failure::Settings => LONGEST_PAUSE,
            _ if self.last_flushes > 0 => pause(self.failures).min(LONGEST_LAST_PAUSE),
            _ => pause(self.failures),
        };
        let now = Instant::now();
        // A collector that asks for a pause of zero has not asked for a pause.
        let asked = after.filter(|asked| !asked.is_zero()).map(|asked| asked.min(LONGEST_ASKED));
        self.asked = asked.map(|asked| now + asked);
        // A flush has begun during the attempt: it waits for another one.
        self.pause = (self.attempt > self.wanted).then_some(now + own);
        self.failed = Some((self.attempt, reason));
    }

    /// A message that is not logged twice in a row. Two messages are the same if their `status` is:
    /// their texts may differ in the numbers of requests.
    fn complaint(&mut self, status: &str, message: Message) -> Option<Message> {
        if self.logged.complaint.as_deref() == Some(status) {
            return None;
        }
        self.logged.complaint = Some(status.to_owned());
        Some(message)
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

    fn state() -> State {
        State::new(Queue::new(100, None), Duration::from_secs(60))
    }

    #[test]
    fn a_message_has_the_kind_of_its_failure() {
        let mut state = state();
        let kind = |message: Option<Message>| message.map(|message| message.kind);
        assert!(state.unreadable("no file descriptor".into()));
        assert!(!state.unreadable("no file descriptor".into()));
        // A batch that could not be read does not hide an outage.
        assert_eq!(kind(state.failed("503".into(), None, Failure::Answered)), Some("down"));
        assert_eq!(kind(state.failed("504".into(), None, Failure::Answered)), None);
        assert_eq!(kind(state.accepted(0, "")), Some("answers again"));
        assert!(state.unreadable("no file descriptor".into()));
        assert_eq!(kind(state.accepted(3, "too old")), Some("rejected"));
        assert_eq!(kind(state.accepted(4, "too new")), None);
        assert_eq!(kind(state.refused("401 Unauthorized: request 1".into())), Some("refused"));
        assert_eq!(kind(state.refused("401 Unauthorized: request 2".into())), None);
        assert_eq!(kind(state.refused("404 Not Found".into())), Some("refused"));
    }

    #[test]
    fn a_shutdown_tries_when_the_collector_allows_it_and_before_its_deadline() {
        let mut state = state();
        let second = Duration::from_secs(1);
        // Pauses of the sender's own have become long.
        state.failures = 10;
        state.attempt = 1;
        state.failed("503".into(), Some(2 * second), Failure::Answered);
        let now = Instant::now();
        assert!(state.resume().unwrap() > now + 20 * second);
        state.begin_last_flush(now, now + 5 * second);
        assert_eq!(state.resume(), state.asked);
        state.failed("503".into(), Some(30 * second), Failure::Answered);
        assert_eq!(state.resume(), Some(now + Duration::from_millis(4500)));
        state.attempt(now + 5 * second);
        state.failed("503".into(), Some(30 * second), Failure::Answered);
        assert!(state.resume().unwrap() > now + 20 * second);
        state.end_last_flush();
    }

    #[test]
    fn pauses_grow_up_to_half_a_minute() {
        let of = |failures| pause(failures).as_millis();
        assert!((200..=300).contains(&of(1)));
        assert!((400..=600).contains(&of(2)));
        assert!((24_000..=36_000).contains(&of(10)));
        assert!((24_000..=36_000).contains(&of(u32::MAX)));
    }
}
