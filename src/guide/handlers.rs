//! Handlers: where metrics go.
//!
//! # Which handlers
//!
//! `set_metric_handlers` takes names and instances, one or several; tuples mix them:
//!
//! ```no_run
//! use typed_metrics::{InMemoryHandler, set_metric_handlers};
//!
//! set_metric_handlers("console")?;
//! set_metric_handlers(InMemoryHandler::new())?;
//! set_metric_handlers(("console", InMemoryHandler::new()))?;
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! A name is built from the environment. An unknown one is an error that lists the names of this
//! program and, for a back end of this project, the feature to enable. If one handler cannot be
//! installed, everything stays as it was.
//!
//! # When
//!
//! Recording happens once, whatever is installed; handlers read. So handlers can be set, added and
//! cleared at any time: what was recorded before is not lost, and recording costs the same.
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
//! Ferry::crossings().inc(); // before any handler
//!
//! let memory = InMemoryHandler::new();
//! typed_metrics::set_metric_handlers(memory.clone())?;
//! Ferry::crossings().inc();
//! typed_metrics::flush()?;
//! let crossings = &memory.last().unwrap();
//! assert_eq!(crossings.get("ferry.crossings").unwrap().series[0].value.as_f64(), 2.0);
//!
//! typed_metrics::clear_metric_handlers();
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! # OpenTelemetry
//!
//! With the feature `otel`, `OtelHandler::new(provider)` exports through your meter provider, and the
//! name `"otel"` through the one that is set globally. Views, readers and temporalities are the
//! provider's; see `typed_metrics::otel` for what arrives there.
//!
//! If none is set, the name builds a pipeline of its own that sends by OTLP, as the variables
//! `OTEL_EXPORTER_OTLP_…` say, or to `http://localhost:4318`. `OtelHandler::otlp()` builds one in code;
//! its documentation has all settings and variables, and what happens while the collector is down.
//!
//! # At the end
//!
//! `main` keeps a [`shutdown_guard`](crate::shutdown_guard), which flushes and shuts down every
//! handler when it is dropped; or it calls [`shutdown`](crate::shutdown()) and looks at the error.
//!
//! Keep one guard in a program, in `main`: dropping any guard shuts down all handlers, and what is
//! recorded afterwards is not exported until a handler is set again. The guard is not dropped by [`std::process::exit`] or by a
//! signal such as Ctrl-C, which end the program at once. So let `main` return; with tokio:
//!
//! ```no_run
//! # mod signal { pub async fn ctrl_c() -> std::io::Result<()> { Ok(()) } }
//! # async fn serve() {}
//! // `signal` is `tokio::signal`, of tokio's feature `signal`.
//! #[tokio::main]
//! async fn main() -> Result<(), typed_metrics::Error> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers("console")?;
//!     tokio::select! {
//!         () = serve() => {}
//!         _ = signal::ctrl_c() => {}
//!     }
//!     Ok(()) // now the guard is dropped
//! }
//! ```
//!
//! # Your own
//!
//! Implement [`MetricHandler`](crate::MetricHandler): only `flush` is required. Read with
//! [`snapshot`](crate::snapshot()), or with a [`Reader`](crate::Reader) if you need what came since the
//! last time. `subscribe` gets you every single measurement of a metric. The example `custom_handler`
//! does both: `cargo run --example custom_handler`.
//!
//! A crate of back ends makes its handler known by name with an element of
//! [`BACK_ENDS`](crate::BACK_ENDS). It needs the crate [`linkme`], with which the linker puts the
//! elements of all crates together:
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
//! /// From the environment: variables and files say the rest.
//! fn nowhere() -> Result<Arc<dyn MetricHandler>, HandlerError> {
//!     Ok(Arc::new(Nowhere))
//! }
//!
//! typed_metrics::set_metric_handlers("nowhere")?;
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! [`linkme`]: https://docs.rs/linkme
