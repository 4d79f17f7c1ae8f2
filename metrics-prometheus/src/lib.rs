//! Prometheus for [typed-metrics]: the formats that Prometheus scrapes, and a live page.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod accept;
#[cfg(any(feature = "prometheus", feature = "prometheus-client"))]
mod collector;
mod conflicts;
mod encode;
mod escaping;
mod format;
mod kind;
mod naming;
#[cfg(feature = "prometheus-client")]
mod prometheus_client_collector;
#[cfg(feature = "prometheus")]
mod prometheus_collector;
mod settings;
mod unit;

#[cfg(any(feature = "prometheus", feature = "prometheus-client"))]
pub use collector::MetricsCollector;
pub use conflicts::{NameConflict, NameConflicts};
pub use escaping::Escaping;
pub use format::Format;
pub use naming::Naming;
pub use settings::Settings;
