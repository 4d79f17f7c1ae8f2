//! Metrics of [tokio] for [typed-metrics]: runtimes, tasks, and the allocator jemalloc.
//!
//! | code | metrics |
//! |---|---|
//! | [`observe_runtime`], [`observe_current_runtime`] | `tokio.runtime.*`: workers, tasks, queues |
//! | [`measured`], [`Task`] | `tokio.task.*`: polls, schedule delay, idle time, outcome |
#![cfg_attr(feature = "jemalloc", doc = "| [`observe_jemalloc`] | `jemalloc.*`: bytes by use |")]
//!
//! OpenTelemetry has conventions for the runtimes of Java, Go, Node.js and .NET, and none for
//! tokio. So the names follow the form of those: the name of the runtime comes first, as in
//! [`jvm.thread.count`] and [`go.goroutine.count`]; a number of things ends with `count`; a time
//! that grows is a counter in seconds, as [`nodejs.eventloop.time`] is.
//!
//! # Runtimes
//!
//! | metric | kind, unit | labels |
//! |---|---|---|
//! | `tokio.runtime.worker.count` | up-down counter, `{worker}` | `tokio.runtime.name` |
//! | `tokio.runtime.worker.parked` | up-down counter, `{worker}` | `tokio.runtime.name` |
//! | `tokio.runtime.worker.busy_time` | counter, `s` | `tokio.runtime.name`, `tokio.worker.index` |
//! | `tokio.runtime.worker.parks` | counter, `{park}` | `tokio.runtime.name`, `tokio.worker.index` |
//! | `tokio.runtime.task.count` | up-down counter, `{task}` | `tokio.runtime.name` |
//! | `tokio.runtime.global_queue.depth` | up-down counter, `{task}` | `tokio.runtime.name` |
//!
//! The share of time in which the workers are busy is a quotient of two metrics. A counter answers
//! for every window and for every sum of workers, runtimes and processes; a gauge would answer for
//! the time between two collections, of whichever reader collected. In Prometheus' language:
//!
//! ```text
//! sum by (tokio_runtime_name) (rate(tokio_runtime_worker_busy_time_seconds_total[1m]))
//!   / sum by (tokio_runtime_name) (tokio_runtime_worker_count)
//! ```
//!
//! A worker adds its busy time when it parks, or after a batch of tasks, so a worker that is stuck
//! in one poll adds nothing until the poll ends. `worker.parked` shows at once that it is not
//! parked.
//!
//! With `RUSTFLAGS="--cfg tokio_unstable"`, tokio counts more, and `UnstableRuntimeMetrics` are
//! recorded, too: blocking threads and their queue, polls, steals, local queues, and more.
//! Without that flag, [`Task::blocking`] measures how long blocking work waits for a thread.
//!
//! # Tasks
//!
//! | metric | kind, unit | labels |
//! |---|---|---|
//! | `tokio.task.active` | up-down counter, `{task}` | `tokio.task.name` |
//! | `tokio.task.duration` | histogram, `s` | `tokio.task.name`, `outcome` |
//! | `tokio.task.first_poll.delay` | histogram, `s` | `tokio.task.name` |
//! | `tokio.task.poll.duration` | histogram, `s` | `tokio.task.name` |
//! | `tokio.task.slow_polls` | counter, `{poll}` | `tokio.task.name` |
//! | `tokio.task.schedule.delay` | histogram, `s` | `tokio.task.name` |
//! | `tokio.task.idle.duration` | histogram, `s` | `tokio.task.name` |
//!
//! The count of `poll.duration` is the number of polls, and its sum the time in which the tasks
//! ran.
//!
//! [`go.goroutine.count`]: https://opentelemetry.io/docs/specs/semconv/runtime/go-metrics/
//! [`jvm.thread.count`]: https://opentelemetry.io/docs/specs/semconv/runtime/jvm-metrics/
//! [`nodejs.eventloop.time`]: https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/
//! [tokio]: https://docs.rs/tokio
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "jemalloc")]
mod jemalloc;
mod level;
mod runtime;
mod task;

#[cfg(feature = "jemalloc")]
pub use jemalloc::metrics::JemallocMetrics;
#[cfg(feature = "jemalloc")]
pub use jemalloc::observe::{NotJemalloc, observe_jemalloc};
pub use runtime::error::ObserveError;
pub use runtime::metrics::RuntimeMetrics;
pub use runtime::observe::{RuntimeObservation, observe_current_runtime, observe_runtime};
#[cfg(tokio_unstable)]
pub use runtime::unstable::UnstableRuntimeMetrics;
pub use task::future::Measured;
pub use task::metrics::TaskMetrics;
pub use task::outcome::{AnyOutput, OfOutput, ResultOutput};
pub use task::task::{Task, measured};
