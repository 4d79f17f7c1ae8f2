//! What export by OTLP costs, beside `opentelemetry_sdk` with `opentelemetry-otlp`:
//! `cargo bench -p typed-metrics-otel --bench export`.
//!
//! Each case runs in a process of its own, with the same receiver and the same interval. CPU times
//! are those of the process and of its recording thread; the difference is that of export. The last
//! column shows the limit that the project promises.

// Generated code uses the name of the facade, on which this crate cannot depend.
extern crate typed_metrics_core as typed_metrics;

mod case;
mod encoding;
mod ours;
mod receiver;
mod report;
mod sdk;

use std::env;

use typed_metrics_derive::{Label, Metrics};

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_EXPORT_CASE";
/// The variable with the address of the receiver.
const ENDPOINT: &str = "TYPED_METRICS_EXPORT_ENDPOINT";

const COUNTERS: u32 = 10_000;
const HISTOGRAMS: u32 = 1_000;
const BUCKETS: [f64; 7] = [5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0];

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
}

#[derive(Metrics)]
#[metrics(prefix = "export")]
enum Export<'a> {
    #[counter(series_limit = 11_000)]
    Requests { id: u32, route: &'a str, method: Method },
    #[histogram(buckets = [5, 10, 25, 50, 100, 250, 500], series_limit = 11_000)]
    Sizes { id: u32, route: &'a str, method: Method },
    #[histogram(buckets = [5, 10, 25, 50, 100, 250, 500])]
    Hot,
}

fn main() {
    // `cargo test --benches` only checks that the benchmark starts.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    match (env::var(CASE), env::var(ENDPOINT)) {
        (Ok(case), Ok(endpoint)) => case::run(&case, &endpoint),
        _ => report::report(),
    }
}
