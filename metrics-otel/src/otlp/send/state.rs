//! The sender's state, and how the outcome of an attempt changes it.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use log::Level;

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
    /// Whether messages about the last batch are being reported.
    pub(crate) is_reporting: bool,
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
            is_reporting: false,
            is_ending: false,
        }
    }

    /// The collector accepted the batch, except for `rejected` data points.
    pub(crate) fn accepted(&mut self, rejected: u64, message: &str) -> Option<Message> {
        self.spool.done();
        (self.pause, self.failures) = (None, 0);
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
        let points = self.spool.done();
        dropped::count(points, DropReason::Refused);
        self.refused = Some((self.attempt, reason.clone()));
        (self.pause, self.failures, self.logged.is_down) = (None, 0, false);
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
    pub(crate) fn failed(&mut self, reason: String, after: Option<Duration>) -> Option<Message> {
        let text = format!("{reason}. Batches wait until the collector answers");
        self.pause_after(reason, after);
        let was_down = std::mem::replace(&mut self.logged.is_down, true);
        (!was_down).then_some(Message { level: Level::Warn, kind: "down", text })
    }

    /// The batch cannot be read from the folder, and is tried again.
    pub(crate) fn unreadable(&mut self, reason: String) -> Option<Message> {
        let message = self.of_folder(&format!("{reason}. Batches wait until it can be read"));
        self.pause_after(reason, None);
        let was_unreadable = std::mem::replace(&mut self.logged.is_unreadable, true);
        (!was_unreadable).then_some(message)
    }

    /// Keeps the batch that was not sent, and pauses.
    fn pause_after(&mut self, reason: String, after: Option<Duration>) {
        self.spool.keep();
        self.failures += 1;
        let own = pause(self.failures);
        // A collector that asks for a pause of zero has not asked for a pause.
        let asked = after.filter(|asked| !asked.is_zero()).map(|asked| asked.min(LONGEST_ASKED));
        let length = asked.map_or(own, |asked| asked.max(own));
        let pause = Pause { end: Instant::now() + length, is_asked: asked.is_some() };
        self.pause = (pause.is_asked || self.attempt > self.wanted).then_some(pause);
        self.failed = Some((self.attempt, reason));
    }

    /// The message about a new problem with the spool's folder.
    pub(crate) fn problem(&mut self) -> Option<Message> {
        let problem = self.spool.take_problem()?;
        let is_new = self.logged.problem.as_ref() != Some(&problem);
        let message = is_new.then(|| self.of_folder(&problem));
        self.logged.problem = Some(problem);
        message
    }

    fn of_folder(&self, problem: &str) -> Message {
        let folder = self.spool.folder().map(|folder| folder.display().to_string());
        let text = format!("`{}`: {problem}", folder.unwrap_or_default());
        Message { level: Level::Warn, kind: "folder", text }
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
    use crate::otlp::config::settings::SpoolSettings;

    #[test]
    fn a_message_has_the_kind_of_its_failure() {
        let spool = Spool::open(&SpoolSettings { folder: None, limit: 100 }).unwrap();
        let mut state = State::new(spool);
        let kind = |message: Option<Message>| message.map(|message| message.kind);
        assert_eq!(kind(state.unreadable("no file descriptor".into())), Some("folder"));
        assert_eq!(kind(state.unreadable("no file descriptor".into())), None);
        // A batch that could not be read does not hide an outage.
        assert_eq!(kind(state.failed("503".into(), None)), Some("down"));
        assert_eq!(kind(state.failed("504".into(), None)), None);
        assert_eq!(kind(state.accepted(0, "")), Some("answers again"));
        assert_eq!(kind(state.unreadable("no file descriptor".into())), Some("folder"));
        assert_eq!(kind(state.accepted(3, "too old")), Some("rejected"));
        assert_eq!(kind(state.accepted(4, "too new")), None);
        assert_eq!(kind(state.refused("401 Unauthorized: request 1".into())), Some("refused"));
        assert_eq!(kind(state.refused("401 Unauthorized: request 2".into())), None);
        assert_eq!(kind(state.refused("404 Not Found".into())), Some("refused"));
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
