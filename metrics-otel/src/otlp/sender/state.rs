//! What is known of the sender's attempts, and how their outcomes change it.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use crate::otlp::dropped::{self, Reason};
use crate::otlp::spool::Spool;

/// The first pause after a failure; each is twice as long as the one before.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause that a collector may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

/// See the module.
#[derive(Debug)]
pub(super) struct State {
    pub(super) spool: Spool,
    /// The attempt that is under way or was the last one.
    pub(super) attempt: u64,
    /// The last attempt that failed, or was refused, and why.
    pub(super) failed: Option<(u64, String)>,
    pub(super) refused: Option<(u64, String)>,
    /// A flush waits for an attempt after this one.
    pub(super) wanted: u64,
    /// Failures since the last success.
    pub(super) failures: u32,
    pub(super) pause: Option<Pause>,
    /// What was said already, and is not said again until a batch is taken.
    pub(super) told: Told,
    /// Whether the sender was dropped.
    pub(super) is_ending: bool,
}

/// Nothing is sent before its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pause {
    pub(super) end: Instant,
    /// Whether the collector asked for it; a flush keeps to it too.
    pub(super) is_asked: bool,
}

#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) is_down: bool,
    pub(super) is_full: bool,
    pub(super) complaint: Option<String>,
    pub(super) problem: Option<String>,
}

/// What is to be logged, if anything is.
pub(super) type Message = Option<(log::Level, String)>;

impl State {
    pub(super) fn new(spool: Spool) -> Self {
        Self {
            spool,
            attempt: 0,
            failed: None,
            refused: None,
            wanted: 0,
            failures: 0,
            pause: None,
            told: Told::default(),
            is_ending: false,
        }
    }

    pub(super) fn taken(&mut self, rejected: u64, message: &str) -> Message {
        self.spool.done();
        (self.pause, self.failures, self.told.is_full) = (None, 0, false);
        let was_down = std::mem::take(&mut self.told.is_down);
        if rejected > 0 || !message.is_empty() {
            dropped::count(rejected, Reason::Refused);
            let message = format!("{rejected} data points were rejected: {message}");
            return self.complaint(log::Level::Warn, "rejected", message);
        }
        self.told.complaint = None;
        was_down.then(|| (log::Level::Info, "they are sent again".to_owned()))
    }

    pub(super) fn refused(&mut self, reason: String) -> Message {
        let points = self.spool.done();
        dropped::count(points, Reason::Refused);
        self.refused = Some((self.attempt, reason.clone()));
        (self.pause, self.failures, self.told.is_down) = (None, 0, false);
        let message = format!(
            "they are refused, and lost: {reason}. `typed_metrics.otlp.dropped` counts them; this is \
             said once"
        );
        let kind = reason.split(':').next().unwrap_or_default();
        self.complaint(log::Level::Error, kind, message)
    }

    pub(super) fn failed(&mut self, reason: String, after: Option<Duration>) -> Message {
        self.spool.keep();
        self.failures += 1;
        let own = pause(self.failures);
        // To be asked for no time at all is to be asked for nothing.
        let asked = after.filter(|asked| !asked.is_zero()).map(|asked| asked.min(LONGEST_ASKED));
        let length = asked.map_or(own, |asked| asked.max(own));
        let pause = Pause { end: Instant::now() + length, is_asked: asked.is_some() };
        self.pause = (pause.is_asked || self.attempt > self.wanted).then_some(pause);
        let message = format!("{reason}. They wait, and are sent when it answers");
        self.failed = Some((self.attempt, reason));
        let was_down = std::mem::replace(&mut self.told.is_down, true);
        (!was_down).then_some((log::Level::Warn, message))
    }

    /// What is wrong with the spool's folder, if that is news.
    pub(super) fn problem(&mut self) -> Message {
        let problem = self.spool.take_problem()?;
        let is_news = self.told.problem.as_ref() != Some(&problem);
        self.told.problem = Some(problem.clone());
        is_news.then(|| {
            let folder = self.spool.folder().map(|folder| folder.display().to_string());
            (log::Level::Warn, format!("`{}`: {problem}", folder.unwrap_or_default()))
        })
    }

    /// What is not said twice in a row. Its `kind` tells it from others, for texts can have numbers of
    /// requests in them.
    fn complaint(&mut self, level: log::Level, kind: &str, message: String) -> Message {
        if self.told.complaint.as_deref() == Some(kind) {
            return None;
        }
        self.told.complaint = Some(kind.to_owned());
        Some((level, message))
    }
}

/// After so many failures: twice as long each time, and spread by a fifth, so that many programs do
/// not come back at once.
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
