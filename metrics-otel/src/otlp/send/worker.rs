//! The thread that sends the batches of the queue.

use std::sync::Arc;
use std::time::Instant;

use typed_metrics_core::foreign;

use super::answer::Outcome;
use super::shared::{Shared, wait};
use super::state::Life;
use super::transport::Transport;
use crate::otlp::spool::dropped::{self, DropReason};
use crate::otlp::spool::queue::Place;

/// A batch that was taken from the queue, or the reason why it cannot be read.
type Taken = Result<Arc<[u8]>, String>;

impl Shared {
    /// Waits for the next batch and sends it; false if the thread must end.
    pub(crate) fn step(&self, transport: &mut impl Transport) -> bool {
        let Some(taken) = self.next() else { return false };
        match taken {
            Ok(body) => {
                let sent = foreign::call(|| transport.send(&body));
                self.take(sent.unwrap_or_else(|_| Outcome::retry("sending panicked")));
            }
            Err(reason) => {
                let is_new = self.lock().unreadable(reason.clone());
                if is_new {
                    let text = format!("{reason}. Batches wait until it can be read");
                    self.report_message(Some(self.of_folder(&text)));
                }
                self.progress.notify_all();
            }
        }
        true
    }

    /// Waits for the next batch; `None` if the thread must end.
    fn next(&self) -> Option<Taken> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let resume = state.resume().filter(|resume| now < *resume);
            if resume.is_none() && !state.queue.is_empty() {
                state.attempt(now);
                let index = state.choose();
                let Some((name, place)) = state.queue.begin(index) else { continue };
                let body = match place {
                    Place::Memory(body) => return Some(Ok(body)),
                    Place::Folder => {
                        drop(state);
                        self.folder.as_ref().map_or(Ok(None), |folder| folder.read(name))
                    }
                };
                match body {
                    Ok(Some(body)) => return Some(Ok(body.into())),
                    Ok(None) => self.note_missing(),
                    Err(error) => {
                        return Some(Err(format!("a spooled batch cannot be read: {error}")));
                    }
                }
                self.progress.notify_all();
                state = self.lock();
                continue;
            }
            if state.life == Life::Ending {
                state.life = Life::Ended;
                if self.folder.is_none() {
                    let lost = state.queue.give_up();
                    drop(state);
                    self.report_lost(lost);
                }
                self.files.notify_all();
                return None;
            }
            state = wait(&self.work, state, resume);
        }
    }

    /// Drops the batch whose file another program has removed.
    fn note_missing(&self) {
        let mut state = self.lock();
        let points = state.queue.done();
        let loss = format!(
            "a file with {points} data points is gone or empty: another program removed it"
        );
        state.losses.note(loss.clone());
        drop(state);
        dropped::count(points, DropReason::Unreadable);
        self.report_problem(&format!(
            "{loss}. `typed_metrics.otlp.dropped` counts the data points"
        ));
    }

    /// Applies the outcome of an attempt to the state.
    fn take(&self, outcome: Outcome) {
        let mut state = self.lock();
        let message = match outcome {
            Outcome::Accepted { rejected, message } => state.accepted(rejected, &message),
            Outcome::Refused(reason) => state.refused(reason),
            Outcome::Retry { reason, after, failure } => state.failed(reason, after, failure),
        };
        // A flush returns after its messages were reported.
        state.is_reporting = true;
        drop(state);
        self.report_message(message);
        self.lock().is_reporting = false;
        self.files.notify_all();
        self.progress.notify_all();
    }
}
