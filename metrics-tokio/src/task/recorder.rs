//! The name and the series of a task.

use std::time::Duration;

use typed_metrics_core::unit::Seconds;
use typed_metrics_core::{Counter, Histogram, Outcome, UpDownCounter};

use super::metrics::TaskMetrics;

/// The default limit for slow polls.
const SLOW_POLL: Duration = Duration::from_micros(50);

/// The name of a task, and the series that are recorded again and again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recorder {
    name: &'static str,
    pub(super) slow_poll_limit: Duration,
    pub(super) active: UpDownCounter,
    pub(super) first_poll_delay: Histogram<Seconds>,
    pub(super) poll_duration: Histogram<Seconds>,
    pub(super) slow_polls: Counter,
    pub(super) schedule_delay: Histogram<Seconds>,
    pub(super) idle_duration: Histogram<Seconds>,
}

impl Recorder {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            slow_poll_limit: SLOW_POLL,
            active: TaskMetrics::active(name),
            first_poll_delay: TaskMetrics::first_poll_delay(name),
            poll_duration: TaskMetrics::poll_duration(name),
            slow_polls: TaskMetrics::slow_polls(name),
            schedule_delay: TaskMetrics::schedule_delay(name),
            idle_duration: TaskMetrics::idle_duration(name),
        }
    }

    /// The series with the durations of tasks that ended so, looked up once a task.
    pub(super) fn duration(&self, outcome: Outcome) -> Histogram<Seconds> {
        TaskMetrics::duration(self.name, outcome)
    }
}
