//! One run of a task, from the moment it is measured to its end.

use std::time::{Duration, Instant};

use typed_metrics_core::{Entered, Outcome};

use super::clock::{Clock, seconds};
use super::recorder::Recorder;

/// One run of a task. Its end is recorded when this is dropped.
#[derive(Debug)]
pub(super) struct Run {
    recorder: Recorder,
    start: Instant,
    /// The end of the last poll: see [`Clock::nanos`].
    polled: Option<u64>,
    stage: Stage,
    /// Counts as active until the drop.
    _active: Entered,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Not being polled.
    Suspended,
    /// Being polled.
    Polled,
    Returned(Outcome),
}

impl Run {
    pub(super) fn begin(recorder: Recorder) -> Self {
        Self {
            recorder,
            start: Instant::now(),
            polled: None,
            stage: Stage::Suspended,
            _active: recorder.active.enter(),
        }
    }

    /// Measures a poll. `woken` is the time of the wake that led to it, if there was one.
    pub(super) fn poll<R>(&mut self, woken: Option<u64>, poll: impl FnOnce() -> R) -> R {
        let recorder = &self.recorder;
        let begin = self.start.nanos();
        match self.polled {
            None => recorder.first_poll_delay.record(seconds(begin)),
            Some(polled) => {
                // A wake during the last poll had to wait for its end. Without a wake, another
                // future of the same task was woken.
                let ready = woken.map_or(begin, |woken| woken.max(polled).min(begin));
                recorder.idle_duration.record(seconds(ready.saturating_sub(polled)));
                if woken.is_some() {
                    recorder.schedule_delay.record(seconds(begin - ready));
                }
            }
        }
        self.stage = Stage::Polled;
        let measured = MeasuredPoll { run: self, begin };
        let result = poll();
        measured.run.stage = Stage::Suspended;
        drop(measured);
        result
    }

    /// Ends the run.
    pub(super) fn end(mut self, outcome: Outcome) {
        self.stage = Stage::Returned(outcome);
    }

    /// The start of the run.
    pub(super) fn start(&self) -> Instant {
        self.start
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let outcome = match self.stage {
            Stage::Suspended => Outcome::Cancelled,
            Stage::Polled => Outcome::Panicked,
            Stage::Returned(outcome) => outcome,
        };
        // The last poll of a task that returned or panicked ended a moment ago.
        let end = match self.stage {
            Stage::Suspended => self.start.nanos(),
            _ => self.polled.unwrap_or_else(|| self.start.nanos()),
        };
        self.recorder.duration(outcome).record(seconds(end));
    }
}

/// Records the duration of a poll, also of one that panics.
struct MeasuredPoll<'a> {
    run: &'a mut Run,
    begin: u64,
}

impl Drop for MeasuredPoll<'_> {
    #[inline]
    fn drop(&mut self) {
        let end = self.run.start.nanos();
        let elapsed = end.saturating_sub(self.begin);
        self.run.polled = Some(end);
        let recorder = &self.run.recorder;
        recorder.poll_duration.record(seconds(elapsed));
        if recorder.is_slow(Duration::from_nanos(elapsed)) {
            recorder.slow_polls.inc();
        }
    }
}
