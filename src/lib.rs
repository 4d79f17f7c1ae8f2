//! Typed metrics: derive on an enum, record at the cost of a thread-local addition, export
//! anywhere.
//!
//! Declare an enum and derive [`Metrics`](macro@Metrics). The metrics register themselves, and the
//! compiler checks their labels and values.
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
//! // Each variant has a typed constructor, which offers only the operations of its kind.
//! ShopMetrics::request_count("/api/search", 200).inc();
//! ShopMetrics::request_count("/api/search", 200).add(3);
//! ShopMetrics::request_duration(Endpoint::Search).record(Duration::from_millis(150));
//! ShopMetrics::request_duration(Endpoint::Checkout).record(80.0);
//! ShopMetrics::memory_usage().set(1 << 20);
//! let _busy = ShopMetrics::requests_in_flight().enter(); // +1 now, -1 when dropped
//!
//! // A variant can also be recorded by value, with named labels.
//! ShopMetrics::RequestCount { route: "/api/search", status_code: 200 }.record(1);
//!
//! let snapshot = typed_metrics::snapshot();
//! let requests = snapshot.get("shop.request_count").unwrap();
//! let search = requests.series_with(&[("route", "/api/search"), ("status_code", "200")]).unwrap();
//! assert_eq!(search.value.as_f64(), 5.0);
//! println!("{snapshot}");
//! ```
//!
//! # The guide
//!
//! - [`guide::declaring`]: declare metrics: kinds, names, units and all attributes.
//! - [`guide::labels`]: the types of labels, and groups of labels that metrics share.
//! - [`guide::histograms`]: buckets, and histograms whose buckets adapt to the values.
//! - [`guide::recording`]: record values: handles, guards, observed metrics and invalid values.
//! - [`guide::timed`]: measure functions with the attribute `#[timed]`.
//! - [`guide::runtime`]: register metrics that are known only at run time.
#![cfg_attr(
    feature = "tower",
    doc = "- [`guide::http`]: measure HTTP and gRPC, in servers and clients."
)]
#![cfg_attr(
    feature = "tokio",
    doc = "- [`guide::tokio`]: measure tokio: runtimes, tasks, blocking work, jemalloc."
)]
#![cfg_attr(
    feature = "db",
    doc = "- [`guide::databases`]: measure operations on databases, and connection pools."
)]
#![cfg_attr(
    any(
        feature = "metrics-facade",
        feature = "prometheus-client-registry",
        feature = "prometheus-registry",
        feature = "tracing"
    ),
    doc = "- [`guide::bridges`]: take in what other crates record: `metrics`, `tracing`, `prometheus`."
)]
#![cfg_attr(feature = "llm", doc = "- [`guide::llm`]: measure LLM calls, streamed or not.")]
//! - [`guide::handlers`]: export metrics through handlers, and write your own handler.
#![cfg_attr(
    feature = "prometheus",
    doc = "- [`guide::prometheus`]: let Prometheus scrape a program, and look at its metrics."
)]
#![cfg_attr(
    feature = "otel",
    doc = "- [`guide::opentelemetry`]: take in what other crates record through OpenTelemetry's API."
)]
#![cfg_attr(
    feature = "catalog",
    doc = "- [`guide::catalog`]: render documentation, dashboards and alerts from the metrics."
)]
//! - [`guide::exemplars`]: lead from a metric to the trace of one of its measurements.
//! - [`guide::shutdown`]: export the last values, whatever ends the program.
//! - [`guide::testing`]: assert which metrics your code records.
//! - [`guide::migrating`]: move from `metrics`, `prometheus`, OpenTelemetry, autometrics or
//!   ragbits.
//! - [`guide::porting`]: words, names of dashboards and patterns of other metrics crates.
//! - [`guide::cost`]: time and memory that a record costs, and the guarantees.
//!
//! # Features
//!
//! - `console` (default): the handler named `"console"`, which prints a table of every metric.
//! - `llm`: the module `llm`, with metrics for LLM calls and the types that record them. The crate
//!   `typed-metrics-llm` has a feature for each supported client: `async-openai`, `genai`, and
//!   `rig`, which needs Rust 1.95.
//! - `otel`: `OtelHandler` and the handler named `"otel"`, which export by OTLP over HTTP, or
//!   through an OpenTelemetry meter provider; and a meter provider for other crates that record
//!   through OpenTelemetry's API.
//! - `otel-sdk`: the meter provider of OpenTelemetry's SDK.
//! - `otel-grpc`: OTLP over gRPC as well. This feature adds tokio, which runs on a separate thread.
//! - `otel-trace`: exemplars with the current span of OpenTelemetry's context.
//! - `otel-tls`: endpoints that begin with `https://`.
//! - `logfire`: `LogfireHandler` and the handler named `"logfire"`, which export to Pydantic
//!   Logfire.
//! - `prometheus`: `PrometheusHandler` and the handler named `"prometheus"`, which Prometheus
//!   scrapes, with a live page for the browser. This feature adds tokio and hyper, which run on a
//!   separate thread.
//! - `prometheus-push`: push to a Pushgateway, for batch jobs.
//! - `prometheus-tower`: a tower service that answers scrapes in a router of the program.
//! - `catalog`: `catalog::main`, a command that renders documentation, dashboards and alerts from
//!   the declared metrics.
//! - `signals`: `shutdown_signal` and `exit_on_signal`: SIGTERM and Ctrl-C end a program with its
//!   last values exported. This feature adds tokio.
//! - `http`: `Method` and `StatusCode` of the crate `http` are labels.
//! - `uuid`: `Uuid` of the crate `uuid` is a label.
//! - `system`: `system::install`, which adds metrics of the process and of its host.
//! - `tokio`: the module `tokio`, with metrics of runtimes and tasks of tokio.
//! - `jemalloc`: adds statistics of the allocator jemalloc to the module `tokio`.
//! - `tower`: the module `tower`, with layers that measure HTTP and gRPC.
//! - `tower-axum`: the routes of axum as the label `http.route`.
//! - `db`: the module `db`, which measures operations on databases and connection pools. The crate
//!   `typed-metrics-db` has the feature `sqlx`, which needs Rust 1.94.
//! - `db-deadpool`, `db-bb8`: the pools of these crates.
//! - `metrics-facade`, `tracing`, `prometheus-registry`, `prometheus-client-registry`: the module
//!   `bridge`, which takes in the metrics of the crate `metrics`, of `tracing`'s events, and of
//!   registries of `prometheus` and `prometheus-client`.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(doc, doctest))]
pub mod guide;
// The programs use the items of these features.
#[cfg(all(
    doctest,
    feature = "catalog",
    feature = "llm",
    feature = "otel",
    feature = "prometheus-push",
    feature = "system",
    feature = "tokio"
))]
mod readmes;
#[cfg(feature = "signals")]
mod signals;

#[doc(hidden)]
pub use typed_metrics_core::__private;

/// Makes a field-less enum, or a newtype, usable as a label.
///
/// On an enum, each variant is a label value: the name of the variant in snake case.
/// `#[label(rename_all = "kebab-case")]` on the enum chooses another case (`camelCase`,
/// `PascalCase`, `lowercase`, `UPPERCASE`, `SCREAMING_SNAKE_CASE`, …), and `#[label(name = "…")]`
/// on a variant chooses the value itself. The compiler knows all values of the enum, so the label
/// is *fixed*: arithmetic finds its series.
///
/// A newtype (a struct with one field) has the label value of its field. With `#[label(display)]`
/// on the field, the value is the text that the field's `Display` writes.
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
/// `#[label(crate = path)]` states the path of this crate, if that is not `::typed_metrics`.
pub use typed_metrics_derive::Label;
/// Makes a struct a group of labels, which several metrics share.
///
/// Each field is a label, with the same attributes as the fields of a metric's variant:
/// `#[label(name = "…")]`, `#[label(display)]`. A field with `#[label(group)]` is a group in the
/// group.
///
/// A variant has a group as its only field, `Requests(Route<'a>)`, or as one of several:
/// `#[label(group)] route: Route<'a>`. `#[label(group, prefix = "client")]` puts `client.` before
/// the names of the group's labels. The metric has the group's labels in the place of the group.
///
/// The names of the labels stand where a program records, so two labels of the same type cannot be
/// mixed up.
///
/// ```
/// use std::time::Duration;
/// use typed_metrics::{Label, LabelGroup, Metrics};
///
/// #[derive(Clone, Copy, Label)]
/// enum Method {
///     Get,
///     Post,
/// }
///
/// #[derive(Clone, Copy, LabelGroup)]
/// struct Route<'a> {
///     method: Method,
///     #[label(name = "http.route")]
///     route: &'a str,
/// }
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "http")]
/// enum Http<'a> {
///     #[counter]
///     Requests(Route<'a>),
///     #[histogram(unit = "s")]
///     Duration(Route<'a>),
///     #[counter]
///     Retries {
///         #[label(group, prefix = "client")]
///         at: Route<'a>,
///         attempt: u8,
///     },
/// }
///
/// let at = Route { method: Method::Get, route: "/cart" };
/// let recorded = typed_metrics::testing::capture(|| {
///     Http::retries(at, 1).inc();
///     // One lookup for both metrics.
///     let at = at.find();
///     Http::requests(&at).inc();
///     Http::duration(&at).record(Duration::from_millis(20));
/// });
/// recorded.assert_counter(Http::Requests(at), 1);
/// recorded.assert_histogram_count(Http::Duration(at), 1);
/// recorded.assert_counter(Http::Retries { at, attempt: 1 }, 1);
/// ```
///
/// `#[label(crate = path)]` states the path of this crate, if that is not `::typed_metrics`.
pub use typed_metrics_derive::LabelGroup;
/// Makes each variant of an enum a metric.
///
/// For each variant, the derive adds a constructor in snake case. The constructor takes the labels
/// as arguments and returns a [`Counter`], [`UpDownCounter`], [`Gauge`], [`Histogram`], [`State`]
/// or [`Info`]. The derive also adds the method `record`, which records by value.
/// [`guide::declaring`] lists all attributes.
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
/// Each mistake in the declaration is an error at the wrong token. One build reports all mistakes
/// in the text of the declaration:
///
/// ```compile_fail
/// #[derive(typed_metrics::Metrics)]
/// enum Mail {
///     #[histogran(unit = "seconds")] // did you mean `histogram`? units are UCUM codes; write `s`
///     Sent,
/// }
/// ```
pub use typed_metrics_derive::Metrics;

/// Measures every call of a function: its duration and its outcome.
///
/// `#[timed]` alone records in the histogram `function.duration`. With a variant of a metrics enum,
/// it records in that metric; the word `outcome` among the labels is a label of type [`Outcome`],
/// which gets its value when the call ends. [`guide::timed`] explains the options, and how the
/// attribute works on methods, impl blocks and futures.
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
/// Metrics of other crates: `metrics`, `tracing`, `prometheus` and `prometheus-client`.
#[cfg(any(
    feature = "metrics-facade",
    feature = "prometheus-client-registry",
    feature = "prometheus-registry",
    feature = "tracing"
))]
pub use typed_metrics_bridge as bridge;
/// Dashboards, alerts, documentation and audits, rendered from the metrics of the program.
#[cfg(feature = "catalog")]
pub use typed_metrics_catalog as catalog;
#[cfg(feature = "console")]
pub use typed_metrics_core::ConsoleHandler;
pub use typed_metrics_core::{
    AttributeValue, Attributes, BACK_ENDS, BackEnd, ChangeReader, Changes, Conflict, Counter,
    CurrentSpan, DEFAULT_SERIES_LIMIT, Descriptor, DropReason, Entered, Error, Exemplar,
    ExemplarFilter, ExponentialBuckets, ExponentialRange, ExponentialSettings, ForkGuard,
    FoundLabels, FunctionObjective, Gauge, Handle, HandlerChoice, HandlerError, Histogram,
    HistogramSnapshot, InMemoryHandler, Info, IntoAttributes, IntoHandler, IntoHandlers,
    IntoLabels, Label, LabelDescriptor, LabelGroup, LabelRef, LabelValue, Labels, MAX_ATTRIBUTES,
    MAX_RUNTIME_METRICS, MAX_STATES, Measurement, Metric, MetricChanges, MetricHandler, MetricId,
    MetricSnapshot, MetricType, Metrics, Number, Objective, Observation, Outcome, Override, Reader,
    Resolution, RuntimeMetric, Scope, SeriesChange, SeriesId, SeriesSnapshot, ShutdownGuard,
    Snapshot, Source, State, Timer, UpDownCounter, Value, ValueType, add_metric_handler,
    attributes, catalog, check, clear_metric_handlers, flush, fork_guard, kind, observe,
    override_metric, record_metric, register_metric, resolve_conflict, set_default_expiry,
    set_exemplars, set_metric_handlers, set_process_labels, shutdown, shutdown_guard, snapshot,
};
pub use typed_metrics_core::{buckets, label, name, testing, unit, value};
/// Metrics of databases: operations and connection pools.
#[cfg(feature = "db")]
pub use typed_metrics_db as db;
/// Metrics of LLM calls, and the types that record them.
#[cfg(feature = "llm")]
pub use typed_metrics_llm as llm;
/// Pydantic Logfire: the handler and its builder.
#[cfg(feature = "logfire")]
pub use typed_metrics_logfire as logfire;
#[cfg(feature = "logfire")]
pub use typed_metrics_logfire::LogfireHandler;
/// OpenTelemetry: the handler, the builder of an OTLP pipeline, and a view for your own provider.
#[cfg(feature = "otel")]
pub use typed_metrics_otel as otel;
#[cfg(feature = "otel")]
pub use typed_metrics_otel::OtelHandler;
/// Prometheus: the handler, its builder, and the formats.
#[cfg(feature = "prometheus")]
pub use typed_metrics_prometheus as prometheus;
#[cfg(feature = "prometheus")]
pub use typed_metrics_prometheus::PrometheusHandler;
/// Metrics of the process and of its host.
#[cfg(feature = "system")]
pub use typed_metrics_system as system;
/// Metrics of tokio: runtimes, tasks, blocking work, and the allocator jemalloc.
#[cfg(feature = "tokio")]
pub use typed_metrics_tokio as tokio;
/// Tower layers that measure HTTP and gRPC, for servers and clients.
#[cfg(feature = "tower")]
pub use typed_metrics_tower as tower;
