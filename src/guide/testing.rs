//! Test which metrics your code records.
//!
//! [`testing::capture`](crate::testing::capture) runs a closure and returns the metrics that the
//! closure recorded. Tests that record in other threads at the same time do not disturb it.
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
//! // If this assertion fails, the message shows the recorded series.
//! seen.assert_counter(Bakery::Sold { bread: "rye" }, 1);
//! ```
//!
//! [`capture_async`](crate::testing::capture_async) does the same for a future. A capture sees the
//! threads and tasks that the code starts if they carry the [`Scope`](crate::testing::Scope):
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
//! A task on a runtime with several threads carries the scope with `scope.enter_async(…)` around
//! its future. On a runtime of the current thread, all tasks run inside the capture, so the capture
//! sees them:
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
//! let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! let seen = capture(|| {
//!     runtime.block_on(async { tokio::spawn(async { Loom::woven().inc() }).await })
//! });
//! assert_eq!(seen.counter(Loom::Woven), 1);
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
//! let seen = capture(|| {
//!     runtime.block_on(async {
//!         let scope = Scope::current();
//!         let weave = async move { scope.enter_async(async { Loom::woven().inc() }).await };
//!         tokio::spawn(weave).await
//!     })
//! });
//! assert_eq!(seen.counter(Loom::Woven), 1);
//! ```
//!
//! Every program should also test that no two crates define one metric differently:
//!
//! ```
//! assert!(typed_metrics::check().is_ok());
//! ```
//!
//! `cargo run --example testing_your_metrics` shows more.
