//! One observed runtime.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Handle, Id, RuntimeMetrics as Numbers};
use typed_metrics_core::Counter;
use typed_metrics_core::unit::Seconds;

use super::ended::Ended;
use super::metrics::RuntimeMetrics;
#[cfg(tokio_unstable)]
use super::unstable::UnstableCounters;
use super::worker_label::label_of;

/// One observed runtime. Its numbers have a handle of the runtime, which keeps memory, and neither
/// threads nor tasks, once the runtime is dropped.
pub(super) struct Observed {
    name: String,
    id: Id,
    numbers: Numbers,
    ended: Arc<Ended>,
    workers: Vec<Worker>,
    #[cfg(tokio_unstable)]
    unstable: UnstableCounters,
}

/// The counters of a worker, and what was added to them so far.
#[derive(Debug)]
struct Worker {
    index: usize,
    busy_time: Counter<f64, Seconds>,
    busy_time_so_far: Duration,
    parks: Counter,
    parks_so_far: u64,
}

impl Observed {
    pub(super) fn new(name: &str, handle: &Handle, ended: Arc<Ended>) -> Self {
        let numbers = handle.metrics();
        let workers = (0..numbers.num_workers()).map(|index| Worker::new(name, index)).collect();
        Self {
            name: name.to_owned(),
            id: handle.id(),
            #[cfg(tokio_unstable)]
            unstable: UnstableCounters::new(name, &numbers),
            numbers,
            ended,
            workers,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_noted()
    }

    pub(super) fn id(&self) -> Id {
        self.id
    }

    /// Whether both are the same runtime. The id of a runtime that ended may be given again.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.id == other.id
    }

    /// Leaves out what the runtime has counted until now.
    pub(super) fn skip(&mut self) {
        for worker in &mut self.workers {
            worker.busy_time_so_far = self.numbers.worker_total_busy_duration(worker.index);
            worker.parks_so_far = self.numbers.worker_park_count(worker.index);
        }
        #[cfg(tokio_unstable)]
        self.unstable.skip(&self.numbers);
    }

    /// Adds to the counters what the runtime has counted since the last call.
    pub(super) fn count(&mut self) {
        for worker in &mut self.workers {
            worker.count(&self.numbers);
        }
        #[cfg(tokio_unstable)]
        self.unstable.count(&self.numbers);
    }
}

impl Worker {
    fn new(name: &str, index: usize) -> Self {
        let label = label_of(index);
        Self {
            index,
            busy_time: RuntimeMetrics::busy_time(name, label),
            busy_time_so_far: Duration::ZERO,
            parks: RuntimeMetrics::parks(name, label),
            parks_so_far: 0,
        }
    }

    fn count(&mut self, numbers: &Numbers) {
        let busy_time = numbers.worker_total_busy_duration(self.index);
        self.busy_time.add(busy_time.saturating_sub(self.busy_time_so_far));
        self.busy_time_so_far = busy_time;
        let parks = numbers.worker_park_count(self.index);
        self.parks.add(parks.saturating_sub(self.parks_so_far));
        self.parks_so_far = parks;
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").field("name", &self.name).finish_non_exhaustive()
    }
}
