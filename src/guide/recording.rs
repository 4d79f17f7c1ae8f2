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
//! # By value
//!
//! `record` on a variant adds to sums, sets gauges and records in histograms. It takes what every
//! variant of the enum takes; where they differ in kind, any number, which is then checked while
//! recording.
//!
//! # Bad values
//!
//! Recording never panics and never fails. What cannot be recorded is dropped and counted by
//! [`Reason`](crate::Reason), in the snapshot's `dropped`, and warned of once, through the `log`
//! crate, by whoever reads: NaN and infinity anywhere, a negative increment of a counter, a value
//! that the metric's type cannot hold. Everything that is counted already stays.
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
