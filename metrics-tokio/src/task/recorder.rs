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

    /// Whether a poll that took this long is slow: longer than the limit, and not just as long.
    pub(super) fn is_slow(&self, elapsed: Duration) -> bool {
        elapsed > self.slow_poll_limit
    }

    /// The series with the durations of tasks that ended so, looked up once a task.
    pub(super) fn duration(&self, outcome: Outcome) -> Histogram<Seconds> {
        TaskMetrics::duration(self.name, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_just_at_the_limit_is_not_slow() {
        let recorder = Recorder::new("at the limit");
        for limit in [SLOW_POLL, Duration::ZERO, Duration::from_secs(1)] {
            let recorder = Recorder { slow_poll_limit: limit, ..recorder };
            assert!(!recorder.is_slow(limit), "{limit:?}");
            assert!(recorder.is_slow(limit + Duration::from_nanos(1)), "{limit:?}");
        }
    }
}
