//! Typed metrics: derive on an enum, record at the cost of a thread-local addition, export anywhere.
//!
//! You declare an enum, derive [`Metrics`](macro@Metrics), and get metrics that are registered
//! without a call and whose labels and values the compiler checks.
//!
//! ```
//! use std::time::Duration;
//! use typed_metrics::{Label, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum Endpoint {
//!     Search,
//!     Checkout,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "shop")]
//! enum ShopMetrics<'a> {
//!     /// Duration of requests.
//!     #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250, 500, 1000])]
//!     RequestDuration { endpoint: Endpoint },
//!
//!     /// Number of requests processed.
//!     #[counter(unit = "{request}")]
//!     RequestCount { route: &'a str, status_code: u16 },
//!
//!     /// Requests being served right now.
//!     #[up_down_counter(unit = "{request}")]
//!     RequestsInFlight,
//!
//!     /// Memory in use.
//!     #[gauge(unit = "By")]
//!     MemoryUsage,
//! }
//!
//! // One typed constructor a variant, with the operations of its kind only.
//! ShopMetrics::request_count("/api/search", 200).inc();
//! ShopMetrics::request_count("/api/search", 200).add(3);
//! ShopMetrics::request_duration(Endpoint::Search).record(Duration::from_millis(150));
//! ShopMetrics::request_duration(Endpoint::Checkout).record(80.0);
//! ShopMetrics::memory_usage().set(1 << 20);
//! let _busy = ShopMetrics::requests_in_flight().enter(); // +1 now, -1 when dropped
//!
//! // Or by value, with named labels.
//! ShopMetrics::RequestCount { route: "/api/search", status_code: 200 }.record(1);
//!
//! let snapshot = typed_metrics::snapshot();
//! let requests = snapshot.get("shop.request_count").unwrap();
//! let search = requests.series_with(&[("route", "/api/search"), ("status_code", "200")]).unwrap();
//! assert_eq!(search.value.as_f64(), 5.0);
//! println!("{snapshot}");
//! ```
//!
//! # Where to go on
//!
//! - [`guide::declaring`]: kinds, names, units, buckets, labels; all attributes.
//! - [`guide::recording`]: handles, timers, observed metrics, what happens to bad values.
//! - [`guide::timed`]: functions that are measured by an attribute.
//! - [`guide::runtime`]: metrics known only at run time.
#![cfg_attr(feature = "llm", doc = "- [`guide::llm`]: the metrics of LLM calls, streamed or not.")]
//! - [`guide::handlers`]: where metrics go, by name or by instance; writing a handler.
//! - [`guide::shutdown`]: exporting the last values, whatever ends the program.
//! - [`guide::testing`]: asserting what code records.
//! - [`guide::cost`]: what a record costs, in time and in memory, and what is guaranteed.
//!
//! # Features
//!
//! - `console` (default): the handler named `"console"`, a table of every metric.
//! - `llm`: the module `llm`, the metrics of LLM calls and what records them. Adapters for clients are
//!   features of the crate `typed-metrics-llm`: `async-openai`, and `rig`, which needs Rust 1.95.
//! - `otel`: `OtelHandler` and the handler named `"otel"`: export through any OpenTelemetry meter
//!   provider, or by OTLP over HTTP.
//! - `otel-grpc`: OTLP over gRPC too. It brings tokio, for a thread of its own.
//! - `otel-tls`: endpoints that begin with `https://`.
//! - `logfire`: `LogfireHandler` and the handler named `"logfire"`: export to Pydantic Logfire.
//! - `signals`: `shutdown_signal` and `exit_on_signal`: SIGTERM and Ctrl-C end a program with its
//!   last values exported. It brings tokio.
//! - `system`: `system::install`, metrics of the process and of the host it runs on.

#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(feature = "signals")]
mod signals;

#[doc(hidden)]
pub use typed_metrics_core::__private;

/// Makes a field-less enum, or a newtype, a label.
///
/// On an enum, each variant is a value: its name in snake case, unless the enum says
/// `#[label(rename_all = "kebab-case")]` (or `camelCase`, `PascalCase`, `lowercase`, `UPPERCASE`,
/// `SCREAMING_SNAKE_CASE`, …) or the variant says `#[label(name = "…")]`. Such a label is *fixed*:
/// its series are found by arithmetic. A newtype (a struct of one field) is the label that its field
/// is; with `#[label(display)]` on the field, its value is what the field's `Display` writes.
///
/// ```
/// use typed_metrics::{Label, LabelRef, label::Scratch};
///
/// #[derive(Label)]
/// enum Cache {
///     Hit,
///     #[label(name = "cold")]
///     Miss,
/// }
///
/// #[derive(Label)]
/// struct Tenant<'a>(&'a str);
///
/// #[derive(Label)]
/// struct Peer(#[label(display)] std::net::Ipv4Addr);
///
/// assert_eq!(Cache::CARDINALITY, Some(2));
/// assert_eq!(Label::value(&Cache::Miss, &mut Scratch::new()), LabelRef::Str("cold"));
/// assert_eq!(Label::value(&Tenant("acme"), &mut Scratch::new()), LabelRef::Str("acme"));
/// let peer = Peer([127, 0, 0, 1].into());
/// assert_eq!(Label::value(&peer, &mut Scratch::new()), LabelRef::Str("127.0.0.1"));
/// ```
///
/// `#[label(crate = path)]` says where this crate is, if it is not `::typed_metrics`.
pub use typed_metrics_derive::Label;
/// Makes an enum a set of metrics, one a variant.
///
/// See [`guide::declaring`] for all attributes. For each variant the enum
/// gets a constructor in snake case, whose arguments are the labels and whose result is a
/// [`Counter`], [`UpDownCounter`], [`Gauge`] or [`Histogram`]; and it gets `record`, which records by
/// value.
///
/// ```
/// use typed_metrics::Metrics;
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "mail")]
/// enum Mail {
///     /// Letters sent.
///     #[counter(unit = "{letter}")]
///     Sent { express: bool },
/// }
///
/// Mail::sent(true).inc();
/// Mail::Sent { express: true }.record(2);
///
/// let descriptor = Mail::descriptors()[0];
/// assert_eq!(descriptor.name(), "mail.sent");
/// assert_eq!(descriptor.description(), "Letters sent.");
/// ```
///
/// A mistake in the declaration is an error at the token that is wrong, all mistakes in its text
/// at once:
///
/// ```compile_fail
/// #[derive(typed_metrics::Metrics)]
/// enum Mail {
///     #[histogran(unit = "seconds")] // did you mean `histogram`? units are UCUM codes; write `s`
///     Sent,
/// }
/// ```
pub use typed_metrics_derive::Metrics;

/// Measures every call of a function: how long it took, and how it ended.
///
/// Alone it records in the histogram `function.duration`; with a variant of a metrics enum, in that one,
/// where `outcome` stands for a label of type [`Outcome`] that is filled in at the end. See
/// [`guide::timed`] for its options, and for what it does to methods, impl blocks and futures.
///
/// ```
/// use typed_metrics::{Metrics, Outcome, timed};
///
/// #[derive(Metrics)]
/// enum Mail {
///     #[histogram(unit = "ms")]
///     Delivery { outcome: Outcome },
/// }
///
/// #[timed(Mail::Delivery { outcome })]
/// fn deliver(to: &str) -> Result<(), String> {
///     if to.contains('@') { Ok(()) } else { Err(format!("`{to}` is no address")) }
/// }
///
/// let seen = typed_metrics::testing::capture(|| (deliver("ada@example.org"), deliver("ada")));
/// assert_eq!(seen.histogram(Mail::Delivery { outcome: Outcome::Ok }).count, 1);
/// assert_eq!(seen.histogram(Mail::Delivery { outcome: Outcome::Error }).count, 1);
/// ```
pub use typed_metrics_derive::timed;

#[cfg(feature = "signals")]
pub use signals::{exit_on_signal, shutdown_signal};
#[cfg(feature = "console")]
pub use typed_metrics_core::ConsoleHandler;
pub use typed_metrics_core::{
    AttributeValue, Attributes, BACK_ENDS, BackEnd, Changes, Choice, Conflict, Counter,
    DEFAULT_SERIES_LIMIT, Descriptor, Entered, Error, FunctionObjective, Gauge, Handle,
    HandlerError, Histogram, HistogramSnapshot, InMemoryHandler, IntoAttributes, IntoHandler,
    IntoHandlers, Label, LabelDescriptor, LabelRef, LabelValue, Labels, MAX_ATTRIBUTES,
    MAX_RUNTIME_METRICS, Measurement, Metric, MetricChanges, MetricHandler, MetricSnapshot,
    MetricType, Metrics, Number, Objective, Observation, Outcome, Reader, Reason, RuntimeMetric,
    SeriesChange, SeriesId, SeriesSnapshot, ShutdownGuard, Snapshot, Source, Timer, UpDownCounter,
    Value, ValueType, add_metric_handler, attributes, catalog, check, clear_metric_handlers, flush,
    kind, observe, record_metric, register_metric, set_metric_handlers, shutdown, shutdown_guard,
    snapshot,
};
pub use typed_metrics_core::{buckets, label, name, testing, unit, value};
/// LLM calls: their metrics, and what records them.
#[cfg(feature = "llm")]
pub use typed_metrics_llm as llm;
/// Pydantic Logfire: the handler, and the builder for it.
#[cfg(feature = "logfire")]
pub use typed_metrics_logfire as logfire;
#[cfg(feature = "logfire")]
pub use typed_metrics_logfire::LogfireHandler;
/// OpenTelemetry: the handler, the builder of an OTLP pipeline, and a view for a provider of yours.
#[cfg(feature = "otel")]
pub use typed_metrics_otel as otel;
#[cfg(feature = "otel")]
pub use typed_metrics_otel::OtelHandler;
/// Metrics of the process and of the host it runs on.
#[cfg(feature = "system")]
pub use typed_metrics_system as system;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
