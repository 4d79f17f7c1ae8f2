//! OpenTelemetry's metrics API over the engine. Handlers, callbacks and the logger belong to the
//! process, so each test takes its turn: a callback that runs in another test's collection is
//! passed over.

extern crate typed_metrics_core as typed_metrics;

mod handlers;
mod instruments;
mod observed;
mod read;
mod registration;
mod same;
