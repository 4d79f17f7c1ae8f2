//! Move to this crate from another metrics crate: the words, names of dashboards, and what to write
//! instead.
//!
//! # Words
//!
//! | elsewhere | here |
//! |---|---|
//! | `register_counter_vec!`, `Registry::register`, `describe_counter!` | a variant of an enum with [`#[derive(Metrics)]`](macro@crate::Metrics); it needs no registration |
//! | `counter!("requests", "route" => route)`, names that are known only at run time | [`register_metric`](crate::register_metric), [`record_metric`](crate::record_metric()) |
//! | `vec.with_label_values(&["/a", "200"])`, `family.get_or_create(&labels)`, `family[&labels]` | `Shop::requests("/a", 200)` |
//! | `EncodeLabelSet`, a struct of labels | [`#[derive(LabelGroup)]`](macro@crate::LabelGroup) |
//! | `EncodeLabelValue`, `FixedCardinalityLabel` | [`#[derive(Label)]`](macro@crate::Label) |
//! | `counter.inc_by(n)`, `.increment(n)` | `.add(n)` |
//! | `counter.absolute(total)` | `.observe(\|\| total)` |
//! | `gauge.inc_by(n)`, `.dec_by(n)` | `.add(n)`, `.sub(n)` |
//! | `gauge.set_to_current_time()` | `.set_to_now()`, with the unit `s` |
//! | `gauge.inc_guard(1)`, `gauge.guard()` | `.enter()` of an `#[up_down_counter]` |
//! | `histogram.observe(seconds)` | `.record(duration)`, with the unit `s` |
//! | `timer.observe_duration()`, `.stop_and_discard()` | `timer.stop()`, `timer.discard()` |
//! | `exponential_buckets(1.0, 2.0, 10)` | `buckets = exponential(1, 2, 10)` |
//! | `counter.get()` in a test | [`testing::capture`](crate::testing::capture) |
//! | `gather()` | [`snapshot()`](crate::snapshot()) |
//! | `const_labels`, global labels | [`labels(…)`](super::declaring#constant-labels) of the enum, [`set_process_labels`](crate::set_process_labels) |
//! | a collector that computes values when it is scraped | [`observe`](crate::observe()) |
//!
//! The compiler names the operation of this crate for most words of the first column. Metrics that
//! stay in a registry of `prometheus` or `prometheus-client` can be exported together with those of
//! this crate: see `MetricsCollector` of `typed-metrics-prometheus`.
//!
//! There are no summaries with quantiles, because they cannot be added up, and no counts of
//! distinct values.
//!
//! # Names
//!
//! A back end makes the name of a metric from the prefix, the variant and the unit. Leave out of
//! the variant what the back end adds. Prometheus scrapes `Commands` below as `kv_commands_total`,
//! and `Wait` as `kv_wait_seconds`:
//!
//! ```
//! use typed_metrics::{Label, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum Command {
//!     Get,
//!     BatchPut,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "kv", buckets = exponential(0.0005, 2, 20))]
//! enum Kv {
//!     /// Commands received.
//!     #[counter]
//!     Commands { r#type: Command },
//!     /// Time until a lock was free.
//!     #[histogram(unit = "s")]
//!     Wait { r#type: Command },
//! }
//!
//! Kv::commands(Command::BatchPut).inc();
//! Kv::wait(Command::Get).record(0.002);
//! let snapshot = typed_metrics::snapshot();
//! let labels = &snapshot.get("kv.commands").unwrap().series[0].labels;
//! assert_eq!(labels.to_string(), "type=batch_put");
//! ```
//!
//! - A label whose name is a keyword is a raw identifier, as `r#type` here.
//! - `#[label(rename_all = "…")]` and `#[label(name = "…")]` write the values of an enum in another
//!   way.
//! - If some names do not follow the rules of Prometheus, such as a counter without `_total`, turn
//!   the suffixes off in [`Naming`][naming], and write each name in full: `name = "jobs_skipped"`.
//! - A metric that gets a better name can keep the old one beside it: see
//!   [Renaming](super::declaring#renaming).
//! - [`testing::assert_catalog`](crate::testing::assert_catalog) then pins the names in a file.
//!
//! # Pairs of counters
//!
//! An `#[up_down_counter]` with [`enter`](super::recording#guards) tells how many things are in
//! progress. If a dashboard needs how many began and how many ended, two counters and a guard do
//! that:
//!
//! ```
//! use typed_metrics::testing::capture;
//! use typed_metrics::{Counter, Metrics};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "tunnel")]
//! enum Tunnel<'a> {
//!     /// Connections opened.
//!     #[counter]
//!     Opened { protocol: &'a str },
//!     /// Connections closed.
//!     #[counter]
//!     Closed { protocol: &'a str },
//! }
//!
//! struct Connection {
//!     closed: Counter,
//! }
//!
//! impl Connection {
//!     fn open(protocol: &str) -> Self {
//!         Tunnel::opened(protocol).inc();
//!         Self { closed: Tunnel::closed(protocol) }
//!     }
//! }
//!
//! impl Drop for Connection {
//!     fn drop(&mut self) {
//!         self.closed.inc();
//!     }
//! }
//!
//! let seen = capture(|| {
//!     let _open = Connection::open("ws");
//!     drop(Connection::open("ws"));
//! });
//! seen.assert_counter(Tunnel::Opened { protocol: "ws" }, 2);
//! seen.assert_counter(Tunnel::Closed { protocol: "ws" }, 2);
//! ```
//!
//! # Static handles
//!
//! A `static` of a counter is no longer needed: a constructor with fixed labels, or without labels,
//! finds its series by arithmetic. A [handle](super::recording#handles) that is kept saves the
//! search for open labels.
//!
//! [naming]: https://docs.rs/typed-metrics-prometheus/latest/typed_metrics_prometheus/struct.Naming.html
