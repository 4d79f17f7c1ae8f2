//! Record values in [declared](super::declaring) metrics: handles, guards, observed metrics and
//! invalid values.
//!
//! # Handles
//!
//! A constructor returns a handle: 16 bytes, `Copy` and `'static`. A handle offers only the
//! operations of its kind. Use the handle at once, or keep it if the same labels are recorded again
//! and again.
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
//! // `remove` takes the series out of every export. The next record begins at zero; the old handle
//! // stays usable.
//! worker.taken.remove();
//! assert!(typed_metrics::snapshot().get("queue.taken").unwrap().series.is_empty());
//! worker.taken.inc();
//! assert_eq!(typed_metrics::snapshot().get("queue.taken").unwrap().series[0].value.as_f64(), 1.0);
//! ```
//!
//! A series is exported from its first measurement: a handle alone exports nothing. `add(0)`
//! exports a counter at zero, before anything is counted:
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "mailbox")]
//! enum Mailbox {
//!     #[counter]
//!     Bounced,
//! }
//!
//! let series = || typed_metrics::snapshot().get("mailbox.bounced").map(|m| m.series.len());
//! let bounced = Mailbox::bounced();
//! assert_eq!(series().unwrap_or(0), 0);
//! bounced.add(0);
//! assert_eq!(series(), Some(1));
//! let snapshot = typed_metrics::snapshot();
//! assert_eq!(snapshot.get("mailbox.bounced").unwrap().series[0].value.as_f64(), 0.0);
//! ```
//!
//! | declaration | type of the handle |
//! |---|---|
//! | `#[counter]`, `#[counter(value = f64)]` | `Counter`, `Counter<f64>` |
//! | `#[up_down_counter]`, with `value = f64` | `UpDownCounter`, `UpDownCounter<f64>` |
//! | `#[gauge]`, `#[gauge(value = i64)]` | `Gauge`, `Gauge<i64>` |
//! | `#[histogram]`, `#[histogram(unit = "By")]` | `Histogram` |
//! | `#[histogram(unit = "ms")]`, or another unit of time | `Histogram<unit::Milliseconds>` |
//! | `#[histogram(unit = "ms", value = u64)]` | `Histogram<unit::Milliseconds, u64>` |
//! | `#[state]`, `#[info]` | `State<Phase>`, with the type of the state's label; `Info` |
//! | `#[counter(unit = "ms")]`, or another kind of metric | `Counter<u64, unit::Milliseconds>` |
//!
//! A metric whose unit is not one of time has [`NotTime`](crate::unit::NotTime) as its unit. That
//! is the default, and is written only before another parameter: `Histogram<unit::NotTime, u64>` is
//! the handle of `#[histogram(unit = "By", value = u64)]`.
//!
//! Constructors are not `const`, so a static handle needs a `LazyLock`:
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
//! - Counters take every unsigned integer of up to 64 bits, `usize` included. They also take `i32`,
//!   because Rust takes a plain number such as `1` for an `i32`; a negative one is dropped and
//!   counted. For other signed integers write `u64::try_from(n)`.
//! - Up-down counters take every integer that fits into an `i64`. For `u64` and `usize` write
//!   `i64::try_from(n)`.
//! - With `value = f64`, counters and up-down counters also take floats.
//! - Gauges of `f64` take every primitive number of up to 64 bits. Gauges of `i64` and `u64` take
//!   every primitive integer of up to 64 bits.
//! - Histograms take every primitive number of up to 64 bits. Histograms with `value = u64` take
//!   integers only: round a float yourself.
//! - A metric of any kind takes a `Duration` if its unit is a unit of time (`ns`, `us`, `ms`, `s`,
//!   `min`, `h`, `d`). Pass the `Duration` itself, and not its `as_millis()`, which is a `u128`. A
//!   metric of integers records the nearest whole number of units.
//!
//! ```
//! use std::time::Duration;
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "laundry")]
//! enum Laundry {
//!     #[counter(unit = "min")]
//!     Washing,
//!     #[histogram(unit = "ms", value = u64)]
//!     DoorOpen,
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     Laundry::washing().add(Duration::from_secs(100));
//!     Laundry::door_open().record(Duration::from_micros(1_700));
//! });
//! seen.assert_counter(Laundry::Washing, 2);
//! assert_eq!(seen.histogram(Laundry::DoorOpen).sum, 2.0);
//! ```
//!
//! # Many equal values
//!
//! `record_many(value, n)` records a value `n` times in a histogram, at the cost of one record. A
//! handler that gets every measurement gets one, with the number in
//! [`count`](crate::Measurement::count).
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "mint")]
//! enum Mint {
//!     #[histogram(unit = "g")]
//!     Weight,
//! }
//!
//! let seen = typed_metrics::testing::capture(|| Mint::weight().record_many(8.5, 1_000));
//! assert_eq!(seen.histogram(Mint::Weight).count, 1_000);
//! assert_eq!(seen.histogram(Mint::Weight).sum, 8_500.0);
//! ```
//!
//! # Gauges
//!
//! A gauge is set to a value, or changed from the value before. `add`, `sub`, `inc` and `dec` lose
//! nothing if several threads change the gauge at the same time. `set_max` and `set_min` keep the
//! largest and the smallest value. A gauge without a value counts as zero for an amount, and gets
//! the limit as its value. A gauge of integers stops at the limits of its type, and counts what it
//! cannot hold as dropped. `set_to_now` exists if the unit is a unit of time, and sets the time
//! since the Unix epoch.
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "garage")]
//! enum Garage {
//!     #[gauge(value = u64)]
//!     Cars,
//!     #[gauge(value = u64)]
//!     MostCars,
//!     #[gauge(unit = "s")]
//!     Opened,
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     Garage::opened().set_to_now();
//!     for cars in 1..=3_u32 {
//!         Garage::cars().inc();
//!         Garage::most_cars().set_max(cars);
//!     }
//!     Garage::cars().sub(2);
//! });
//! seen.assert_gauge(Garage::Cars, 1.0);
//! seen.assert_gauge(Garage::MostCars, 3.0);
//! assert!(seen.gauge(Garage::Opened).unwrap() > 1.7e9);
//! ```
//!
//! An up-down counter is the better choice for a number that goes up and down in steps: its threads
//! do not share memory, its steps can be exported as changes, and `enter` takes a step back by
//! itself. A gauge is for a number that is also set, and for numbers of which only the last one
//! counts.
//!
//! # Guards
//!
//! `enter` adds 1 to an up-down counter, and subtracts it when the returned guard is dropped.
//! `start_timer` returns a guard that records the elapsed time when it is dropped. Both guards also
//! work when `?`, a panic or the cancellation of a future drops them. A timer that should record
//! nothing is ended with [`discard`](crate::Timer::discard).
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
//!     Kitchen::cooking_time().start_timer().discard(); // records nothing
//!     took
//! });
//! assert_eq!(seen.up_down_counter(Kitchen::Cooking), 0);
//! assert_eq!(seen.histogram(Kitchen::CookingTime).count, 2);
//! ```
//!
//! To measure a whole function, use [`#[timed]`](super::timed).
//!
//! # Observed metrics
//!
//! `observe` reads a value that other code counts or keeps. The callback runs at every collection,
//! as long as the returned guard lives. When the guard is dropped, the series of a gauge is
//! removed, an up-down counter subtracts the observed value, and a counter keeps its sum.
//! [`forever`](crate::Observation::forever) gives the guard up: the callback then runs to the end
//! of the program.
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
//! If the labels are known only at a collection, or one reading gives many values, use the function
//! [`observe`](crate::observe()). Its callback runs at the beginning of every collection, and
//! records:
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
//!     vec![("upper", 3), ("lower", 0)] // the current state
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
//! The method `record` of a variant adds to counters and up-down counters, sets gauges, and records
//! in histograms. If all variants of the enum take the same values, the compiler checks the type of
//! the value. If the variants differ in kind, in the type of their values or in their unit of time,
//! `record` takes any number and any `Duration`, and checks it while recording.
//!
//! # Invalid values
//!
//! Recording never panics and never fails. These values are dropped: NaN and infinity in every
//! metric, a negative increment of a counter, a value that the type of the metric cannot hold, and,
//! by value, a `Duration` in a metric whose unit is not a unit of time. The values recorded before
//! stay.
//!
//! Dropped values are counted by [`DropReason`](crate::DropReason), in the `dropped` of a snapshot.
//! The next collection logs a warning through the crate `log`, once for each metric and reason.
//!
//! Sums are not checked for overflow: a sum of integers wraps around modulo 2^64, and a sum of
//! `f64` can become infinite.
//!
//! ```
//! use typed_metrics::{Metrics, DropReason};
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
//! assert_eq!(temperature.dropped, [(DropReason::NotFinite, 1)]);
//! ```
