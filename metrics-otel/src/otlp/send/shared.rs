//! What the sender, its thread, and the thread of the spool's folder share.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use log::Level;
use typed_metrics_core::report;

use super::state::{Message, State};
use super::undelivered::Undelivered;
use crate::lock::lock;
use crate::otlp::config::settings::SpoolSettings;
use crate::otlp::spool::amount::Amount;
use crate::otlp::spool::dropped::{self, DropReason};
use crate::otlp::spool::folder::Folder;
use crate::otlp::spool::queue::Queue;

/// The state of a sender, and the signals about it. No thread keeps the lock while it waits for the
/// network or for a disk.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The address, for messages.
    pub(crate) endpoint: String,
    pub(crate) state: Mutex<State>,
    pub(crate) folder: Option<Folder>,
    /// Notified when the sending thread may have work.
    pub(crate) work: Condvar,
    /// Notified when the thread of the folder may have work.
    pub(crate) files: Condvar,
    /// Notified when an attempt ended, or a file changed.
    pub(crate) progress: Condvar,
}

impl Shared {
    /// Opens the spool.
    pub(crate) fn open(endpoint: String, spool: &SpoolSettings) -> Result<Self, String> {
        let (folder, left) = match &spool.folder {
            None => (None, None),
            Some(path) => {
                let (folder, left) = Folder::open(path)?;
                (Some(folder), Some(left))
            }
        };
        Ok(Self {
            endpoint,
            state: Mutex::new(State::new(Queue::new(spool.limit, left), spool.stuck_after)),
            folder,
            work: Condvar::new(),
            files: Condvar::new(),
            progress: Condvar::new(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Counts and reports batches that are given up at the end of a pipeline.
    pub(crate) fn report_lost(&self, lost: Amount) {
        if lost.batches > 0 {
            dropped::count(lost.points, DropReason::Ended);
            let endpoint = &self.endpoint;
            let text = format_args!("{lost} for {endpoint} are lost: the pipeline ended");
            self.report(Level::Error, "lost at the end", text);
        }
    }

    pub(crate) fn report_message(&self, message: Option<Message>) {
        if let Some(Message { level, kind, text }) = message {
            self.report(level, kind, format_args!("metrics for {}: {text}", self.endpoint));
        }
    }

    /// Reports a problem with the folder, unless it is the last one that was reported.
    pub(crate) fn report_problem(&self, problem: &str) {
        let is_new = {
            let mut state = self.lock();
            let is_new = state.logged.problem.as_deref() != Some(problem);
            state.logged.problem = Some(problem.to_owned());
            is_new
        };
        if is_new {
            self.report_message(Some(self.of_folder(problem)));
        }
    }

    /// A message about the folder.
    pub(crate) fn of_folder(&self, problem: &str) -> Message {
        let folder = self.folder.as_ref().map(|folder| folder.path().display().to_string());
        let text = format!("`{}`: {problem}", folder.unwrap_or_default());
        Message { level: Level::Warn, kind: "folder", text }
    }

    /// Reports a failure. Must not be called under the lock, because a logger may call this crate.
    pub(crate) fn report(&self, level: Level, kind: &str, text: fmt::Arguments<'_>) {
        report(level, &format!("otlp {}: {kind}", self.endpoint), text);
    }

    pub(crate) fn undelivered(&self, state: &State, reason: String) -> Undelivered {
        let (waiting, volatile) = (state.queue.waiting(), state.queue.volatile());
        let kept = Amount {
            batches: waiting.batches - volatile.batches,
            points: waiting.points - volatile.points,
        };
        let folder = self.folder.as_ref().filter(|_| kept.batches > 0);
        Undelivered {
            endpoint: self.endpoint.clone(),
            reason,
            volatile,
            is_given_up: false,
            kept: folder.map(|folder| (kept, folder.path().display().to_string())),
        }
    }
}

/// Waits for a notification, at most until `end`.
pub(crate) fn wait<'a>(
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
