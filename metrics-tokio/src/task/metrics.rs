//! The metrics of measured tasks.

use typed_metrics_core::Outcome;
use typed_metrics_derive::Metrics;

/// The buckets of all times: from 1 µs, because a poll should take less than 10 to 100 µs.
const TIMES: [f64; 15] = [
    0.000_001, 0.000_005, 0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5,
    1.0, 5.0, 10.0,
];

/// The metrics of measured tasks: see [`Task`](crate::Task).
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "tokio.task", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum TaskMetrics<'a> {
    /// Tasks that have begun to be measured and have not ended.
    #[up_down_counter(unit = "{task}")]
    Active {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
    },

    /// Time of a task from the moment it was measured to its end.
    #[histogram(
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 3600]
    )]
    Duration {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
        /// The end of the task: `cancelled` if it was aborted or dropped.
        outcome: Outcome,
    },

    /// Time from the moment a task was measured to its first poll: the delay of the spawn. For
    /// blocking work, the time in the queue.
    #[histogram(name = "first_poll.delay", unit = "s", buckets = TIMES)]
    FirstPollDelay {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
    },

    /// Time of a poll. Other tasks of the worker wait as long.
    #[histogram(name = "poll.duration", unit = "s", buckets = TIMES)]
    PollDuration {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
    },

    /// Polls that took longer than the limit for slow polls.
    #[counter(name = "slow_polls", unit = "{poll}")]
    SlowPolls {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
    },

    /// Time from a wake to the poll: the task was ready, and no worker ran it.
    #[histogram(name = "schedule.delay", unit = "s", buckets = TIMES)]
    ScheduleDelay {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
    },

    /// Time from the end of a poll to the next wake: the task waited for something.
    #[histogram(name = "idle.duration", unit = "s", buckets = TIMES)]
    IdleDuration {
        /// The name of the task.
        #[label(name = "tokio.task.name")]
        task: &'a str,
    },
}
