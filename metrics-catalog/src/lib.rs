//! Dashboards, alerts, documentation and audits, rendered from the metrics that a program declares
//! with [typed-metrics].
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod audit;
mod catalog;
mod document;
mod entry;
mod semconv;

pub use audit::auditor::audit;
pub use audit::report::{FileError, Finding, ForeignMetric, Report};
pub use audit::rule::Rule;
pub use audit::settings::Audit;
pub use catalog::Catalog;
pub use document::Document;
pub use entry::{Entry, EntryLabel, Kind, LabelValues};
pub use semconv::conventions::SemanticConventions;
pub use semconv::generated::{GeneratedEnum, SemanticConventionsError, to_enum};
