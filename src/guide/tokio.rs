//! Measure tokio: runtimes, tasks, blocking work, and the allocator jemalloc.
//!
//! The feature `tokio` adds the module [`tokio`](crate::tokio). You declare nothing. The
//! documentation of the module lists all metrics.
//!
//! # The runtime
//!
//! One line observes the runtime of `main`. Every collection of every handler then has its workers,
//! tasks and queue:
//!
//! ```
//! use typed_metrics::tokio::observe_current_runtime;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     observe_current_runtime("main")?.forever();
//!
//!     let _waits = tokio::spawn(std::future::pending::<()>());
//!     let snapshot = typed_metrics::snapshot();
//!     let tasks = snapshot.get("tokio.runtime.task.count").unwrap();
//!     let main = tasks.series_with(&[("tokio.runtime.name", "main")]).unwrap();
//!     assert_eq!(main.value.as_f64(), 1.0);
//!     Ok(())
//! }
//! ```
//!
//! [`observe_runtime`] takes the handle of any runtime, so a program can observe several by name:
//!
//! ```
//! use tokio::runtime::Builder;
//! use typed_metrics::tokio::observe_runtime;
//!
//! let requests = Builder::new_multi_thread().worker_threads(2).build()?;
//! let mail = Builder::new_current_thread().build()?;
//! let _requests = observe_runtime("requests", requests.handle())?;
//! let _mail = observe_runtime("mail", mail.handle())?;
//!
//! let workers = |runtime| {
//!     let snapshot = typed_metrics::snapshot();
//!     let workers = snapshot.get("tokio.runtime.worker.count").unwrap();
//!     Some(workers.series_with(&[("tokio.runtime.name", runtime)])?.value.as_f64())
//! };
//! assert_eq!((workers("requests"), workers("mail")), (Some(2.0), Some(1.0)));
//! drop(mail); // ends the observation, too
//! assert_eq!((workers("requests"), workers("mail")), (Some(2.0), None));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Counters keep their last values after the runtime. Runtimes of one name are added up. A runtime
//! that is observed already is an error: it would count twice.
//!
//! These queries of Prometheus tell most:
//!
//! | question | query |
//! |---|---|
//! | How busy are the workers, from 0 to 1? | `sum by (tokio_runtime_name) (rate(tokio_runtime_worker_busy_time_seconds_total[1m])) / sum by (tokio_runtime_name) (tokio_runtime_worker_count)` |
//! | Is one worker busier than the others? | `rate(tokio_runtime_worker_busy_time_seconds_total[1m])` |
//! | Does work pile up? | `tokio_runtime_global_queue_depth` |
//! | Do tasks leak? | `tokio_runtime_task_count` |
//!
//! Busy time is a counter and not a share, so that it answers for every window, for the sum of all
//! processes, and for each of several readers. A worker adds its time when it parks or ends a batch
//! of tasks. A worker that is stuck in one poll adds nothing until then, and is not among
//! `tokio.runtime.worker.parked`.
//!
//! A program that is built with `RUSTFLAGS="--cfg tokio_unstable"` also has the metrics that tokio
//! has not stabilized: blocking threads and their queue, polls, steals, spawned tasks, local
//! queues.
//!
//! # Tasks
//!
//! [`measured`] measures a future under a name. Spawn it, await it in place, or put it into a
//! `select!`:
//!
//! ```
//! use typed_metrics::Outcome;
//! use typed_metrics::testing::capture_async;
//! use typed_metrics::tokio::{TaskMetrics, measured};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let seen = capture_async(async {
//!     let refresh = measured("refresh", async {
//!         tokio::task::yield_now().await; // woken at once, so there is a second poll
//!     });
//!     refresh.await;
//! })
//! .await;
//! let polls = TaskMetrics::PollDuration { task: "refresh" };
//! assert_eq!(seen.histogram(polls).count, 2);
//! let done = TaskMetrics::Duration { task: "refresh", outcome: Outcome::Ok };
//! assert_eq!(seen.histogram(done).count, 1);
//! # }
//! ```
//!
//! | metric | says | a large value means |
//! |---|---|---|
//! | `tokio.task.poll.duration` | how long a poll took | the task blocks its worker: other tasks wait |
//! | `tokio.task.slow_polls` | polls of more than 50 µs, or another limit | the same |
//! | `tokio.task.schedule.delay` | from the wake to the poll | other tasks block the workers |
//! | `tokio.task.first_poll.delay` | from [`measured`] to the first poll | the same, or a full queue |
//! | `tokio.task.idle.duration` | from the end of a poll to the wake | the task waits for something else |
//! | `tokio.task.duration` | the whole life, by `outcome` | |
//! | `tokio.task.active` | tasks that have not ended | tasks leak, or work piles up |
//!
//! A task that is aborted, or dropped with its runtime, is `cancelled`; one that panics is
//! `panicked`. A future polled because another one of the same task was woken has no schedule
//! delay.
//!
//! [`Task`] also takes futures whose `Result` is the outcome, another limit for slow polls, and
//! blocking work, whose `first_poll.delay` is its time in the queue for a thread:
//!
//! ```
//! use std::time::Duration;
//! use tokio::task::spawn_blocking;
//! use typed_metrics::tokio::Task;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let import = Task::new("import").slow_polls_over(Duration::from_millis(1));
//! let parsed = tokio::spawn(import.measured_result(async { "12".parse::<u32>() }));
//! assert_eq!(parsed.await.unwrap(), Ok(12));
//!
//! let resize = Task::new("resize");
//! let image = spawn_blocking(resize.blocking(|| vec![0_u8; 100])).await.unwrap();
//! assert_eq!(image.len(), 100);
//! let snapshot = typed_metrics::snapshot();
//! let waited = snapshot.get("tokio.task.first_poll.delay").unwrap();
//! assert!(waited.series_with(&[("tokio.task.name", "resize")]).is_some());
//! # }
//! ```
//!
//! Names are `&'static str`, so the program has a limited number of them.
//!
//! # jemalloc
//!
//! The feature `jemalloc` adds `observe_jemalloc`, for programs whose global allocator is jemalloc.
//! In other programs it is an error that says what to add.
//!
//! ```ignore
//! // `tikv-jemallocator = "0.7"` in Cargo.toml
//! #[global_allocator]
//! static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     typed_metrics::tokio::observe_jemalloc()?;
//!     let snapshot = typed_metrics::snapshot();
//!     let allocated = &snapshot.get("jemalloc.memory.allocated").unwrap().series[0];
//!     assert!(allocated.value.as_f64() > 0.0);
//!     Ok(())
//! }
//! ```
//!
//! | metric | bytes |
//! |---|---|
//! | `jemalloc.memory.allocated` | that the program has allocated |
//! | `jemalloc.memory.active` | in pages with allocated bytes; the rest is lost to fragmentation |
//! | `jemalloc.memory.resident` | in physical memory, at most |
//! | `jemalloc.memory.mapped` | mapped in active extents |
//! | `jemalloc.memory.retained` | kept as address space, not mapped |
//! | `jemalloc.memory.metadata` | of jemalloc's own records |
//!
//! [`Task`]: crate::tokio::Task
//! [`measured`]: crate::tokio::measured
//! [`observe_runtime`]: crate::tokio::observe_runtime
