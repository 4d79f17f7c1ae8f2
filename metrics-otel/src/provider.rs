//! The bridge from typed metrics to a meter provider.
//!
//! A bridge builds an OpenTelemetry instrument for each metric. At the beginning of every
//! collection of the SDK, the bridge reads the changes from core and records them in these
//! instruments. This layer works with every meter provider. It uses core, OpenTelemetry's crates
//! `collecting` and `lock`; it does not know handlers and pipelines.

mod attributes;
pub(crate) mod bridge;
mod deferred;
mod instrument;
pub(crate) mod limit;
pub(crate) mod meters;
mod replay;
#[cfg(feature = "sdk")]
pub(crate) mod view;
