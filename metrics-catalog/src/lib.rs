//! Dashboards, alerts, documentation and audits, rendered from the metrics that a program declares
//! with [typed-metrics].
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod catalog;
mod document;
mod entry;
mod grafana;
mod promql;
mod rules;

pub use catalog::Catalog;
pub use document::Document;
pub use entry::{Entry, EntryLabel, Kind, LabelValues};
pub use grafana::dashboard::dashboards;
pub use grafana::settings::DashboardSettings;
pub use promql::dialect::{Dialect, Language};
pub use rules::indicator::{LeftOut, LeftOutReason};
pub use rules::render::{Rules, rules};
pub use rules::settings::RuleSettings;
