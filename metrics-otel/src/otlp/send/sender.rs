//! The thread that sends the batches of the spool.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use log::Level;
use opentelemetry::Context;
use typed_metrics_core::{foreign, report};

use super::answer::Outcome;
use super::state::{Message, State};
use super::transport::Transport;
use super::undelivered::Undelivered;
use crate::lock::lock;
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::spool::amount::Amount;
use crate::otlp::spool::dropped::{self, DropReason};
use crate::otlp::spool::queue::Spool;

thread_local! {
    /// Whether this thread is a sender's thread.
    static IS_SENDER: Cell<bool> = const { Cell::new(false) };
}

/// A spool, and the thread that sends its batches. On drop, the thread tries once more to send the
/// waiting batches, and ends.
#[derive(Debug)]
pub(crate) struct Sender(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The address, for messages.
    endpoint: String,
    state: Mutex<State>,
    /// Notified when the thread may have work.
    work: Condvar,
    /// Notified when an attempt ended.
    progress: Condvar,
}

impl Sender {
    /// Starts the thread.
    pub(crate) fn start(
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
            // The thread's own activity is not telemetry of the program.
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            IS_SENDER.set(true);
            while worker.step(&mut transport) {}
        });
        spawned.map_err(|error| {
            OtlpError::new(format!("the thread that sends metrics cannot be started: {error}"))
        })?;
        Ok(Self(shared))
    }

    /// Appends a batch to the spool. Never waits.
    pub(crate) fn send(&self, body: Arc<[u8]>, points: u64) {
        let mut state = lock(&self.0.state);
        let gone = state.spool.push(body, points);
        let is_new = gone.batches > 0 && !std::mem::replace(&mut state.logged.is_full, true);
        let limit = state.spool.limit();
        let problem = state.problem();
        drop(state);
        self.0.report_message(problem);
        self.0.work.notify_all();
        if is_new {
            let text = format_args!(
                "the spool for {} is full ({limit} bytes): the oldest batches are dropped, first \
                 {gone}; `typed_metrics.otlp.dropped` counts the data points, and `spool_limit` \
                 sets the limit",
                self.0.endpoint
            );
            self.0.report(Level::Warn, "full", text);
        }
    }

    /// The number of the last attempt. A caller of `flush` asks for it before the collection.
    pub(crate) fn attempt(&self) -> u64 {
        lock(&self.0.state).attempt
    }

    /// Waits until all waiting batches are sent.
    ///
    /// Without patience, a failure after the attempt `before` ends the flush. With patience,
    /// batches are tried again until the deadline, unless a folder keeps them.
    pub(crate) fn flush(
        &self,
        before: u64,
        deadline: Instant,
        is_patient: bool,
    ) -> Result<(), Undelivered> {
        let shared = &*self.0;
        let mut state = lock(&shared.state);
        if IS_SENDER.get() {
            // The logger flushes: the thread would wait for itself.
            return Err(shared
                .undelivered(&state, "a logger cannot flush while metrics are sent".to_owned()));
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
            // Batches in a folder are kept, so the flush need not wait for them.
            let is_patient = is_patient && state.spool.volatile().batches > 0;
            let is_over = now >= deadline || is_barred || (failed.is_some() && !is_patient);
            if state.spool.is_done(until) && (!state.is_reporting || now >= deadline) {
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
            // One more attempt without delay: no caller waits for the thread.
            state.pause = None;
        }
        drop(state);
        self.0.work.notify_all();
    }
}

impl Shared {
    /// Waits for the next batch and sends it; false if the thread must end.
    fn step(&self, transport: &mut impl Transport) -> bool {
        let Some(body) = self.next() else { return false };
        let sent = foreign::call(|| transport.send(&body));
        self.take(sent.unwrap_or_else(|_| Outcome::retry("sending panicked")));
        true
    }

    /// Waits for the next batch; `None` if the thread must end.
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
                        let message = state.unreadable(reason);
                        drop(state);
                        self.report_message(message);
                        self.progress.notify_all();
                        state = lock(&self.state);
                    }
                }
                continue;
            }
            if state.is_ending {
                let lost = state.spool.volatile();
                drop(state);
                self.report_lost(lost);
                return None;
            }
            state = wait(&self.work, state, end.filter(|_| is_pausing));
        }
    }

    /// Counts and reports the batches that are lost at the end of the thread.
    fn report_lost(&self, lost: Amount) {
        if lost.batches > 0 {
            dropped::count(lost.points, DropReason::Ended);
            let endpoint = &self.endpoint;
            let text = format_args!("{lost} for {endpoint} are lost: the pipeline ended");
            self.report(Level::Error, "lost at the end", text);
        }
    }

    /// Applies the outcome of an attempt to the state.
    fn take(&self, outcome: Outcome) {
        let mut state = lock(&self.state);
        let message = match outcome {
            Outcome::Accepted { rejected, message } => state.accepted(rejected, &message),
            Outcome::Refused(reason) => state.refused(reason),
            Outcome::Retry { reason, after } => state.failed(reason, after),
        };
        let problem = state.problem();
        // A flush returns after its messages were reported.
        state.is_reporting = true;
        drop(state);
        self.report_message(problem);
        self.report_message(message);
        lock(&self.state).is_reporting = false;
        self.progress.notify_all();
    }

    fn report_message(&self, message: Option<Message>) {
        if let Some(Message { level, kind, text }) = message {
            self.report(level, kind, format_args!("metrics for {}: {text}", self.endpoint));
        }
    }

    /// Reports a failure. Must not be called under the lock, because a logger may call this crate.
    fn report(&self, level: Level, kind: &str, text: fmt::Arguments<'_>) {
        report(level, &format!("otlp {}: {kind}", self.endpoint), text);
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

/// Waits for a notification, at most until `end`.
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
