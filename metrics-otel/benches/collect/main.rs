//! The cost of export through OpenTelemetry, as ratios within one run:
//! `cargo bench -p typed-metrics-otel --features sdk --bench collect [recording|collection]`.
//!
//! Times of records are CPU times of the recording threads. Times of collections are wall times of
//! the collecting thread. The last column shows the limit that the project promises.

// Generated code uses the name of the facade, on which this crate cannot depend.
extern crate typed_metrics_core as typed_metrics;

mod collection;
mod measure;
mod recording;

use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use typed_metrics_derive::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
    Put,
}

#[derive(Metrics)]
#[metrics(prefix = "bench")]
enum Bench<'a> {
    #[counter]
    Fixed { method: Method },
    #[counter]
    Open { status: u16, route: &'a str },
    #[histogram(buckets = [5, 10, 25, 50, 100, 250, 500])]
    Duration { method: Method },
    #[counter(series_limit = 20000)]
    Many { id: u32, route: &'a str, method: Method },
    #[histogram(buckets = [5, 10, 25, 50, 100, 250, 500], series_limit = 20000)]
    ManySizes { id: u32, route: &'a str, method: Method },
    #[histogram(buckets = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000])]
    Replayed,
}

/// An exporter that discards all metrics.
#[derive(Debug)]
struct Discard;

impl PushMetricExporter for Discard {
    async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

/// A provider that exports every second.
fn every_second() -> SdkMeterProvider {
    let reader = PeriodicReader::builder(Discard).with_interval(Duration::from_secs(1)).build();
    SdkMeterProvider::builder().with_reader(reader).build()
}

fn main() {
    // `cargo test --benches` only checks that the benchmark starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let only = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    if only.as_deref() != Some("collection") {
        recording::report();
    }
    if only.as_deref() != Some("recording") {
        collection::report();
    }
}
