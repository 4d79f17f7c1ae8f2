//! Export metrics through handlers, by name or by instance, and write your own handler.
//!
//! # Choose handlers
//!
//! [`set_metric_handlers`](crate::set_metric_handlers) takes one or several names or instances. A
//! tuple mixes both:
//!
//! ```no_run
//! use typed_metrics::{InMemoryHandler, set_metric_handlers};
//!
//! fn main() -> Result<(), typed_metrics::Error> {
//!     set_metric_handlers("console")?;
//!     set_metric_handlers(InMemoryHandler::new())?;
//!     set_metric_handlers(("console", InMemoryHandler::new()))?;
//!     Ok(())
//! }
//! ```
//!
//! A handler that is chosen by name takes its settings from the environment. An unknown name is an
//! error. The error lists the names that this program has; for a back end of this project, it also
//! says which feature to enable. If one handler cannot be installed, the handlers do not change.
//!
//! # Change handlers at any time
//!
//! A measurement is recorded once, and all handlers read the same record. Handlers can therefore be
//! set, added and cleared at any time. Earlier measurements are not lost, and the cost of a record
//! does not depend on the handlers.
//!
//! ```
//! use typed_metrics::{InMemoryHandler, Metrics};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "ferry")]
//! enum Ferry {
//!     #[counter]
//!     Crossings,
//! }
//!
//! fn main() -> Result<(), typed_metrics::Error> {
//!     Ferry::crossings().inc(); // before any handler is set
//!
//!     let memory = InMemoryHandler::new();
//!     typed_metrics::set_metric_handlers(memory.clone())?;
//!     Ferry::crossings().inc();
//!     typed_metrics::flush()?;
//!     let exported = memory.last().unwrap();
//!     assert_eq!(exported.get("ferry.crossings").unwrap().series[0].value.as_f64(), 2.0);
//!
//!     typed_metrics::clear_metric_handlers();
//!     Ok(())
//! }
//! ```
//!
//! # OpenTelemetry
//!
//! With the feature `otel`, the handler named `"otel"` collects, encodes and sends by OTLP itself.
//! The variables `OTEL_EXPORTER_OTLP_…` configure this pipeline; the default endpoint is
//! `http://localhost:4318`. `OtelHandler::otlp()` builds a pipeline in code. The documentation of
//! `OtelHandler::otlp()` lists all settings and variables, and says what happens while the
//! collector is down.
//!
//! The name `"otel"` stands for all exporters that the variable `OTEL_METRICS_EXPORTER` lists, such
//! as `OTEL_METRICS_EXPORTER=otlp,prometheus`. The list takes `otlp`, `console` and `prometheus`;
//! `none` exports nothing.
//!
//! `OtelHandler::new(provider)` exports through your own meter provider, which decides on views,
//! readers and temporality. If a global provider is set, the handler named `"otel"` exports through
//! it, unless it is the [provider of this framework](crate::otel::meter_provider). The provider of
//! OpenTelemetry's SDK needs the feature `otel-sdk`. Use this way if your program has a provider
//! already, for views, or for an exporter other than OTLP; the pipeline costs less.
//! `typed_metrics::otel` describes the exported metrics.
//!
//! `typed_metrics::otel::meter_provider()` is the other direction: other crates that record through
//! OpenTelemetry's API reach all handlers. The page `opentelemetry` of this guide describes it.
//!
//! # Logfire
//!
//! With the feature `logfire`, the handler named `"logfire"` exports to Pydantic Logfire. It needs
//! a write token, in the variable `LOGFIRE_TOKEN` or in the credentials file of Logfire's SDKs.
//! `typed_metrics::logfire` lists all settings.
//!
//! # Prometheus
//!
//! With the feature `prometheus`, the handler named `"prometheus"` serves the metrics at
//! `http://127.0.0.1:9464/metrics`, where Prometheus scrapes them, and a live page at `/`. The page
//! `prometheus` of this guide has the configuration.
//!
//! # The end of the program
//!
//! Keep a [`shutdown_guard`](crate::shutdown_guard) in `main`. The guard flushes and shuts down
//! every handler when it is dropped. Or call [`shutdown`](crate::shutdown()), and check the error.
//!
//! Keep only one guard in a program: the drop of any guard shuts down all handlers. Later
//! measurements are not exported until a handler is set again.
//!
//! [`std::process::exit`] and signals end the program at once, without dropping the guard. So let
//! `main` return. With the feature `signals`, `shutdown_signal` waits for SIGTERM, which Kubernetes
//! and systemd send, and for Ctrl-C:
//!
#![cfg_attr(feature = "signals", doc = "```no_run")]
#![cfg_attr(not(feature = "signals"), doc = "```ignore")]
//! # async fn serve() {}
//! #[tokio::main]
//! async fn main() -> Result<(), typed_metrics::Error> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers("console")?;
//!     tokio::select! {
//!         () = serve() => {}
//!         () = typed_metrics::shutdown_signal() => {}
//!     }
//!     Ok(()) // now the guard is dropped
//! }
//! ```
//!
//! The page [`shutdown`](super::shutdown) lists what can end a program, and has recipes for
//! programs without tokio. A complete service is `examples/axum_service` in the repository. Its
//! `main` is not async, so that the runtime ends before the guard exports the last values.
//!
//! # Conflicts between crates
//!
//! Two crates may define a metric of one name. Definitions agree if the name is the same in every
//! letter, and the kind, the type of the values, the unit and the buckets are equal. Otherwise, no
//! handler can be set: the error names both places in the source. [`check`](crate::check) returns
//! the same error, so a test can find the conflict.
//!
//! Another description and other labels are no conflict. A warning names both places, and the
//! description of the first definition is exported.
//!
//! An application that can change neither crate decides which definition is exported. Call
//! [`resolve_conflict`](crate::resolve_conflict) before you set handlers:
//!
//! ```
//! use typed_metrics::{Resolution, resolve_conflict};
//!
//! fn main() -> Result<(), typed_metrics::Error> {
//!     // `old_client` measures in milliseconds, `new_client` in seconds.
//!     resolve_conflict("client.duration", Resolution::Keep("new_client"));
//!     typed_metrics::set_metric_handlers("console")
//! }
//! ```
//!
//! [`Resolution::LeaveOut`](crate::Resolution::LeaveOut) exports no definition of the metric.
//!
//! # Write your own handler
//!
//! Implement [`MetricHandler`](crate::MetricHandler): only `flush` is required. Read the metrics
//! with [`snapshot`](crate::snapshot()), with a [`Reader`](crate::Reader) if the handler needs the
//! interval of each histogram since its last read, or with a
//! [`ChangeReader`](crate::ChangeReader) if the handler needs only what changed. `subscribe` passes
//! every single measurement of a metric to the handler. `cargo run --example custom_handler` shows
//! a handler that uses `snapshot` and `subscribe`.
//!
//! If `install` starts something, implement `shutdown`, and
//! [`abandon`](crate::MetricHandler::abandon), which ends that without an export: several handlers
//! are installed together or not at all.
//!
//! A crate gives its handler a name with an element of [`BACK_ENDS`](crate::BACK_ENDS). The crate
//! needs [`linkme`], which makes the linker collect the elements of all crates:
//!
//! ```
//! # use typed_metrics::__private::linkme;
//! use std::sync::Arc;
//! use typed_metrics::{BACK_ENDS, BackEnd, HandlerError, MetricHandler};
//!
//! struct Nowhere;
//!
//! impl MetricHandler for Nowhere {
//!     fn flush(&self) -> Result<(), HandlerError> {
//!         Ok(())
//!     }
//! }
//!
//! #[linkme::distributed_slice(BACK_ENDS)]
//! # #[linkme(crate = linkme)]
//! static NOWHERE: BackEnd = BackEnd { name: "nowhere", build: nowhere };
//!
//! /// Builds the handler; a real one takes its settings from the environment.
//! fn nowhere() -> Result<Arc<dyn MetricHandler>, HandlerError> {
//!     Ok(Arc::new(Nowhere))
//! }
//!
//! fn main() -> Result<(), typed_metrics::Error> {
//!     typed_metrics::set_metric_handlers("nowhere")
//! }
//! ```
//!
//! [`linkme`]: https://docs.rs/linkme
