//! The metrics of runtimes that tokio gives with `--cfg tokio_unstable` only.

use std::fmt;

use tokio::runtime::RuntimeMetrics as Numbers;
use typed_metrics_core::Counter;
use typed_metrics_derive::Metrics;

use super::worker_label::label_of;
use crate::level::Level;

/// The metrics of a runtime that tokio gives with `--cfg tokio_unstable` only.
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "tokio.runtime", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum UnstableRuntimeMetrics<'a> {
    /// Threads for blocking work, idle ones included.
    #[up_down_counter(name = "blocking.thread.count", unit = "{thread}")]
    BlockingThreads {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Threads for blocking work that have nothing to do.
    #[up_down_counter(name = "blocking.thread.idle", unit = "{thread}")]
    IdleBlockingThreads {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Blocking work that waits for a thread.
    #[up_down_counter(name = "blocking.queue.depth", unit = "{task}")]
    BlockingQueueDepth {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Tasks that wait in the queues of the workers.
    #[up_down_counter(name = "local_queue.depth", unit = "{task}")]
    LocalQueueDepth {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Tasks that were spawned.
    #[counter(name = "task.spawned", unit = "{task}")]
    Spawned {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// How often a task was scheduled from outside of the runtime.
    #[counter(name = "task.remote_schedules", unit = "{schedule}")]
    RemoteSchedules {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// How often a task had to yield because its budget was used up.
    #[counter(name = "task.budget_yields", unit = "{yield}")]
    BudgetYields {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Polls of tasks by a worker.
    #[counter(name = "worker.polls", unit = "{poll}")]
    Polls {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },

    /// Tasks that a worker took from the queue of another one.
    #[counter(name = "worker.steals", unit = "{task}")]
    Steals {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },

    /// How often a task was scheduled by a task of the same worker.
    #[counter(name = "worker.local_schedules", unit = "{schedule}")]
    LocalSchedules {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },

    /// How often the queue of a worker was full, so that tasks went to the global queue.
    #[counter(name = "worker.overflows", unit = "{overflow}")]
    Overflows {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },

    /// How often a worker was unparked, and parked again without any work.
    #[counter(name = "worker.noops", unit = "{park}")]
    Noops {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },
}

/// The counters of one runtime.
#[derive(Debug)]
pub(super) struct UnstableCounters(Vec<Total>);

/// A counter that follows a number of the runtime.
struct Total {
    counter: Counter,
    read: Box<dyn Fn(&Numbers) -> u64 + Send>,
    so_far: u64,
}

impl UnstableCounters {
    pub(super) fn new(name: &str, numbers: &Numbers) -> Self {
        let mut totals = vec![
            // Less the task of the observation.
            Total::new(UnstableRuntimeMetrics::spawned(name), |numbers| {
                numbers.spawned_tasks_count().saturating_sub(1)
            }),
            Total::new(
                UnstableRuntimeMetrics::remote_schedules(name),
                Numbers::remote_schedule_count,
            ),
            Total::new(
                UnstableRuntimeMetrics::budget_yields(name),
                Numbers::budget_forced_yield_count,
            ),
        ];
        for worker in 0..numbers.num_workers() {
            totals.extend(
                of_worker(name, worker).map(|(counter, read)| {
                    Total::new(counter, move |numbers| read(numbers, worker))
                }),
            );
        }
        Self(totals)
    }

    /// Leaves out what the runtime has counted until now.
    pub(super) fn skip(&mut self, numbers: &Numbers) {
        for total in &mut self.0 {
            total.so_far = (total.read)(numbers);
        }
    }

    pub(super) fn count(&mut self, numbers: &Numbers) {
        for total in &mut self.0 {
            let now = (total.read)(numbers);
            total.counter.add(now.saturating_sub(total.so_far));
            total.so_far = now;
        }
    }
}

impl Total {
    fn new(counter: Counter, read: impl Fn(&Numbers) -> u64 + Send + 'static) -> Self {
        Self { counter, read: Box::new(read), so_far: 0 }
    }
}

type OfWorker = (Counter, fn(&Numbers, usize) -> u64);

fn of_worker(name: &str, worker: usize) -> [OfWorker; 5] {
    let label = label_of(worker);
    [
        (UnstableRuntimeMetrics::polls(name, label), Numbers::worker_poll_count),
        (UnstableRuntimeMetrics::steals(name, label), Numbers::worker_steal_count),
        (
            UnstableRuntimeMetrics::local_schedules(name, label),
            Numbers::worker_local_schedule_count,
        ),
        (UnstableRuntimeMetrics::overflows(name, label), Numbers::worker_overflow_count),
        (UnstableRuntimeMetrics::noops(name, label), Numbers::worker_noop_count),
    ]
}

/// The present numbers of all runtimes of one name.
#[derive(Debug)]
pub(super) struct UnstableLevels {
    blocking: Level,
    idle_blocking: Level,
    blocking_queue: Level,
    local_queues: Level,
}

impl UnstableLevels {
    pub(super) fn of(name: &str) -> Self {
        Self {
            blocking: Level::new(UnstableRuntimeMetrics::blocking_threads(name)),
            idle_blocking: Level::new(UnstableRuntimeMetrics::idle_blocking_threads(name)),
            blocking_queue: Level::new(UnstableRuntimeMetrics::blocking_queue_depth(name)),
            local_queues: Level::new(UnstableRuntimeMetrics::local_queue_depth(name)),
        }
    }

    /// `sum` adds up a number of all runtimes of the name.
    pub(super) fn follow(&mut self, sum: &dyn Fn(fn(&Numbers) -> usize) -> usize) {
        self.blocking.follow(sum(Numbers::num_blocking_threads));
        self.idle_blocking.follow(sum(Numbers::num_idle_blocking_threads));
        self.blocking_queue.follow(sum(Numbers::blocking_queue_depth));
        self.local_queues.follow(sum(|numbers| {
            (0..numbers.num_workers()).map(|worker| numbers.worker_local_queue_depth(worker)).sum()
        }));
    }

    /// Removes the series.
    pub(super) fn hide(&mut self) {
        let Self { blocking, idle_blocking, blocking_queue, local_queues } = self;
        for level in [blocking, idle_blocking, blocking_queue, local_queues] {
            level.hide();
        }
    }
}

impl fmt::Debug for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Total").field("counter", &self.counter).finish_non_exhaustive()
    }
}
