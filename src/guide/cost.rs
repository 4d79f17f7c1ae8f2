//! Estimate the time and the memory that a record costs, and rely on the guarantees.
//!
//! # Time
//!
//! Each thread writes to its own cells, with plain loads and stores. A record takes no lock, has no
//! atomic read-modify-write, and shares no cache line with other threads; gauges share one
//! ([Guarantees](#guarantees)). `cargo bench -p typed-metrics-core` measures a record on your
//! machine, and compares it in the same run with an uncontended `AtomicU64::fetch_add`.
//!
//! Arithmetic finds the series of fixed labels. For open labels, the thread hashes the label values
//! and compares them in its own table. [`labels`](super::labels) says which labels are
//! fixed. A thread takes a lock or allocates only for its first measurement in a series or in a
//! segment of memory.
//!
//! # Memory
//!
//! - A counter with fixed labels takes 8 bytes for each series and thread. A counter with open
//!   labels, or of `f64`, takes 16 bytes. A histogram takes 96 bytes, and 8 bytes more for each
//!   bucket: 224 bytes with the default buckets. An exponential histogram takes 128 bytes, and 8
//!   bytes more for each bucket of its `max_size`: 1,408 bytes by default.
//! - The cells are in segments of 4 KiB. Each thread allocates a segment when it first writes
//!   there. A new thread reuses the cells of a thread that ended.
//! - The cells of a thread never take more than 2 MiB. Beyond that, all threads share the cells of
//!   a series and write them with atomic read-modify-writes. Shared cells are slower, and as exact.
//!   2 MiB hold 262,143 counters with fixed labels, or 1,024 exponential histograms of the default
//!   size.
//! - A metric never has more series than its limit, which is 2000 by default. Over the limit,
//!   measurements go to one overflow series with the label `otel.metric.overflow = true`, and the
//!   snapshot counts them in `dropped`. [`remove`](crate::Handle::remove) and
//!   [expiry](super::declaring#expiry) make room for new series.
//! - A label value keeps at most 1024 bytes of text. A longer text is cut.
//! - A thread remembers at most 8192 open series.
//!
//! ```
//! use typed_metrics::{Metrics, DropReason};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "library")]
//! enum Library<'a> {
//!     #[counter(series_limit = 2)]
//!     Lent { title: &'a str },
//! }
//!
//! for title in ["Emma", "Ulysses", "Faust", "Dune"] {
//!     Library::lent(title).inc();
//! }
//! let snapshot = typed_metrics::snapshot();
//! let lent = snapshot.get("library.lent").unwrap();
//! assert_eq!(lent.series.len(), 3);
//! assert_eq!(lent.series_with(&[("otel.metric.overflow", "true")]).unwrap().value.as_f64(), 2.0);
//! assert_eq!(lent.dropped, [(DropReason::Overflow, 2)]);
//! ```
//!
//! # Guarantees
//!
//! - Recording never panics and never fails. In steady state, it never locks, waits or allocates
//!   either. A thread is in steady state with the series that it has used before. Over the series
//!   limit, the lookup of labels that have no series takes a read lock.
//! - A gauge is one cell that all threads set. Setting a gauge takes no lock, but threads that set
//!   the same gauge at the same time share its cache line.
//! - No measurement is lost. Measurements survive if they are recorded before a handler is set,
//!   while handlers change, while a thread ends, or by a thread that has ended.
//! - The count, the sum, the extremes and the buckets of a histogram always cover the same
//!   measurements.
//! - Sums are not checked for overflow: a sum of integers wraps around modulo 2^64, and a sum of
//!   `f64` can become infinite.
//! - No crate of this project contains `unsafe`.
//!
//! # Forking
//!
//! A process that is forked while it has other threads takes a [`fork_guard`](crate::fork_guard):
//!
//! ```
//! # fn fork() {}
//! let guard = typed_metrics::fork_guard();
//! fork(); // for example, `unsafe { nix::unistd::fork() }`
//! drop(guard); // runs in the parent and in the child
//! ```
//!
//! - The child has a copy of everything that was recorded before the fork. From then on, parent and
//!   child count on their own. Counters of the child begin with the counts of the parent.
//! - An up-down counter of the child keeps what other threads of the parent had added and not taken
//!   back.
//! - A measurement that another thread was making at the fork is in the child, or is not. In a
//!   histogram, its count may be there without its sum.
//! - The threads of handlers are not in the child. So the first call in the child that sets,
//!   flushes or shuts down handlers removes `console`, `otel`, `logfire` and `prometheus` there,
//!   without an export. Handlers of your own stay, unless
//!   [`survives_fork`](crate::MetricHandler::survives_fork) is false. A child without handlers ends
//!   at once.
//! - A child that sets `otel` or `logfire` sends the values that it records from then on, under a
//!   `service.instance.id` of its own. So set the handler directly after the fork.
//! - While the guard lives, other threads wait if they read, or record in a series for the first
//!   time. Other measurements go on.
//! - Without the guard, recording or reading can hang in the child: another thread may have held a
//!   lock at the fork.
//! - [`Command`](std::process::Command) needs no guard: the new program has its own metrics.
