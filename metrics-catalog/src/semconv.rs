//! OpenTelemetry's semantic conventions: a registry of a catalog, and an enum of a registry.
//!
//! `registry` is the form of a registry's files. `conventions` writes the files of a catalog.
//! `resolve` finds what a file refers to, `metrics` and `labels` make a plan of it, `names` gives
//! names in Rust, and `source` writes the enum of the plan.

mod attribute;
pub(crate) mod conventions;
pub(crate) mod generated;
mod labels;
mod metrics;
mod names;
mod plan;
mod registry;
mod resolve;
mod source;
