//! Recording: handles, timers, observed metrics, bad values.
//!
//! # Handles
//!
//! A constructor returns a handle: 16 bytes, `Copy`, `'static`, with the operations of its kind only.
//! Use it at once, or keep it where the same labels come again and again.
//!
//! ```
//! use typed_metrics::{Counter, Metrics};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "queue")]
//! enum Queue<'a> {
//!     #[counter]
//!     Taken { name: &'a str },
//! }
//!
//! struct Worker {
//!     taken: Counter,
//! }
//!
//! let worker = Worker { taken: Queue::taken("mail") };
//! worker.taken.inc();
//! worker.taken.add(2);
//! assert_eq!(typed_metrics::snapshot().get("queue.taken").unwrap().series[0].value.as_f64(), 3.0);
//!
//! // Gone from every export; recording again begins at zero, also through the old handle.
//! worker.taken.remove();
//! assert!(typed_metrics::snapshot().get("queue.taken").unwrap().series.is_empty());
//! worker.taken.inc();
//! assert_eq!(typed_metrics::snapshot().get("queue.taken").unwrap().series[0].value.as_f64(), 1.0);
//! ```
//!
//! | declared | the type to keep |
//! |---|---|
//! | `#[counter]`, `#[counter(value = f64)]` | `Counter`, `Counter<f64>` |
//! | `#[up_down_counter]`, with `value = f64` | `UpDownCounter`, `UpDownCounter<f64>` |
//! | `#[gauge]`, `#[gauge(value = i64)]` | `Gauge`, `Gauge<i64>` |
//! | `#[histogram]`, `#[histogram(unit = "By")]` | `Histogram` |
//! | `#[histogram(unit = "ms")]`, or another unit of time | `Histogram<unit::Milliseconds>` |
//!
//! Constructors are not `const`, so a handle that is to be a static is a `LazyLock`:
//!
//! ```
//! use std::sync::LazyLock;
//! use typed_metrics::{Gauge, Histogram, Metrics, unit};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "printer")]
//! enum Printer<'a> {
//!     #[histogram(unit = "ms")]
//!     PageTime { tray: &'a str },
//!     #[gauge(value = i64)]
//!     Sheets,
//! }
//!
//! static PAGE_TIME: LazyLock<Histogram<unit::Milliseconds>> =
//!     LazyLock::new(|| Printer::page_time("upper"));
//! static SHEETS: LazyLock<Gauge<i64>> = LazyLock::new(Printer::sheets);
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     PAGE_TIME.record(12);
//!     SHEETS.set(250);
//! });
//! assert_eq!(seen.histogram(Printer::PageTime { tray: "upper" }).sum, 12.0);
//! assert_eq!(seen.gauge(Printer::Sheets), Some(250.0));
//! ```
//!
//! # Values
//!
//! Counters take `u64`, up-down counters `i64`: write `n as u64`, or `u64::try_from(n)` where that
//! may fail. Gauges and histograms take every primitive number of up to 64 bits. Histograms of time
//! also take a `Duration`: instead of its `as_millis()`, which is a `u128`, give the `Duration`
//! itself.
//!
//! # Guards
//!
//! `enter` counts as 1 in an up-down counter, and `start_timer` records a time, until they are
//! dropped: also by `?`, by a panic, and in a future that is cancelled.
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "kitchen")]
//! enum Kitchen {
//!     #[up_down_counter]
//!     Cooking,
//!     #[histogram(unit = "s")]
//!     CookingTime,
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     let _cooking = Kitchen::cooking().enter();
//!     let timer = Kitchen::cooking_time().start_timer();
//!     let took = timer.stop(); // or just drop it
//!     assert_eq!(Kitchen::cooking_time().time(|| "soup"), "soup");
//!     took
//! });
//! assert_eq!(seen.up_down_counter(Kitchen::Cooking), 0);
//! assert_eq!(seen.histogram(Kitchen::CookingTime).count, 2);
//! ```
//!
//! # Observed metrics
//!
//! What something else counts or keeps is read by a callback at every collection, as long as the
//! guard lives. A gauge's series ends with it; what a counter counted stays.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use typed_metrics::Metrics;
//!
//! static POOL_SIZE: AtomicU64 = AtomicU64::new(4);
//!
//! #[derive(Metrics)]
//! enum Pool {
//!     #[gauge(unit = "{connection}")]
//!     PoolSize,
//! }
//!
//! let observation = Pool::pool_size().observe(|| POOL_SIZE.load(Ordering::Relaxed));
//! assert_eq!(typed_metrics::snapshot().get("pool_size").unwrap().series[0].value.as_f64(), 4.0);
//! drop(observation);
//! assert!(typed_metrics::snapshot().get("pool_size").unwrap().series.is_empty());
//! ```
//!
//! Where the labels are known only at a collection, or one reading gives many values,
//! [`observe`](crate::observe()) takes a callback that records at the beginning of each:
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "spool")]
//! enum Spool<'a> {
//!     #[gauge(unit = "{letter}")]
//!     Waiting { tray: &'a str },
//! }
//!
//! fn trays() -> Vec<(&'static str, u32)> {
//!     vec![("upper", 3), ("lower", 0)] // as they are at the moment
//! }
//!
//! let _observation = typed_metrics::observe(|| {
//!     trays().into_iter().for_each(|(tray, waiting)| Spool::waiting(tray).set(waiting));
//! });
//! assert_eq!(typed_metrics::snapshot().get("spool.waiting").unwrap().series.len(), 2);
//! ```
//!
//! # By value
//!
//! `record` on a variant adds to sums, sets gauges and records in histograms. If all variants of the
//! enum take the same values, it takes those. If they differ in kind, it takes any number, and checks
//! it while recording.
//!
//! # Bad values
//!
//! Recording never panics and never fails. What cannot be recorded is dropped and counted by
//! [`Reason`](crate::Reason), in the snapshot's `dropped`, and warned of once, through the `log`
//! crate, by whoever reads: NaN and infinity anywhere, a negative increment of a counter, a value
//! that the metric's type cannot hold. Everything that is counted already stays.
//!
//! Sums are not checked for overflow: those of integers wrap around modulo 2^64, those of `f64` may
//! become infinite.
//!
//! ```
//! use typed_metrics::{Metrics, Reason};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "oven")]
//! enum Oven {
//!     #[gauge(unit = "Cel")]
//!     Temperature,
//! }
//!
//! Oven::temperature().set(180);
//! Oven::temperature().set(f64::NAN);
//! let snapshot = typed_metrics::snapshot();
//! let temperature = snapshot.get("oven.temperature").unwrap();
//! assert_eq!(temperature.series[0].value.as_f64(), 180.0);
//! assert_eq!(temperature.dropped, [(Reason::NotFinite, 1)]);
//! ```
