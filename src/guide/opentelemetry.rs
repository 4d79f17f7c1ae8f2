//! Take in the metrics that other crates record through OpenTelemetry's API.
//!
//! # One line
//!
//! Many crates measure themselves through the crate `opentelemetry`: HTTP middleware, database
//! clients, runtimes. With the feature `otel`, [`meter_provider`](crate::otel::meter_provider) is a
//! provider for them. Their instruments then record in the engine of this framework, and every
//! handler exports their metrics beside those of the program:
//!
//! ```
//! use opentelemetry::{KeyValue, global};
//!
//! // At the beginning of `main`, before other crates make their instruments.
//! global::set_meter_provider(typed_metrics::otel::meter_provider());
//!
//! // In a crate that knows nothing of this framework:
//! let meter = global::meter("pigeon-post");
//! let letters = meter.u64_counter("pigeon.letters").with_unit("{letter}").build();
//! letters.add(2, &[KeyValue::new("loft", "north")]);
//!
//! let table = typed_metrics::snapshot().to_string();
//! assert!(table.contains("pigeon.letters [pigeon-post]"), "{table}");
//! ```
//!
//! `examples/otel_api` in the repository is a web service whose metrics come from two such crates.
//!
//! The provider exports nothing by itself. Set handlers as in [`handlers`](super::handlers); the
//! name `"otel"` means a pipeline of this framework then. A provider of OpenTelemetry's SDK is not
//! needed. [`OtelHandler::new`](crate::OtelHandler::new) takes one, but refuses this provider,
//! because its export would be recorded in the metrics that it exports.
//!
//! An instrument belongs to the provider that was set when it was made. So a crate that made its
//! instruments earlier records nowhere.
//!
//! # The instruments
//!
//! | OpenTelemetry | here |
//! |---|---|
//! | `Counter`, `ObservableCounter` of `u64`, `f64` | a counter |
//! | `UpDownCounter`, `ObservableUpDownCounter` of `i64`, `f64` | an up-down counter |
//! | `Gauge`, `ObservableGauge` of `u64`, `i64`, `f64` | a gauge |
//! | `Histogram` of `u64`, `f64` | a histogram with the boundaries of `with_boundaries`, else with OpenTelemetry's default ones |
//! | bound instruments | a handle to one series |
//! | name, unit, description | the same, unchanged |
//! | scope: name, version, schema URL, attributes | [`Descriptor::scope`](crate::Descriptor::scope) |
//! | attributes | labels, sorted by name; of a repeated name, the last counts |
//! | an array as an attribute | a label with a list; text in JSON, except over OTLP |
//!
//! | handler | the scope is |
//! |---|---|
//! | `console` | behind the name of the metric, in brackets |
//! | `otel`, `logfire` | the scope of OTLP |
//! | a provider of the SDK | the scope of the instrument |
//! | `prometheus` | the labels `otel_scope_name`, `otel_scope_version`, `otel_scope_schema_url`, and `otel_scope_…` for each attribute |
//!
//! Metrics of two scopes are two metrics, whatever their names: use
//! [`Descriptor::id`](crate::Descriptor::id), and not the name, as a key in a handler of your own.
//!
//! # The guarantees
//!
//! Recording costs about as much as in any metric with [open labels](super::cost): it takes no lock
//! and allocates nothing once its series exist. The order of attributes may differ from call to
//! call; each order is looked up at full speed. Arrays, and texts that are
//! [cut](crate::label::MAX_LABEL_LEN), cost more: their attributes are sorted for each measurement.
//!
//! - Each metric has a series limit of 2000, as in OpenTelemetry's SDK.
//!   [`override_metric`](crate::override_metric) replaces the limit, and the boundaries, by the
//!   name of the metric: call it before the instrument is made.
//! - NaN, infinity, and a negative number in a counter are dropped and
//!   [counted](crate::DropReason).
//! - Callbacks run at the beginning of each collection. A callback that panics is counted, and
//!   harms no other. A series that no callback observes in a collection is removed, as any other: a
//!   counter is exported a last time, and an up-down counter as zero. A counter whose observed
//!   total falls has restarted from zero.
//! - An instrument may be made any number of times. If kind, type of values or unit differ, the two
//!   are two metrics of one name, which is reported with the fix. If the description, the case of
//!   the name or the boundaries differ, the first ones count, which is reported.
//! - Names that break OpenTelemetry's rule are reported, and recorded as they are. Boundaries that
//!   cannot be used are reported, and replaced by OpenTelemetry's default ones.
//! - There is no state in the provider: nothing ends when provider, meter or instrument are
//!   dropped. Their metrics stay to the end of the program, at most 10,000 of them.
