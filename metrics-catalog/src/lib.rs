//! Dashboards, alerts, documentation and audits, rendered from the metrics that a program declares
//! with [typed-metrics].
//!
//! [typed-metrics]: https://docs.rs/typed-metrics

mod catalog;
mod document;
mod entry;

pub use catalog::Catalog;
pub use document::Document;
pub use entry::{Entry, EntryLabel, Kind, LabelValues};
