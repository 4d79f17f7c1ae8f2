//! The present numbers of all runtimes of one name.

use tokio::runtime::RuntimeMetrics as Numbers;

use super::metrics::RuntimeMetrics;
use super::observed::Observed;
#[cfg(tokio_unstable)]
use super::unstable::UnstableLevels;
use crate::level::Level;

/// The present numbers of all runtimes of one name.
#[derive(Debug)]
pub(super) struct Levels {
    workers: Level,
    parked: Level,
    tasks: Level,
    global_queue: Level,
    #[cfg(tokio_unstable)]
    unstable: UnstableLevels,
}

impl Levels {
    pub(super) fn of(name: &str) -> Self {
        Self {
            workers: Level::new(RuntimeMetrics::workers(name)),
            parked: Level::new(RuntimeMetrics::parked_workers(name)),
            tasks: Level::new(RuntimeMetrics::tasks(name)),
            global_queue: Level::new(RuntimeMetrics::global_queue_depth(name)),
            #[cfg(tokio_unstable)]
            unstable: UnstableLevels::of(name),
        }
    }

    pub(super) fn follow(&mut self, runtimes: &[Observed]) {
        let sum = |of: fn(&Numbers) -> usize| runtimes.iter().map(|each| of(each.numbers())).sum();
        self.workers.follow(sum(Numbers::num_workers));
        self.parked.follow(sum(parked));
        // Less the task of the observation.
        self.tasks.follow(sum(|numbers| numbers.num_alive_tasks().saturating_sub(1)));
        self.global_queue.follow(sum(Numbers::global_queue_depth));
        #[cfg(tokio_unstable)]
        self.unstable.follow(&sum);
    }

    /// Removes the series.
    pub(super) fn hide(&mut self) {
        let Self { workers, parked, tasks, global_queue, .. } = self;
        for level in [workers, parked, tasks, global_queue] {
            level.hide();
        }
        #[cfg(tokio_unstable)]
        self.unstable.hide();
    }
}

/// The number of parked workers. tokio counts each park and each unpark, so the count of a parked
/// worker is odd.
fn parked(numbers: &Numbers) -> usize {
    let is_parked = |worker: &usize| numbers.worker_park_unpark_count(*worker) % 2 == 1;
    (0..numbers.num_workers()).filter(is_parked).count()
}
