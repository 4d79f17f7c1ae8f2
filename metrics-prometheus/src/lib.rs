//! Prometheus for [typed-metrics]: the formats that Prometheus scrapes, and a live page.
//!
//! [`PrometheusHandler`] serves the metrics, [`Format`] writes them, and [`Settings`] and
//! [`Naming`] say how. Use this crate through the feature `prometheus` of the facade, where the
//! handler also has the name `"prometheus"`:
//!
//! ```no_run
//! # use typed_metrics_core as typed_metrics;
//! # use typed_metrics_prometheus as _;
//! // Serves http://127.0.0.1:9464/metrics, and a page at http://127.0.0.1:9464.
//! typed_metrics::set_metric_handlers("prometheus")?;
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! The variables `OTEL_EXPORTER_PROMETHEUS_HOST` and `OTEL_EXPORTER_PROMETHEUS_PORT` choose another
//! address. The guide of the facade has a page about the configuration of Prometheus, the limits of
//! the server, and its protection.
//!
//! # Features
//!
//! - `server` (default): the scrape endpoint and the page, on a thread with hyper and tokio.
//! - `tower`: a service that answers scrapes in a router of the program.
//! - `push`: push to a Pushgateway.
//! - `prometheus`, `prometheus-client`: the metrics join a registry of one of these crates.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accept;
#[cfg(any(feature = "server", feature = "tower"))]
mod answer;
mod builder;
#[cfg(any(feature = "prometheus", feature = "prometheus-client"))]
mod collector;
mod conflicts;
mod encode;
mod error;
mod escaping;
mod format;
#[cfg(all(fuzzing, feature = "server"))]
#[doc(hidden)]
pub mod fuzzing;
mod handler;
mod kind;
#[cfg(any(feature = "server", feature = "tower"))]
mod login;
#[cfg(feature = "server")]
mod named;
mod naming;
#[cfg(feature = "server")]
mod page;
#[cfg(feature = "prometheus-client")]
mod prometheus_client_collector;
#[cfg(feature = "prometheus")]
mod prometheus_collector;
#[cfg(feature = "push")]
mod push;
mod scope;
#[cfg(any(feature = "server", feature = "tower", feature = "push"))]
mod scrape;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "tower")]
mod service;
mod settings;
mod unit;

pub use builder::PrometheusBuilder;
#[cfg(any(feature = "prometheus", feature = "prometheus-client"))]
pub use collector::MetricsCollector;
pub use conflicts::{NameConflict, NameConflicts};
pub use error::PrometheusError;
pub use escaping::Escaping;
pub use format::Format;
pub use handler::PrometheusHandler;
pub use naming::Naming;
#[cfg(feature = "push")]
pub use push::gateway::Pushgateway;
#[cfg(feature = "tower")]
pub use service::{ScrapeFuture, ScrapeService};
pub use settings::Settings;
