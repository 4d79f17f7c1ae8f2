//! Prometheus for [typed-metrics]: the formats that Prometheus scrapes, and a live page.
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
mod handler;
mod kind;
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
#[cfg(any(feature = "server", feature = "tower"))]
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
