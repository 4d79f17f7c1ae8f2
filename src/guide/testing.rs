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
//! One more test is worth having in every program: that no two crates define one metric differently.
//!
//! ```
//! assert!(typed_metrics::check().is_ok());
//! ```
