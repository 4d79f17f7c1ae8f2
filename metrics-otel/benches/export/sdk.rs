//! Recording and exporting with OpenTelemetry's SDK.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, MeterProvider};
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::metrics::{
    Instrument, MeterProviderBuilder, PeriodicReader, SdkMeterProvider, Stream, Temporality,
};

use crate::BUCKETS;
use crate::case::Recorder;

pub(crate) struct Sdk {
    #[expect(dead_code, reason = "kept only for its drop")]
    provider: SdkMeterProvider,
    requests: Counter<u64>,
    sizes: Histogram<f64>,
    hot: Histogram<f64>,
}

/// Exports every second.
pub(crate) fn exporting(endpoint: &str, is_delta: bool) -> Sdk {
    let temporality = if is_delta { Temporality::Delta } else { Temporality::Cumulative };
    let exporter = MetricExporter::builder()
        .with_http()
        .with_endpoint(format!("{endpoint}/v1/metrics"))
        .with_temporality(temporality)
        .build()
        .expect("the settings are right");
    let reader = PeriodicReader::builder(exporter).with_interval(Duration::from_secs(1)).build();
    Sdk::new(SdkMeterProvider::builder().with_reader(reader))
}

impl Sdk {
    pub(crate) fn new(builder: MeterProviderBuilder) -> Self {
        // As many series as ours keeps; without a view, the SDK keeps 2000.
        let limit = |instrument: &Instrument| {
            let limit = if instrument.name() == "export.hot" { 1 } else { 11_000 };
            Stream::builder().with_cardinality_limit(limit).build().ok()
        };
        let provider = builder.with_view(limit).build();
        let meter = provider.meter("sdk");
        let histogram = |name| meter.f64_histogram(name).with_boundaries(BUCKETS.to_vec()).build();
        Self {
            requests: meter.u64_counter("export.requests").build(),
            sizes: histogram("export.sizes"),
            hot: histogram("export.hot"),
            provider,
        }
    }
}

fn attributes(id: u32) -> [KeyValue; 3] {
    [
        KeyValue::new("id", i64::from(id)),
        KeyValue::new("route", "/api/v1/resource"),
        KeyValue::new("method", "get"),
    ]
}

impl Recorder for Sdk {
    fn count(&self, id: u32) {
        self.requests.add(1, &attributes(id));
    }

    fn record(&self, id: u32, value: f64) {
        self.sizes.record(value, &attributes(id));
    }

    fn record_hot(&self, value: f64) {
        self.hot.record(value, &[]);
    }
}
