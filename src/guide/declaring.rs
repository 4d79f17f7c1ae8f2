//! Declare metrics as the variants of an enum: kinds, names, units, buckets and labels.
//!
//! # Kinds
//!
//! An attribute on each variant selects the kind of the metric:
//!
//! | attribute | the metric | operations | type of the values |
//! |---|---|---|---|
//! | `#[counter]` | a sum that only grows | `inc`, `add`, `observe` | `u64`, or `f64` |
//! | `#[up_down_counter]` | a sum that grows and shrinks | `inc`, `dec`, `add`, `enter`, `observe` | `i64`, or `f64` |
//! | `#[gauge]` | the last value that was set | `set`, `inc`, `dec`, `add`, `sub`, `set_max`, `set_min`, `observe`; for units of time also `set_to_now` | `f64`, or `i64`, `u64` |
//! | `#[histogram]` | a distribution | `record`, `record_many`; for units of time also `start_timer`, `time` | `f64`, or `u64` |
//! | `#[state]` | states of which one is current | `set`, `observe` | 1 and 0 |
//! | `#[info]` | labels that are a fact | `set` | 1 |
//!
//! [`states`](super::states) is about the last two. The attribute takes these keys, all optional:
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `unit = "ms"` | a [UCUM] code, or an annotation such as `"{request}"` | no unit |
//! | `name = "requests"` | the last part of the metric's name | the variant in snake case |
//! | `description = "…"` | a text that says what the metric measures | the doc comment |
//! | `value = f64` | the type of the values | the first type in the table above |
//! | `buckets = …` | histograms only: the inclusive upper limits of the buckets | the buckets of the enum, else see [`histograms`](super::histograms) |
//! | `exponential` | histograms only: the buckets adapt to the values, see [`histograms`](super::histograms#exponential-histograms) | fixed buckets |
//! | `max_size = 80` | with `exponential`: the largest number of buckets | 160 |
//! | `zero_threshold = 1e-6` | with `exponential`: values up to this count as zero | 0 |
//! | `series_limit = 500` | the largest number of series | the limit of the enum, else 2000 |
//! | `expire = "10m"` | not on up-down counters: idle series are removed, see [Expiry](#expiry) | the expiry of the enum, else of the process |
//! | `last_recorded` | the times of the last measurements are known | not known, unless series expire |
//! | `positional` | two labels may have the same type | a warning: a call could exchange them |
//! | `was = "old.name"` | the metric is exported under its old name too, see [Renaming](#renaming) | one name |
//!
//! `#[state]` and `#[info]` take neither `unit` nor `value`, `buckets` or `expire`.
//!
//! The enum takes `#[metrics(prefix = "shop", series_limit = 500, crate = path)]`, `buckets` for
//! its histograms, `expire` and `last_recorded` for all its metrics, [constant
//! labels](#constant-labels), and [other prefixes](#the-same-metrics-under-another-prefix). These
//! keys are optional as well.
//!
//! ```
//! use typed_metrics::{Metrics, MetricType, ValueType};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "warehouse")]
//! enum Warehouse {
//!     /// Goods taken in,
//!     /// by weight.
//!     #[counter(unit = "kg", name = "intake", value = f64)]
//!     TakenIn,
//! }
//!
//! let intake = Warehouse::descriptors()[0];
//! assert_eq!(intake.name(), "warehouse.intake");
//! assert_eq!(intake.description(), "Goods taken in, by weight.");
//! assert_eq!((intake.metric_type(), intake.value_type()), (MetricType::Counter, ValueType::F64));
//! ```
//!
//! # Names and units
//!
//! The name of a metric is the prefix, a dot, and the variant in snake case. A name begins with an
//! ASCII letter, continues with ASCII letters, digits, `_`, `.`, `-` and `/`, and has at most 255
//! characters. A unit is printable ASCII without blanks and has at most 63 characters. Both rules
//! are OpenTelemetry's, and the compiler checks them.
//!
//! English words for known units, such as `seconds`, are refused, and the error names the code to
//! write instead: a metric takes a [`Duration`](std::time::Duration) only if its unit is a code of
//! time, such as `s`. `B`, `KiB` and `celsius` are refused as well: UCUM writes `By`, `KiBy` and
//! `Cel`. Any other word is accepted and exported as it is. Braces enclose an annotation and must
//! be in pairs.
//!
//! The description is the text of the doc comment, with its lines joined. In a block comment, the
//! asterisks at the beginning of lines are not part of the text.
//!
//! A derive sees macros before they are expanded, so `#[doc = concat!(…)]` and
//! `#[doc = include_str!(…)]` leave the description empty.
//!
//! # Renaming
//!
//! A dashboard breaks if a metric gets another name. With `was = "…"`, the metric is exported under
//! both names for as long as the key stands. The old name is the full one: the prefix does not
//! apply to it.
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "checkout")]
//! enum Checkout {
//!     /// Orders placed.
//!     #[counter(was = "shop.orders")]
//!     Orders,
//! }
//!
//! Checkout::orders().add(2);
//! let snapshot = typed_metrics::snapshot();
//! for name in ["checkout.orders", "shop.orders"] {
//!     assert_eq!(snapshot.get(name).unwrap().series[0].value.as_f64(), 2.0);
//! }
//! let old = snapshot.get("shop.orders").unwrap().descriptor;
//! assert_eq!(old.description(), "Renamed to `checkout.orders`. Orders placed.");
//! assert_eq!(old.renamed_to(), Some("checkout.orders"));
//! ```
//!
//! - Readers make the second name, so recording costs nothing more. Values, intervals, start times
//!   and removals are the same under both. A capture of a test has the new name only.
//! - Handlers get both metrics. An up-to-date dashboard can find the old ones:
//!   [`catalog`](crate::catalog()) has the names of each in
//!   [`was`](crate::Descriptor::was) and [`renamed_to`](crate::Descriptor::renamed_to).
//! - An old name follows the rule for names, and belongs to no other metric. The compiler finds
//!   clashes within the enum, [`check`](crate::check) those across enums and crates. Back ends
//!   translate an old name like any name: Prometheus scrapes a histogram in `s` as
//!   `old_name_seconds`.
//! - [`Metric::was`](crate::Metric::was) is the same for run-time metrics.
//!
//! # Constants
//!
//! Some settings also take constants, and any other expression that the compiler can evaluate. The
//! rules are the same as for literals, and the compiler reports a broken rule at the expression:
//!
//! - `prefix` takes a `&str`.
//! - `series_limit` and `max_size` take a `usize`.
//! - `zero_threshold` takes an `f64`.
//! - `buckets` takes a `[f64; N]` or `&[f64]`. The elements of a list may be expressions too.
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! const PREFIX: &str = concat!("pump", ".", "v2");
//! const LATENCY: [f64; 3] = [0.1, 0.5, 2.0];
//! const TENANTS: usize = 50;
//! const NOISE: f64 = 1e-3;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = PREFIX, series_limit = TENANTS)]
//! enum Pump {
//!     #[histogram(unit = "s", buckets = LATENCY)]
//!     Stroke { tenant: u32 },
//!     #[histogram(unit = "s", buckets = [LATENCY[0], 1, 5], series_limit = 4 * TENANTS)]
//!     Stop { tenant: u32 },
//!     #[histogram(exponential, max_size = 2 * TENANTS, zero_threshold = NOISE)]
//!     Pressure,
//! }
//!
//! let [stroke, stop, pressure] = Pump::descriptors()[..] else { panic!() };
//! assert_eq!((stroke.name(), stroke.series_limit()), ("pump.v2.stroke", 50));
//! assert_eq!(stroke.boundaries(), LATENCY);
//! assert_eq!((stop.boundaries(), stop.series_limit()), (&[0.1, 1.0, 5.0][..], 200));
//! let settings = pressure.exponential().unwrap();
//! assert_eq!((settings.max_size, settings.zero_threshold), (100, NOISE));
//! ```
//!
//! The documentation of a constructor names the constants, because a derive does not see their
//! values. A fragment such as `$buckets:expr`, which a `macro_rules!` macro passes on, works as
//! well.
//!
//! # Several instances
//!
//! A program often has the same thing more than once: two pools, a client for each service. One
//! enum declares the metrics of all instances, and a label tells the instances apart. A group of
//! labels stands for one instance. Code that is the same for all instances takes the group as a
//! value:
//!
//! ```
//! use std::time::Duration;
//! use typed_metrics::testing::capture;
//! use typed_metrics::{Entered, Label, LabelGroup, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum Role {
//!     Reader,
//!     Writer,
//! }
//!
//! /// The labels of a pool.
//! #[derive(Clone, Copy, LabelGroup)]
//! struct Pool {
//!     role: Role,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "pool")]
//! enum PoolMetrics {
//!     /// Leased connections.
//!     #[up_down_counter(unit = "{connection}")]
//!     Leased(Pool),
//!     /// Time until a connection was free.
//!     #[histogram(unit = "s")]
//!     Wait(Pool),
//! }
//!
//! /// The same code for every pool.
//! fn lease(pool: Pool, waited: Duration) -> Entered {
//!     PoolMetrics::wait(pool).record(waited);
//!     PoolMetrics::leased(pool).enter()
//! }
//!
//! let [reader, writer] = [Role::Reader, Role::Writer].map(|role| Pool { role });
//! let seen = capture(|| {
//!     drop(lease(writer, Duration::from_millis(9)));
//!     [2, 3].map(|waited| lease(reader, Duration::from_millis(waited)))
//! });
//! seen.assert_up_down_counter(PoolMetrics::Leased(reader), 2);
//! seen.assert_up_down_counter(PoolMetrics::Leased(writer), 0);
//! seen.assert_histogram_count(PoolMetrics::Wait(reader), 2);
//! seen.assert_histogram_count(PoolMetrics::Wait(writer), 1);
//! ```
//!
//! The instances share the names of their metrics, so a dashboard shows one instance or the sum of
//! all. With a fixed label, as here, an instance costs no lookup. If the names of the instances are
//! known only at run time, the label is a text, and `find` looks it up once for all metrics of the
//! instance.
//!
//! # The same metrics under another prefix
//!
//! If the instances must have metrics of different names, for example because dashboards have these
//! names already, `also` declares another enum with the same variants:
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "reader", series_limit = 50, also(Writer, prefix = "writer"))]
//! enum Reader<'a> {
//!     /// Connections leased.
//!     #[counter(unit = "{connection}")]
//!     Leases { host: &'a str },
//! }
//!
//! Reader::leases("db1").inc();
//! Writer::leases("db1").add(2);
//! let snapshot = typed_metrics::snapshot();
//! assert_eq!(snapshot.get("reader.leases").unwrap().series[0].value.as_f64(), 1.0);
//! assert_eq!(snapshot.get("writer.leases").unwrap().series[0].value.as_f64(), 2.0);
//! assert_eq!(Writer::descriptors()[0].description(), "Connections leased.");
//! assert_eq!(Writer::descriptors()[0].series_limit(), 50);
//! ```
//!
//! The other enum has the docs, the visibility and the variants of the first one. `prefix` is its
//! own; `labels`, `buckets`, `series_limit`, `expire` and `last_recorded` are those of the first
//! enum, unless `also` has them too. A derive sees no other derives, so the other enum is not
//! `Clone` if the first one is. Attributes of other macros are left out as well. The enums are
//! different types without a common trait: code that is the same for all instances needs a label.
//!
//! # Constant labels
//!
//! With `labels(…)` on the enum, all series of its metrics have the same labels with the same
//! values, in snapshots and for every handler. Recording costs nothing more. A value is a text or a
//! [constant](#constants). A name with dots stands in quotes:
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! const REGION: &str = "eu";
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "proxy", labels(handler = "all", "cloud.region" = REGION))]
//! enum Proxy<'a> {
//!     #[counter]
//!     Requests { route: &'a str },
//! }
//!
//! Proxy::requests("/a").inc();
//! let snapshot = typed_metrics::snapshot();
//! let labels = &snapshot.get("proxy.requests").unwrap().series[0].labels;
//! assert_eq!(labels.to_string(), "route=/a handler=all cloud.region=eu");
//! ```
//!
//! The overflow series has the constant labels too. A variant cannot have a label of the same name.
//! Two enums may define the same metrics with other values of a constant label.
//! [`Metric::label`](crate::Metric::label) gives a run-time metric a constant label, and
//! [`set_process_labels`](crate::set_process_labels) gives labels to all series of the process.
//!
//! # Expiry
//!
//! By default, a series is kept as long as the program runs. With `expire = "10m"`, a series in
//! which nothing was recorded for ten minutes is removed. An expiry is a whole number and one of
//! the units `ms`, `s`, `m`, `h` and `d`. `#[metrics(expire = "10m")]` is for all metrics of the
//! enum that have no expiry of their own, and [`set_default_expiry`](crate::set_default_expiry) for
//! all metrics of the process that have none. `expire = "never"` keeps the series of a metric in
//! any case.
//!
//! ```
//! use std::{thread::sleep, time::Duration};
//! use typed_metrics::{Metrics, Reader};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "chat", expire = "50ms")]
//! enum Chat<'a> {
//!     #[counter]
//!     Messages { room: &'a str },
//!     #[counter(expire = "never")]
//!     Logins,
//! }
//!
//! assert_eq!(Chat::descriptors()[0].expiry(), Some(Duration::from_millis(50)));
//! let lobby = Chat::messages("lobby");
//! lobby.add(3);
//! Chat::logins().inc();
//! let reader = Reader::new();
//! let _ = reader.collect();
//!
//! sleep(Duration::from_millis(60));
//! let snapshot = reader.collect();
//! let messages = snapshot.get("chat.messages").unwrap();
//! assert!(messages.series.is_empty());
//! assert_eq!(messages.removed[0].value.as_f64(), 3.0);
//! assert_eq!(snapshot.get("chat.logins").unwrap().series.len(), 1);
//!
//! lobby.inc(); // The handle is still valid. The series begins again at zero.
//! let snapshot = reader.collect();
//! assert_eq!(snapshot.get("chat.messages").unwrap().series[0].value.as_f64(), 1.0);
//! ```
//!
//! - Every collection looks for such series: a snapshot, a reader, or the export of a handler.
//!   Recording costs nothing more. The time without a measurement is counted from the collection
//!   that first saw the last measurement. Without collections, nothing expires.
//! - The last values of counters and histograms are not lost: each [`Reader`](crate::Reader) gets
//!   them once, in [`removed`](crate::MetricSnapshot::removed). What is recorded while a series
//!   expires either belongs to the last value or begins the series again.
//! - Setting a gauge is a measurement, also if the value stays the same.
//! - Up-down counters never expire: a number of open connections that nothing changes is still
//!   true.
//! - An expired series makes room under the series limit.
//!
//! Each [`SeriesSnapshot`](crate::SeriesSnapshot) has two times. `created` says when the series
//! began. `last_recorded` is the time of the collection that first saw the last measurement. It is
//! known if the metric expires, or if it is declared with `last_recorded`.
//!
//! # Overrides
//!
//! Buckets and series limit are part of the definition, and a program can replace them at its
//! start, for metrics of any crate. The first of these that says something determines a setting:
//!
//! 1. [`override_metric`](crate::override_metric), called before the metric is used:
//!    `override_metric("shop.duration", Override::new().buckets([5, 10, 25]).series_limit(500))?;`,
//!    or `.exponential(ExponentialSettings::DEFAULT.max_size(80))`
//! 2. the variables `TYPED_METRICS_BUCKETS="shop.duration=5,10,25;rpc.size=64,4096"` and
//!    `TYPED_METRICS_SERIES_LIMIT="shop.requests=500"`, which are read when handlers are set.
//!    `shop.duration=exponential` and `shop.duration=exponential(80)` make a histogram exponential,
//!    and boundaries make an exponential histogram one with these buckets. A
//!    variable that cannot be read is an error of
//!    [`set_metric_handlers`](crate::set_metric_handlers). A metric that is in use already keeps
//!    its settings, and the log says so. The log also names a metric that does not exist, and a
//!    series limit without effect, because the metric has fixed labels only.
//! 3. the definition.
//!
//! The first use decides: once a metric is recorded, its settings stay. Recording costs the same
//! with an override as without one.
//!
//! # Mistakes
//!
//! One build reports all mistakes in the text of a declaration, each at its token. Once those are
//! fixed, the compiler reports the mistakes that depend on types: a field whose type cannot be a
//! label, and more combinations of labels than the series limit.
//!
//! # Limits
//!
//! - An enum may have lifetimes, but no type parameters: each metric is a static, and statics are
//!   not generic.
//! - A variant cannot be named `Record`: its constructor would have the name of the method that
//!   records by value.
//! - A variant cannot be named `Self_`, `Super` or `Crate`: the names of the constructors would be
//!   keywords.
//! - A variant without labels cannot have the same spelling as its constructor, such as `requests`.
//! - A tuple variant has one field, a group of labels, because labels need names.
//!
//! A metric is known from the start of the program, even before its first measurement, if its crate
//! is linked. The linker leaves out a dependency that no code names: `use that_crate as _;` links
//! it.
//!
//! # Another name for the crate
//!
//! Generated code names `::typed_metrics`. If the crate has another name in `Cargo.toml`, write
//! `#[metrics(crate = tm)]`, `#[label(crate = tm)]` and `#[timed(crate = tm)]`, where `crate = tm`
//! stands beside other keys. Or write once, at the root of your crate,
//! `extern crate tm as typed_metrics;`.
//!
//! The next page, [`recording`](super::recording), shows how to record in these metrics.
//!
//! [UCUM]: https://ucum.org/ucum
