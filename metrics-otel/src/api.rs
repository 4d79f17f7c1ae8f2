//! OpenTelemetry's metrics API over the engine: instruments of other crates record into run-time
//! metrics with their scope.
//!
//! Nothing below `src` uses this layer but the handler, which refuses to export into it.

mod attributes;
pub(crate) mod meter;
mod observable;
pub(crate) mod provider;
mod synchronous;
