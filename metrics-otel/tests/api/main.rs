//! OpenTelemetry's metrics API over the engine. Handlers and the logger belong to the process: tests
//! that use them take their turn.

extern crate typed_metrics_core as typed_metrics;

mod handlers;
mod instruments;
mod observed;
mod read;
mod registration;
mod same;
