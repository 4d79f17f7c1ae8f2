//! Export through meter providers of the OpenTelemetry SDK. Handlers and the global provider belong
//! to the process: each test takes its turn.

extern crate typed_metrics_core as typed_metrics;

mod by_name;
mod callbacks;
mod export;
mod installation;
mod live;
mod temporality;
mod views;
