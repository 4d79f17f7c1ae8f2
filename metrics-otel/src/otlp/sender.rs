//! The thread that sends what waits in the spool.

mod state;
mod undelivered;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use opentelemetry::Context;

use super::answer::Outcome;
use super::dropped::{self, Reason};
use super::mistakes::OtlpError;
use super::spool::{Amount, Spool};
use crate::lock;

use state::{FIRST_PAUSE, Message, State};
use undelivered::Undelivered;

/// What the program calls itself towards collectors.
pub(super) const USER_AGENT: &str = concat!("typed-metrics-otlp/", env!("CARGO_PKG_VERSION"));

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

impl Sender {
    /// Starts the thread.
    pub(super) fn start(
        endpoint: String,
        spool: Spool,
        mut transport: impl Transport,
    ) -> Result<Self, OtlpError> {
        let shared = Arc::new(Shared {
            endpoint,
            state: Mutex::new(State::new(spool)),
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
