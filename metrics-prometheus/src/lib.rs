//! Prometheus for [typed-metrics]: the formats that Prometheus scrapes, and a live page.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "server", feature = "tower"))]
mod answer;
mod builder;
mod error;
mod format;
mod handler;
#[cfg(feature = "server")]
mod named;
mod naming;
#[cfg(feature = "server")]
mod page;
#[cfg(any(feature = "server", feature = "tower"))]
mod scrape;
#[cfg(feature = "server")]
mod server;

pub use builder::PrometheusBuilder;
pub use error::PrometheusError;
pub use format::Format;
pub use handler::PrometheusHandler;
pub use naming::Naming;
