//! The metrics of runtimes that stable tokio gives.

use typed_metrics_derive::Metrics;

/// The metrics of a runtime, which [`observe_runtime`](crate::observe_runtime) records at every
/// collection.
///
/// The values of several runtimes with one name are added up.
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "tokio.runtime", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum RuntimeMetrics<'a> {
    /// Worker threads of the runtime; 1 for a runtime of the current thread.
    #[up_down_counter(name = "worker.count", unit = "{worker}")]
    Workers {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Workers that are parked: they have nothing to do.
    #[up_down_counter(name = "worker.parked", unit = "{worker}")]
    ParkedWorkers {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Time in which a worker was busy. Over the same time, the rate divided by the number of
    /// workers is the share of time in which the runtime was busy.
    #[counter(name = "worker.busy_time", unit = "s", value = f64)]
    BusyTime {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },

    /// How often a worker parked: found nothing to do.
    #[counter(name = "worker.parks", unit = "{park}")]
    Parks {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
        /// The index of the worker, from 0.
        #[label(name = "tokio.worker.index")]
        worker: u32,
    },

    /// Tasks that were spawned and have not ended.
    #[up_down_counter(name = "task.count", unit = "{task}")]
    Tasks {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },

    /// Tasks that wait in the global queue: those that were woken or spawned outside of a worker,
    /// and those for which a worker's own queue had no room.
    #[up_down_counter(name = "global_queue.depth", unit = "{task}")]
    GlobalQueueDepth {
        /// The name of the runtime.
        #[label(name = "tokio.runtime.name")]
        runtime: &'a str,
    },
}
