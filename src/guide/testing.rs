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
//! seen.assert_counter(Bakery::Sold { bread: "rye" }, 1);
//! seen.assert_counter(Bakery::Sold { bread: "wheat" }, 0);
//! seen.assert_gauge(Bakery::Ovens, 3.0);
//!
//! // The value itself, for other comparisons:
//! assert!(seen.counter(Bakery::Sold { bread: "rye" }) < 10);
//! ```
//!
//! `assert_counter`, `assert_up_down_counter`, `assert_gauge` and `assert_histogram_count` compare
//! a value, and `assert_set` asserts the current [state or info](super::states). If an assertion
//! fails, its message lists all recorded series. `assert_nothing` asserts that nothing was
//! recorded. [`Captured`](crate::testing::Captured) has all methods.
//!
//! A capture sees what the code inside it has added to a gauge, and not what the gauge held before:
//! `add`, `sub`, `inc` and `dec` count from zero inside the capture, until the code sets the gauge.
//! So other tests do not change what the capture sees.
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
//! seen.assert_counter(Mill::Ground, 5);
//! ```
//!
//! # Tasks
//!
//! A task that the code spawns is not part of the future that spawned it, so `capture_async` does
//! not see the task. In `#[tokio::test]`, use
//! [`capture_thread`](crate::testing::capture_thread): the runtime of such a test runs all tasks on
//! the thread of the test, and the capture sees everything that this thread records.
//!
//! ```
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::capture_thread;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "loom")]
//! enum Loom {
//!     #[counter]
//!     Woven,
//! }
//!
//! async fn weave() {
//!     tokio::spawn(async { Loom::woven().inc() }).await.unwrap();
//! }
//!
//! # /* A test that rustdoc compiles as a program:
//! #[tokio::test]
//! # */
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() { weaving().await }
//! async fn weaving() {
//!     let capture = capture_thread();
//!     weave().await;
//!     let seen = capture.finish();
//!     seen.assert_counter(Loom::Woven, 1);
//! }
//! ```
//!
//! A test that makes a runtime of its own has two other ways. On a runtime of the current thread,
//! `capture(|| runtime.block_on(…))` sees all tasks, because they run inside the closure. On a
//! runtime with several threads, a task carries the scope with `scope.enter_async(…)` around its
//! future:
//!
//! ```
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::{Scope, capture};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "spindle")]
//! enum Spindle {
//!     #[counter]
//!     Spun,
//! }
//!
//! let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! let seen = capture(|| {
//!     runtime.block_on(async { tokio::spawn(async { Spindle::spun().inc() }).await })
//! });
//! seen.assert_counter(Spindle::Spun, 1);
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
//! let seen = capture(|| {
//!     runtime.block_on(async {
//!         let scope = Scope::current();
//!         let spin = async move { scope.enter_async(async { Spindle::spun().inc() }).await };
//!         tokio::spawn(spin).await
//!     })
//! });
//! seen.assert_counter(Spindle::Spun, 1);
//! ```
//!
//! # The catalog
//!
//! A dashboard breaks if a metric or a label gets another name, a unit changes, or a value of a
//! label is gone. [`assert_catalog`](crate::testing::assert_catalog) compares the metrics that a
//! crate defines with a file. The file is committed, so a review sees each change of the metrics:
//!
//! ```standalone_crate
//! # let package = module_path!().split("::").next().unwrap();
//! # let path = std::env::temp_dir().join(format!("guide-catalog-{}.txt", std::process::id()));
//! # let path = path.as_path();
//! use typed_metrics::testing::assert_catalog;
//! use typed_metrics::{Label, Metrics};
//!
//! #[derive(Label)]
//! enum Yarn {
//!     Wool,
//!     Silk,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "weaver")]
//! enum Weaver<'a> {
//!     #[counter(unit = "m")]
//!     Woven { yarn: Yarn, pattern: &'a str },
//! }
//!
//! let catalog = r#"
//! weaver.woven
//!   counter of u64
//!   unit m
//!   label pattern
//!   label yarn: "silk", "wool"
//!   series limit 2000
//! "#;
//! std::fs::write(path, catalog).unwrap();
//! assert_catalog(package, path);
//!
//! // A file that has the variant under its old name:
//! std::fs::write(path, catalog.replace("woven", "made")).unwrap();
//! let difference = std::panic::catch_unwind(|| assert_catalog(package, path)).unwrap_err();
//! let difference = difference.downcast_ref::<String>().unwrap();
//! assert!(difference.contains("- weaver.made\n-   counter of u64\n"));
//! assert!(difference.contains("+ weaver.woven\n+   counter of u64\n"));
//! # std::fs::remove_file(path).unwrap();
//! ```
//!
//! In a project, the test is a file such as `tests/catalog.rs`. `UPDATE_CATALOG=1 cargo test`
//! writes the catalog, at first and after each intended change:
//!
//! ```no_run
//! use shop as _; // the crate that defines the metrics
//! # mod shop {}
//! use typed_metrics::testing::assert_catalog;
//!
//! # /* A test that rustdoc compiles as a program:
//! #[test]
//! # */
//! fn the_metrics_are_those_of_the_catalog() {
//!     assert_catalog(env!("CARGO_PKG_NAME"), "tests/catalog.txt");
//! }
//! ```
//!
//! # Metrics that nothing records
//!
//! [`assert_recorded`](crate::testing::assert_recorded) fails if a metric of a crate was never
//! recorded, unless it is on a list of allowed ones. A test that drives the whole program can end
//! with the assertion. For all tests of a crate together, each test process notes what it records
//! in a file, and the assertion runs last:
//!
//! ```no_run
//! use shop as _; // the crate that defines the metrics
//! # mod shop {}
//! use typed_metrics::testing::assert_recorded;
//!
//! # /* A test that rustdoc compiles as a program:
//! #[test]
//! #[ignore = "runs after all other tests"]
//! # */
//! fn every_metric_is_recorded() {
//!     assert_recorded(env!("CARGO_PKG_NAME"), &["shop.disk_failures", "shop.backup.*"]);
//! }
//! ```
//!
//! ```console
//! $ export TYPED_METRICS_RECORDED=$PWD/target/recorded.txt
//! $ rm -f $TYPED_METRICS_RECORDED              # or else metrics of an earlier run count, too
//! $ cargo test                                 # or `cargo nextest run`
//! $ cargo test --test recorded -- --ignored    # or `cargo nextest run --run-ignored only`
//! ```
//!
//! A failure lists each metric with its place in the source code.
//!
//! # Conflicts
//!
//! Every program should also test that no two crates define one metric differently:
//!
//! ```
//! assert!(typed_metrics::check().is_ok());
//! ```
//!
//! `cargo run --example testing_your_metrics` shows more.
