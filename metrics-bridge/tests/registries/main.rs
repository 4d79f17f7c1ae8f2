//! Registries of `prometheus` and `prometheus-client`, read by every reader. A callback that runs
//! in another test's collection is passed over, so each test takes its turn.

mod client;
mod otlp;
mod prometheus;
mod support;
