//! The number of operations that each crate has recorded.

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};

/// The provider of the other crate, which counts from the start of the process.
pub struct OtherCrate {
    exporter: InMemoryMetricExporter,
    provider: SdkMeterProvider,
}

impl OtherCrate {
    /// Makes the provider that of the process.
    pub fn install() -> Self {
        let exporter = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(exporter.clone()).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        opentelemetry::global::set_meter_provider(provider.clone());
        Self { exporter, provider }
    }

    /// The operations that were recorded.
    pub fn recorded(&self) -> u64 {
        self.provider.force_flush().expect("exports");
        let exported = self.exporter.get_finished_metrics().expect("was exported");
        // A reader exports every minute, and its counts go on from one export to the next.
        let last = exported.last().expect("was exported");
        let mut metrics = last.scope_metrics().flat_map(|scope| scope.metrics());
        let durations = metrics.find(|metric| metric.name() == "db.client.operation.duration");
        match durations.map(|metric| metric.data()) {
            Some(AggregatedMetrics::F64(MetricData::Histogram(histogram))) => {
                histogram.data_points().map(|point| point.count()).sum()
            }
            _ => 0,
        }
    }
}

/// The operations with this system that our crate has recorded.
pub fn recorded(system: &str) -> u64 {
    let snapshot = typed_metrics::snapshot();
    let durations = snapshot.get("db.client.operation.duration").expect("is registered");
    let series = durations.series.iter().filter(|series| {
        let mut labels = series.labels.iter();
        labels.any(|(name, value)| name == "db.system.name" && value.to_string() == system)
    });
    series.filter_map(|series| series.value.as_histogram()).map(|histogram| histogram.count).sum()
}
