//! What a record costs, and what is guaranteed.
//!
//! # Time
//!
//! Each thread writes to cells of its own, with plain loads and stores: no lock, no read-modify-write,
//! no cache line that goes back and forth. `cargo bench -p typed-metrics-core` measures it against an
//! uncontended `AtomicU64::fetch_add`, on your machine, in one run.
//!
//! Fixed labels are found by arithmetic; open ones by hashing their values and comparing them in a
//! table of the thread's own. Only the first measurement of a thread in a series, or in a stretch of
//! memory, takes a lock or allocates.
//!
//! # Memory
//!
//! - A counter with fixed labels takes 8 bytes for each series and thread, 16 with open labels or with
//!   values of `f64`; a histogram 80 and 8 for each bucket. Cells come in segments of 4 KiB, allocated by each thread
//!   that writes there. A thread that starts goes on with the cells of one that ended.
//! - A thread's cells never take more than 2 MiB. Series beyond that are written by all threads
//!   together, with atomic read-modify-writes: slower, and as exact.
//! - A metric never has more series than its limit, 2000 unless it says otherwise. Past it,
//!   measurements land in one series with the label `otel.metric.overflow = true`; the snapshot counts
//!   them in `dropped`. [`remove`](crate::Handle::remove) makes room.
//! - A label value keeps 1024 bytes of text; what is longer is cut there.
//! - A thread remembers at most 8192 open series.
//!
//! ```
//! use typed_metrics::{Metrics, Reason};
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
//! assert_eq!(lent.dropped, [(Reason::Overflow, 2)]);
//! ```
//!
//! # Guarantees
//!
//! - Recording never panics or fails. In steady state, which is with series that the thread has used
//!   before, it never locks, waits or allocates either. Past the series limit, looking up labels that
//!   have no series takes a read lock.
//! - A gauge is one cell that all threads set. It takes no lock, but threads that set the same one at
//!   the same time share its cache line.
//! - Nothing is lost: not what was recorded before a handler was there, not when a thread ends, not
//!   while it ends, not when handlers change.
//! - Count, sum, extremes and buckets of a histogram always belong to the same measurements.
//! - Sums are not checked for overflow: those of integers wrap around modulo 2^64, those of `f64` may
//!   become infinite.
//! - There is no `unsafe` in any crate of this project.
