//! Testing what code records.
//!
//! [`testing::capture`](crate::testing::capture) gives a test what its closure recorded, and nothing
//! of what other tests record in other threads at the same time.
//!
//! ```
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::capture;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "bakery")]
//! enum Bakery<'a> {
//!     #[counter]
//!     Sold { bread: &'a str },
//!     #[gauge]
//!     Ovens,
//! }
//!
//! fn sell(bread: &str) -> u32 {
//!     Bakery::sold(bread).inc();
//!     Bakery::ovens().set(3);
//!     2
//! }
//!
//! let seen = capture(|| sell("rye"));
//! assert_eq!(seen.returned, 2);
//! assert_eq!(seen.counter(Bakery::Sold { bread: "rye" }), 1);
//! assert_eq!(seen.counter(Bakery::Sold { bread: "wheat" }), 0);
//! assert_eq!(seen.gauge(Bakery::Ovens), Some(3.0));
//!
//! // Says what was recorded instead when it fails.
//! seen.assert_counter(Bakery::Sold { bread: "rye" }, 1);
//! ```
//!
//! [`capture_async`](crate::testing::capture_async) does it for a future. Threads and tasks that the
//! code starts are seen if they carry the [`Scope`](crate::testing::Scope):
//!
//! ```
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::{Scope, capture};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "mill")]
//! enum Mill {
//!     #[counter]
//!     Ground,
//! }
//!
//! let seen = capture(|| {
//!     let scope = Scope::current();
//!     std::thread::spawn(move || scope.enter(|| Mill::ground().add(5))).join().unwrap();
//! });
//! assert_eq!(seen.counter(Mill::Ground), 5);
//! ```
//!
//! So does a task that is spawned on a runtime of several threads, with `scope.enter_async(…)` around
//! its future. On a runtime of the current thread, all tasks run inside the capture and are seen:
//!
//! ```
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::{Scope, capture};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "loom")]
//! enum Loom {
//!     #[counter]
//!     Woven,
//! }
//!
//! let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! let seen = capture(|| {
//!     runtime.block_on(async { tokio::spawn(async { Loom::woven().inc() }).await })
//! });
//! assert_eq!(seen.counter(Loom::Woven), 1);
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
//! let seen = capture(|| {
//!     runtime.block_on(async {
//!         let scope = Scope::current();
//!         tokio::spawn(async move { scope.enter_async(async { Loom::woven().inc() }).await }).await
//!     })
//! });
//! assert_eq!(seen.counter(Loom::Woven), 1);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! One more test is worth having in every program: that no two crates define one metric differently.
//!
//! ```
//! assert!(typed_metrics::check().is_ok());
//! ```
