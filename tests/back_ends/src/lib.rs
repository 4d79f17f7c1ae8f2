//! One suite of tests, run against every back end.
//!
//! To add a back end, add a line below and a file that implements `BackEnd`. The file defines how
//! the back end is installed, how its contents are read back, and how it differs from the others.
#![cfg(test)]
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod back_end;
mod console;
mod logfire;
mod memory;
mod otlp;
mod prometheus;
mod provider;
mod stored;
mod suite;

suite::run_against! {
    console: crate::console::Console;
    memory: crate::memory::Memory;
    provider: crate::provider::Provider;
    otlp_over_http: crate::otlp::Http;
    otlp_over_grpc: crate::otlp::Grpc;
    logfire: crate::logfire::Logfire;
    prometheus: crate::prometheus::Prometheus;
}
