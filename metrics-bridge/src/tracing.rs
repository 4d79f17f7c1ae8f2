//! The layer for `tracing`.

mod attributes;
mod field;
pub(crate) mod filter;
pub(crate) mod layer;
mod span;
pub(crate) mod span_metrics;
mod visitor;
