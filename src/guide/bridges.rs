//! Take in what other crates record: with the crate `metrics`, in events of `tracing`, and in
//! registries of `prometheus` and `prometheus-client`.
//!
//! | feature | item of [`bridge`](crate::bridge) | one line |
//! |---|---|---|
//! | `metrics-facade` | `MetricsRecorder` | `MetricsRecorder::install()?` |
//! | `tracing` | `TracingMetrics` | `registry().with(TracingMetrics::new().layer())` |
//! | `prometheus-registry` | `observe_prometheus` | `observe_prometheus(default_registry())` |
//! | `prometheus-client-registry` | `observe_prometheus_client` | `observe_prometheus_client(registry)` |
//!
//! Whatever is recorded so is a metric like every other one: every handler exports it, a
//! [capture](super::testing) sees it, series limits hold and series expire. OpenTelemetry's API is
//! taken in by [`otel::meter_provider`](super::opentelemetry).
//!
//! # The crate `metrics`
//!
//! Install the recorder at the beginning of `main`. `metrics` drops what is recorded before, and a
//! handle that was made before stays without effect, as with every recorder. Handlers may come
//! later: they export what was recorded before them.
//!
//! ```
//! use std::time::Duration;
//! use metrics::{Unit, counter, describe_histogram, histogram};
//! use typed_metrics::bridge::{Matcher, MetricsRecorder};
//!
//! MetricsRecorder::builder()
//!     .buckets_for(Matcher::suffix("_seconds"), [0.01, 0.1, 1.0, 10.0])
//!     .idle_timeout(Duration::from_secs(600))
//!     .install()
//!     .unwrap();
//!
//! describe_histogram!("job_seconds", Unit::Seconds, "Duration of jobs.");
//! histogram!("job_seconds", "queue" => "mail").record(Duration::from_millis(20));
//! counter!("jobs", "queue" => "mail").increment(1);
//!
//! let snapshot = typed_metrics::snapshot();
//! let jobs = snapshot.get("jobs").unwrap();
//! assert_eq!(jobs.series_with(&[("queue", "mail")]).unwrap().value.as_f64(), 1.0);
//! assert_eq!(snapshot.get("job_seconds").unwrap().descriptor.unit(), "s");
//! ```
//!
//! | of `metrics` | here |
//! |---|---|
//! | a counter, a gauge, a histogram | a counter of `u64`, a gauge and a histogram of `f64` |
//! | `describe_*!`, at any time | description and unit; the first description counts |
//! | `Unit::Seconds`, `Unit::Bytes` | `s`, `By`; `Unit::Count` is `{count}`, which Prometheus leaves out |
//! | `counter.absolute(n)` | adds what is more than the greatest number so far |
//! | a name that OpenTelemetry does not allow | other characters become `_`; `_x` becomes `metric_x` |
//! | one name for two kinds | the second one is recorded as `name.gauge`, and reported |
//! | a histogram without buckets | [buckets of its unit](super::histograms), or of the unit that ends its name |
//!
//! A matcher without a text, or one that is there twice, is an error of `install`.
//! `MetricsRecorder::unused_matchers()` returns the matchers that set the buckets of no histogram
//! so far: call it at the end of a test of the whole program. `report_unused_matchers()` logs them.
//!
//! Prometheus gets `jobs` as `jobs_total`. `prometheus_names_as_given(true)` keeps the names that
//! `metrics-exporter-prometheus` writes.
//!
//! # Events of `tracing`
//!
//! ```
//! use tracing::info;
//! use tracing_subscriber::prelude::*;
//! use typed_metrics::bridge::TracingMetrics;
//!
//! let subscriber = tracing_subscriber::registry().with(TracingMetrics::new().layer());
//! tracing::subscriber::with_default(subscriber, || {
//!     info!(monotonic_counter.orders = 1, histogram.order_value = 49.5, country = "at", "sold");
//! });
//!
//! let snapshot = typed_metrics::snapshot();
//! let orders = snapshot.get("orders").unwrap();
//! assert_eq!(orders.series_with(&[("country", "at")]).unwrap().value.as_f64(), 1.0);
//! ```
//!
//! The fields are those of `tracing-opentelemetry`: `monotonic_counter.x`, `counter.x` for an
//! up-down counter, `gauge.x` and `histogram.x`, with a number of any type. The other fields are
//! attributes; the message is none. The layer has a filter of its own: other events cost nothing. A
//! filter of the whole subscriber still comes first, so a global `LevelFilter::WARN` hides the
//! metrics of `info!`: give such a filter to the layer that prints.
//!
//! `init` of `tracing_subscriber` also takes what this framework logs, such as names that clash.
//! Add a layer that prints, or these warnings are lost.
//!
//! `TracingMetrics::new().spans(true)` also records `tracing.span.duration`, `tracing.span.busy`
//! and `tracing.span.idle` in seconds, by the name and the level of each span, when it closes.
//!
//! # Registries
//!
//! A registry is read at every collection, until the returned value is dropped:
//!
//! ```
//! use prometheus::{IntCounterVec, Opts, Registry};
//! use typed_metrics::Metrics;
//! use typed_metrics::bridge::observe_prometheus;
//! use typed_metrics::prometheus::{Format, PrometheusHandler};
//!
//! // What the application had.
//! let registry = Registry::new();
//! let old = IntCounterVec::new(Opts::new("old_requests", "Requests."), &["route"]).unwrap();
//! registry.register(Box::new(old.clone())).unwrap();
//! old.with_label_values(&["/a"]).inc();
//!
//! // What it has got.
//! #[derive(Metrics)]
//! #[metrics(prefix = "bridged")]
//! enum New {
//!     /// Replies.
//!     #[counter]
//!     Replies,
//! }
//! New::replies().inc();
//!
//! let _observation = observe_prometheus(&registry);
//! let handler = PrometheusHandler::builder().build().unwrap();
//! let scrape = String::from_utf8(handler.render(Format::Text)).unwrap();
//! assert!(scrape.contains("\nold_requests{route=\"/a\"} 1.0\n"), "{scrape}");
//! assert!(scrape.contains("\nbridged_replies_total 1\n"), "{scrape}");
//! ```
//!
//! **Names.** In Prometheus, a metric of a registry has exactly the name that the registry's own
//! text has: nothing is added, removed or moved, whatever [`Naming`][naming] says. Labels are
//! translated as all labels are: `__` becomes `_`, and a label that begins with `_` gets the prefix
//! `key`. Elsewhere, a metric of `prometheus` has the same name, and one of `prometheus-client` has
//! that of its family, without `_total`, and its unit as a UCUM code; a character that
//! OpenTelemetry does not allow is `_`.
//!
//! **Values.** A counter or a histogram that falls has started from zero, so totals go on. A series
//! that the registry no longer has is removed. A registry does not know the extremes of a
//! histogram: handlers that export them get the nearest values that the buckets and the sum allow.
//! Exemplars are left out. A gauge `connections` beside a counter `connections_total` is a conflict
//! in a scrape, because both would be the family `connections` in OpenMetrics: one is left out,
//! which is reported.
//!
//! **A registry of `prometheus-client` behind a lock**, or one of another version of that crate, is
//! read by `observe_openmetrics`, which takes a function that writes the text of OpenMetrics.
//!
//! **The other direction**, metrics of this framework in a registry of those crates, is
//! `MetricsCollector` of `typed-metrics-prometheus`. A registry may have it and be read: nothing is
//! read twice.
//!
//! [naming]: https://docs.rs/typed-metrics-prometheus/latest/typed_metrics_prometheus/struct.Naming.html
