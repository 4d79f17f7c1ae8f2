//! What a connection waits for, and how long it may.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

/// The time for a request to arrive.
pub(crate) const TO_ARRIVE: Duration = Duration::from_secs(2);

/// The time for an answer to be made, and then for it to be read.
pub(crate) const TO_READ: Duration = Duration::from_secs(10);

/// The time that a connection may be idle between two requests. Prometheus itself closes a
/// connection that was idle for five minutes.
pub(crate) const IDLE: Duration = Duration::from_secs(300);

/// The stage of a connection. The order is that in which connections make room for new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Nothing of the first request has arrived.
    New,
    /// An answer was read, and nothing of the next request has arrived.
    Idle,
    /// A part of a request has arrived.
    Request,
    /// The answer is being read.
    Answer,
    /// The answer is being made.
    Making,
}

/// The stage of one connection, and since when the connection is there.
#[derive(Debug)]
pub(crate) struct Progress(Cell<(Stage, Instant)>);

impl Progress {
    pub(crate) fn new() -> Self {
        Self(Cell::new((Stage::New, Instant::now())))
    }

    pub(crate) fn get(&self) -> (Stage, Instant) {
        self.0.get()
    }

    pub(crate) fn enter(&self, stage: Stage) {
        self.0.set((stage, Instant::now()));
    }

    /// Bytes of a request have arrived.
    pub(crate) fn has_read(&self) {
        match self.0.get() {
            // A new connection has the time from its beginning on.
            (Stage::New, since) => self.0.set((Stage::Request, since)),
            (Stage::Idle, _) => self.enter(Stage::Request),
            _ => {}
        }
    }

    /// All that was written has been handed to the system.
    pub(crate) fn has_flushed(&self) {
        if self.0.get().0 == Stage::Answer {
            self.enter(Stage::Idle);
        }
    }

    /// When the connection has waited long enough.
    pub(crate) fn deadline(&self) -> Instant {
        let (stage, since) = self.0.get();
        since
            + match stage {
                Stage::New | Stage::Request => TO_ARRIVE,
                Stage::Idle => IDLE,
                // The server limits the time itself, and answers then.
                Stage::Making => 2 * TO_READ,
                Stage::Answer => TO_READ,
            }
    }
}
