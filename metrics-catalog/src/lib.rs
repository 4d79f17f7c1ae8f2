//! Dashboards, alerts, documentation and audits, rendered from the metrics that a program declares
//! with [typed-metrics].
//!
//! [`main`] is a command for all of it, and [`Command`] the same with settings. [`documents`] is
//! for programs that do something else with the files.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod anchor;
mod audit;
mod catalog;
mod command;
mod document;
mod entry;
mod grafana;
mod promql;
mod reference;
mod renderers;
mod rules;
mod semconv;
mod settings;

pub use audit::auditor::audit;
pub use audit::report::{FileError, Finding, ForeignMetric, Report};
pub use audit::rule::Rule;
pub use audit::settings::Audit;
pub use catalog::Catalog;
pub use command::{Answer, Command, main};
pub use document::Document;
pub use entry::{Entry, EntryLabel, Kind, LabelValues};
pub use grafana::dashboard::dashboards;
pub use grafana::settings::DashboardSettings;
pub use promql::dialect::{Dialect, Language};
pub use renderers::documents;
pub use rules::indicator::{LeftOut, LeftOutReason};
pub use rules::render::{Rules, rules};
pub use rules::settings::RuleSettings;
pub use semconv::conventions::SemanticConventions;
pub use semconv::generated::{GeneratedEnum, SemanticConventionsError, to_enum};
pub use settings::Settings;
