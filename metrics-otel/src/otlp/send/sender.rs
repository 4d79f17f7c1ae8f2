//! A spool and the threads that send its batches.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use log::Level;
use opentelemetry::Context;

use super::shared::{Shared, wait};
use super::state::Life;
use super::transport::Transport;
use super::undelivered::Undelivered;
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::config::settings::SpoolSettings;

/// How long a shutdown tries to reach a collector that this pipeline has never reached, while
/// nothing listens at the address.
const SHORT: Duration = Duration::from_millis(300);

thread_local! {
    /// Whether this thread is a sender's thread.
    static IS_SENDER: Cell<bool> = const { Cell::new(false) };
}

/// A spool, and the threads that send its batches and keep its files. On drop, the thread tries
/// once more to send the waiting batches, and ends.
#[derive(Debug)]
pub(crate) struct Sender {
    shared: Arc<Shared>,
    /// The process with the threads.
    process: u32,
}

/// A flush: the number of the last attempt before its collection, the number of losses before its
/// collection, its beginning and its deadline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flush {
    before: u64,
    losses: u64,
    begin: Instant,
    pub(crate) deadline: Instant,
    /// Whether the flush tries until its deadline, because the program may end.
    is_last: bool,
}

impl Sender {
    /// Opens the spool, and starts the threads.
    pub(crate) fn start(
        endpoint: String,
        spool: &SpoolSettings,
        mut transport: impl Transport,
    ) -> Result<Self, OtlpError> {
        let shared = Arc::new(Shared::open(endpoint, spool).map_err(OtlpError::new)?);
        let sender = Self { shared: Arc::clone(&shared), process: std::process::id() };
        let failed = |error: std::io::Error| {
            OtlpError::new(format!("the thread that sends metrics cannot be started: {error}"))
        };
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("typed-metrics-otlp".to_owned());
        let work = move || {
            in_sender(|| while worker.step(&mut transport) {});
        };
        thread.spawn(work).map_err(failed)?;
        if shared.folder.is_some() {
            let thread = std::thread::Builder::new().name("typed-metrics-spool".to_owned());
            thread.spawn(move || in_sender(|| shared.keep_files())).map_err(failed)?;
        }
        Ok(sender)
    }

    /// Whether this process was forked from the one with the threads. Then a lock may be held by a
    /// thread that does not exist here.
    pub(crate) fn is_of_parent(&self) -> bool {
        std::process::id() != self.process
    }

    /// Appends a batch to the spool. Never waits.
    pub(crate) fn send(&self, body: Arc<[u8]>, points: u64) {
        if self.is_of_parent() {
            return;
        }
        let shared = &self.shared;
        let mut state = shared.lock();
        let gone = state.queue.push(body, points);
        let is_new = gone.batches > 0 && !std::mem::replace(&mut state.logged.is_full, true);
        let limit = state.queue.limit();
        if gone.batches > 0 {
            state.losses.note(format!(
                "the spool is full ({limit} bytes), and the oldest batches are dropped: {gone}"
            ));
        }
        drop(state);
        shared.work.notify_all();
        shared.files.notify_all();
        if is_new {
            let text = format_args!(
                "the spool for {} is full ({limit} bytes): the oldest batches are dropped, first \
                 {gone}; `typed_metrics.otlp.dropped` counts the data points, and `spool_limit` \
                 sets the limit",
                shared.endpoint
            );
            shared.report(Level::Warn, "full", text);
        }
    }

    /// Begins a flush, before its collection.
    pub(crate) fn begin_flush(&self, timeout: Duration, is_last: bool) -> Flush {
        let begin = Instant::now();
        let state = self.shared.lock();
        let (before, losses) = (state.attempt, state.losses.number());
        Flush { before, losses, begin, deadline: begin + timeout, is_last }
    }

    /// Waits until all waiting batches are sent. A batch that was lost since the beginning of the
    /// flush is an error.
    ///
    /// A failure after the beginning of the flush ends the flush. If the flush is the last one,
    /// batches are tried again until the deadline, unless a folder keeps them, or nothing listens
    /// at the address and never has.
    pub(crate) fn flush(&self, flush: Flush) -> Result<(), Undelivered> {
        let shared = &*self.shared;
        let Flush { before, losses, begin, deadline, is_last } = flush;
        let mut state = shared.lock();
        if IS_SENDER.get() {
            // The logger flushes: the thread would wait for itself.
            return Err(shared
                .undelivered(&state, "a logger cannot flush while metrics are sent".to_owned()));
        }
        let until = state.queue.next_number();
        state.wanted = before;
        (state.pause, state.failures) = (None, 0);
        if is_last {
            state.begin_last_flush(begin, deadline);
        }
        shared.work.notify_all();
        let ended = loop {
            let now = Instant::now();
            let failed = state.failed.as_ref().filter(|(attempt, _)| *attempt > before);
            let is_barred = state.asked.is_some_and(|end| end >= deadline);
            let is_safe = state.queue.volatile().batches == 0;
            // Until then, batches in memory may still get to the folder.
            let is_useless =
                state.failure.is_lasting() || (state.is_unreached() && now >= begin + SHORT);
            let is_hopeless = failed.is_some()
                && (!is_last
                    || (is_useless && state.queue.is_settled())
                    || (is_safe && state.asked.is_none_or(|end| end <= now)));
            let is_over = now >= deadline || is_hopeless || (is_barred && (!is_last || is_safe));
            if state.queue.is_done(until) && (!state.is_reporting || now >= deadline) {
                if is_last && state.queue.has_superfluous_files() && now < deadline {
                    state = wait(&shared.progress, state, Some(deadline));
                    continue;
                }
                break state
                    .losses
                    .since(losses)
                    .map_or(Ok(()), |loss| Err(shared.undelivered(&state, loss.to_owned())));
            }
            if is_over {
                let failed = failed.or(state.failed.as_ref().filter(|_| is_barred));
                let reason = failed.map_or("no answer in time", |(_, reason)| reason);
                let loss = state.losses.since(losses);
                let reason = loss.map_or(reason.to_owned(), |loss| format!("{loss}; {reason}"));
                break Err(shared.undelivered(&state, reason));
            }
            // A shorter wait at the end of the short try.
            let end = [Some(deadline), Some(begin + SHORT), state.asked];
            let end = end.into_iter().flatten().filter(|end| *end > now).min();
            state = wait(&shared.progress, state, end);
        };
        if is_last {
            state.end_last_flush();
        }
        ended
    }

    /// Gives up the batches that wait in memory, after a flush that failed: no handler uses the
    /// pipeline any more. The batches are counted as dropped. Batches that a disk is about to take
    /// are not given up.
    pub(crate) fn give_up(&self, mut undelivered: Undelivered) -> Undelivered {
        let mut state = self.shared.lock();
        if !state.queue.is_settled() {
            return undelivered;
        }
        let lost = state.queue.give_up();
        if lost.batches > 0 {
            // For a flush of another thread.
            state.losses.note(format!("{lost} are lost: the pipeline ended"));
        }
        drop(state);
        self.shared.report_lost(lost);
        undelivered.volatile = lost;
        undelivered.is_given_up = true;
        undelivered
    }
}

/// Runs a thread of a sender.
fn in_sender(run: impl FnOnce()) {
    // The thread's own activity is not telemetry of the program.
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    IS_SENDER.set(true);
    run();
}

impl Drop for Sender {
    fn drop(&mut self) {
        if self.is_of_parent() {
            return;
        }
        let mut state = self.shared.lock();
        state.life = Life::Ending;
        if state.queue.volatile().batches > 0 {
            // One more attempt without delay: no caller waits for the thread.
            state.pause = None;
        }
        drop(state);
        self.shared.work.notify_all();
        self.shared.files.notify_all();
    }
}
