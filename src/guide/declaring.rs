//! Declaring metrics: kinds, names, units, buckets, labels.
//!
//! # Kinds
//!
//! Each variant says what kind of metric it is:
//!
//! | attribute | what it is | operations | values |
//! |---|---|---|---|
//! | `#[counter]` | a sum that only grows | `inc`, `add`, `observe` | `u64`, or `f64` |
//! | `#[up_down_counter]` | a sum that grows and shrinks | `inc`, `dec`, `add`, `enter`, `observe` | `i64`, or `f64` |
//! | `#[gauge]` | a value of which the last one counts | `set`, `observe` | `f64`, or `i64`, `u64` |
//! | `#[histogram]` | a distribution | `record`; for time `start_timer`, `time` | `f64`, or `u64` |
//!
//! A kind takes these keys:
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `unit = "ms"` | a [UCUM] code, or an annotation such as `"{request}"` | none |
//! | `name = "requests"` | the last part of the name | the variant in snake case |
//! | `description = "…"` | what it measures | the doc comment |
//! | `value = f64` | the type of its values | the first in the table above |
//! | `buckets = …` | histograms: inclusive upper limits of the buckets | see below |
//! | `series_limit = 500` | how many series it may have | that of the enum, else 2000 |
//!
//! The enum takes `#[metrics(prefix = "shop", series_limit = 500, crate = path)]`, all optional.
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
//! A name is the prefix, a dot, and the variant in snake case. Names begin with an ASCII letter and
//! go on with letters, digits, `_`, `.`, `-` and `/`; 255 characters at most. Units are printable
//! ASCII without blanks, of 63 characters at most. Both are OpenTelemetry's rules, checked while
//! compiling. English words such as `seconds` are refused with the code to write instead, for only
//! `s` makes a [`Duration`](std::time::Duration) recordable; so are `B`, `KiB` and `celsius`, which
//! UCUM writes `By`, `KiBy` and `Cel`. Braces stand in pairs, around an annotation.
//!
//! The description is the text of the doc comment, its lines joined; in a block comment, without the
//! asterisks that the lines begin with. A derive sees macros before they are expanded, so
//! `#[doc = concat!(…)]` and `#[doc = include_str!(…)]` leave it empty. For the same reason `buckets`
//! and `series_limit` take numbers and no names of constants; what a `macro_rules!` passes on as
//! `$buckets:expr` they do take.
//!
//! # Mistakes
//!
//! All mistakes in the text of a declaration are reported in one build, each at its token. What needs
//! types comes from the compiler once those are mended: a field whose type cannot be a label, and
//! more combinations of labels than the series limit.
//!
//! # Buckets
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! enum Sizes {
//!     #[histogram(unit = "By", buckets = [1024, 65536, 1048576])]
//!     Upload,
//!     #[histogram(unit = "By", buckets = exponential(64, 4, 5))]
//!     Download,
//!     #[histogram(unit = "%", buckets = linear(0, 25, 5))]
//!     Fill,
//!     #[histogram(unit = "s")]
//!     Wait,
//! }
//!
//! let buckets: Vec<_> = Sizes::descriptors().iter().map(|d| d.boundaries()).collect();
//! assert_eq!(buckets[1], [64.0, 256.0, 1024.0, 4096.0, 16384.0]);
//! assert_eq!(buckets[2], [0.0, 25.0, 50.0, 75.0, 100.0]);
//! assert_eq!(buckets[3][..3], [0.005, 0.01, 0.025]);
//! ```
//!
//! Without `buckets`, a unit of time (`ns`, `us`, `ms`, `s`, `min`, `h`, `d`) gets OpenTelemetry's for
//! request durations, anything else OpenTelemetry's default; see
//! [`buckets::default_for`](crate::buckets::default_for).
//!
//! # Labels
//!
//! The fields of a variant are the metric's labels. A label is *fixed* if its values are known while
//! compiling: enums that derive [`Label`](macro@crate::Label), `bool`, and `Option` of those. All
//! others are *open*: strings of every type, integers, `char`, and with `#[label(display)]` anything
//! that is `Display`. `None` leaves the label out. A newtype that derives `Label` is what its field
//! is: fixed if that is fixed; with `#[label(display)]` on the field, its text.
//!
//! A label is called as its field, or as `#[label(name = "…")]` says, by the rule for names of
//! metrics. Reserved are `otel` and all that begins with `otel.`, for OpenTelemetry, and `le` and
//! `quantile`, for Prometheus.
//!
//! ```
//! use std::net::IpAddr;
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! enum Net<'a> {
//!     #[counter]
//!     Packets {
//!         #[label(name = "net.peer")]
//!         peer: &'a str,
//!         #[label(display)]
//!         address: IpAddr,
//!         vlan: Option<u16>,
//!     },
//! }
//!
//! Net::packets("gate", IpAddr::from([10, 0, 0, 1]), None).inc();
//! let snapshot = typed_metrics::snapshot();
//! let labels = &snapshot.get("packets").unwrap().series[0].labels;
//! assert_eq!(labels.to_string(), "net.peer=gate address=10.0.0.1");
//! ```
//!
//! The combinations of a metric's fixed labels must not exceed its series limit; if they do, it does
//! not compile, and the error names the product and its factors. Open labels are limited at run time:
//! see [`cost`](super::cost).
//!
//! # Limits
//!
//! An enum may have lifetimes, but no type parameters: each metric is a static, and statics are not
//! generic. A variant cannot be named `Record`, whose constructor would be the method that records by
//! value, nor `Self`, `Super` or `Crate`, whose constructors would be keywords; nor can one without
//! labels be spelt as its constructor is, such as `requests`. Labels need names, so tuple variants
//! are refused.
//!
//! A metric is known from the start of the program, before it is recorded, if its crate is linked. A
//! dependency that no code names is not: `use that_crate as _;` links it.
//!
//! # Elsewhere than `::typed_metrics`
//!
//! Generated code names `::typed_metrics`. If the crate has another name in `Cargo.toml`, say
//! `#[metrics(crate = tm)]` and `#[label(crate = tm)]`, or once, at the root of your crate,
//! `extern crate tm as typed_metrics;`.
//!
//! [UCUM]: https://ucum.org/ucum
