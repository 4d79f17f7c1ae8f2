//! The thread that sends what waits in the spool.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;

use super::answer::Outcome;
use super::dropped::{self, Reason};
use super::mistakes::OtlpError;
use super::spool::{Amount, Spool};
use crate::lock;

/// What the program calls itself towards collectors.
pub(super) const USER_AGENT: &str = concat!("typed-metrics-otlp/", env!("CARGO_PKG_VERSION"));

/// The first pause after a failure; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause that a collector may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

thread_local! {
    /// Whether this thread is one that sends.
    static IS_SENDER: Cell<bool> = const { Cell::new(false) };
}

/// Sends one batch, and waits for the answer.
pub(super) trait Transport: Send + 'static {
    fn send(&mut self, body: &[u8]) -> Outcome;
}

/// See the module. When it is dropped, the thread tries once more what waits, and ends.
#[derive(Debug)]
pub(super) struct Sender(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Where to, for messages.
    endpoint: String,
    state: Mutex<State>,
    /// There may be something to do for the thread.
    work: Condvar,
    /// An attempt ended.
    progress: Condvar,
}

#[derive(Debug)]
struct State {
    spool: Spool,
    /// The attempt that is under way or was the last one.
    attempt: u64,
    /// The last attempt that failed, or was refused, and why.
    failed: Option<(u64, String)>,
    refused: Option<(u64, String)>,
    /// A flush waits for an attempt after this one.
    wanted: u64,
    /// Failures since the last success.
    failures: u32,
    pause: Option<Pause>,
    /// What was said already, and is not said again until a batch is taken.
    told: Told,
    /// Whether the sender was dropped.
    is_ending: bool,
}

/// Nothing is sent before its end.
#[derive(Debug, Clone, Copy)]
struct Pause {
    end: Instant,
    /// Whether the collector asked for it; a flush keeps to it too.
    is_asked: bool,
}

#[derive(Debug, Default)]
struct Told {
    is_down: bool,
    is_full: bool,
    complaint: Option<String>,
    problem: Option<String>,
}

/// What could not be sent by the end of a flush.
#[derive(Debug)]
pub(super) struct Undelivered {
    endpoint: String,
    reason: String,
    /// What waits in memory.
    volatile: Amount,
    /// What waits in the folder, and which that is.
    kept: Option<(Amount, String)>,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, reason, volatile, kept } = self;
        write!(f, "{endpoint}: {reason}")?;
        if let Some((amount, folder)) = kept {
            write!(f, "; {amount} wait in `{folder}` for the next start")?;
        }
        if volatile.batches > 0 {
            write!(f, "; {volatile} wait in memory, and are lost if the program ends")?;
        }
        Ok(())
    }
}

impl std::error::Error for Undelivered {}

impl Sender {
    /// Starts the thread.
    pub(super) fn start(
        endpoint: String,
        spool: Spool,
        mut transport: impl Transport,
    ) -> Result<Self, OtlpError> {
        let shared = Arc::new(Shared {
            endpoint,
            state: Mutex::new(State {
                spool,
                attempt: 0,
                failed: None,
                refused: None,
                wanted: 0,
                failures: 0,
                pause: None,
                told: Told::default(),
                is_ending: false,
            }),
            work: Condvar::new(),
            progress: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("typed-metrics-otlp".to_owned());
        let spawned = thread.spawn(move || {
            // What is done here is no telemetry of the program.
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            IS_SENDER.set(true);
            loop {
                let step = catch_unwind(AssertUnwindSafe(|| worker.step(&mut transport)));
                match step {
                    Ok(true) => {}
                    Ok(false) => return,
                    // The program's logger panicked; nothing is under way.
                    Err(_) => std::thread::sleep(FIRST_PAUSE),
                }
            }
        });
        spawned.map_err(|error| OtlpError::new(format!("the exporter has no thread: {error}")))?;
        Ok(Self(shared))
    }

    /// Sends a batch as soon as the ones before it are sent. Never waits.
    pub(super) fn send(&self, body: Arc<[u8]>, points: u64) {
        let mut state = lock(&self.0.state);
        let gone = state.spool.push(body, points);
        let is_news = gone.batches > 0 && !std::mem::replace(&mut state.told.is_full, true);
        let limit = state.spool.limit();
        let problem = state.problem();
        drop(state);
        self.0.tell(problem);
        self.0.work.notify_all();
        if is_news {
            log::warn!(
                target: "typed_metrics",
                "the spool for {} is full ({limit} bytes): the oldest batches are dropped, first {gone}; \
                 `typed_metrics.otlp.dropped` counts them. `spool_limit` is the limit",
                self.0.endpoint
            );
        }
    }

    /// The last attempt that began: to be asked before the collection whose batch is to be flushed.
    pub(super) fn attempt(&self) -> u64 {
        lock(&self.0.state).attempt
    }

    /// Waits until everything is sent that waits now. Without patience, a failure after the attempt `before` is the
    /// end of it; with it, batches are tried again until the deadline, unless a folder keeps them.
    pub(super) fn flush(
        &self,
        before: u64,
        deadline: Instant,
        is_patient: bool,
    ) -> Result<(), Undelivered> {
        let shared = &*self.0;
        let mut state = lock(&shared.state);
        if IS_SENDER.get() {
            // A logger that flushes: it would wait for itself.
            return Err(shared.undelivered(&state, "it is sending just now".to_owned()));
        }
        let until = state.spool.next_number();
        state.wanted = before;
        if state.pause.is_some_and(|pause| !pause.is_asked) {
            (state.pause, state.failures) = (None, 0);
        }
        shared.work.notify_all();
        let since = |failure: &Option<(u64, String)>| match failure {
            Some((attempt, reason)) if *attempt > before => Some(reason.clone()),
            _ => None,
        };
        loop {
            let now = Instant::now();
            let failed = since(&state.failed);
            let is_barred =
                state.pause.is_some_and(|pause| pause.is_asked && pause.end >= deadline);
            // A folder keeps what it has.
            let is_patient = is_patient && state.spool.volatile().batches > 0;
            let is_over = now >= deadline || is_barred || (failed.is_some() && !is_patient);
            if state.spool.is_done(until) {
                return since(&state.refused).map_or(Ok(()), |reason| {
                    Err(shared.undelivered(&state, format!("refused: {reason}")))
                });
            }
            if is_over {
                let last = state.failed.as_ref().map(|(_, reason)| reason.clone());
                let reason = failed.or(last.filter(|_| is_barred));
                let reason = reason.unwrap_or_else(|| "no answer in time".to_owned());
                return Err(shared.undelivered(&state, reason));
            }
            state = wait(&shared.progress, state, Some(deadline));
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.is_ending = true;
        if state.pause.is_some_and(|pause| !pause.is_asked) && state.spool.volatile().batches > 0 {
            // Once more, not for long: nobody waits for it.
            state.pause = None;
        }
        drop(state);
        self.0.work.notify_all();
    }
}

impl Shared {
    /// Sends one batch, once it is time; false if the thread is to end.
    fn step(&self, transport: &mut impl Transport) -> bool {
        let Some(body) = self.next() else { return false };
        let sent = catch_unwind(AssertUnwindSafe(|| transport.send(&body)));
        self.take(sent.unwrap_or_else(|_| Outcome::later("sending panicked")));
        true
    }

    /// The next batch to send, once it is time; `None` if the thread is to end.
    fn next(&self) -> Option<Arc<[u8]>> {
        let mut state = lock(&self.state);
        loop {
            let end = state.pause.map(|pause| pause.end);
            let is_pausing = end.is_some_and(|end| Instant::now() < end);
            if !is_pausing && !state.spool.is_empty() {
                state.attempt += 1;
                match state.spool.begin() {
                    Ok(Some(body)) => return Some(body),
                    Ok(None) => self.progress.notify_all(),
                    Err(reason) => {
                        let message = state.failed(reason, None);
                        drop(state);
                        self.tell(message);
                        self.progress.notify_all();
                        state = lock(&self.state);
                    }
                }
                continue;
            }
            if state.is_ending {
                let lost = state.spool.volatile();
                drop(state);
                self.tell_lost(lost);
                return None;
            }
            state = wait(&self.work, state, end.filter(|_| is_pausing));
        }
    }

    fn tell_lost(&self, lost: Amount) {
        if lost.batches > 0 {
            dropped::count(lost.points, Reason::Ended);
            let endpoint = &self.endpoint;
            log::error!(target: "typed_metrics", "{lost} for {endpoint} are lost: the pipeline ended");
        }
    }

    /// Takes note of how an attempt ended.
    fn take(&self, outcome: Outcome) {
        let mut state = lock(&self.state);
        let message = match outcome {
            Outcome::Taken { rejected, message } => state.taken(rejected, &message),
            Outcome::Refused(reason) => state.refused(reason),
            Outcome::Later { reason, after } => state.failed(reason, after),
        };
        let problem = state.problem();
        drop(state);
        // Before a flush returns, whose end it tells.
        self.tell(problem);
        self.tell(message);
        self.progress.notify_all();
    }

    /// Logs; not under the lock, for a logger may do anything.
    fn tell(&self, message: Message) {
        if let Some((level, message)) = message {
            log::log!(target: "typed_metrics", level, "metrics for {}: {message}", self.endpoint);
        }
    }

    fn undelivered(&self, state: &State, reason: String) -> Undelivered {
        let (waiting, volatile) = (state.spool.waiting(), state.spool.volatile());
        let kept = Amount {
            batches: waiting.batches - volatile.batches,
            points: waiting.points - volatile.points,
        };
        let folder = state.spool.folder().filter(|_| kept.batches > 0);
        Undelivered {
            endpoint: self.endpoint.clone(),
            reason,
            volatile,
            kept: folder.map(|folder| (kept, folder.display().to_string())),
        }
    }
}

type Message = Option<(log::Level, String)>;

impl State {
    fn taken(&mut self, rejected: u64, message: &str) -> Message {
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

    fn refused(&mut self, reason: String) -> Message {
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

    fn failed(&mut self, reason: String, after: Option<Duration>) -> Message {
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
    fn problem(&mut self) -> Message {
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

/// Waits to be woken, at most until `end`.
fn wait<'a>(
    condvar: &Condvar,
    state: MutexGuard<'a, State>,
    end: Option<Instant>,
) -> MutexGuard<'a, State> {
    match end {
        None => condvar.wait(state).unwrap_or_else(PoisonError::into_inner),
        Some(end) => {
            let left = end.saturating_duration_since(Instant::now());
            condvar.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
        }
    }
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
