//! Collecting and encoding 10,000 counters that have changed, without sending.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cpu_time::ThreadTime;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Temporality,
};
use prost::Message;
use typed_metrics::flush;

use crate::case::Recorder;
use crate::{COUNTERS, ours, sdk};

const ROUNDS: u32 = 30;

/// The least time of an export on the thread that collects and encodes, in ns.
pub(crate) fn ours(endpoint: &str) -> u128 {
    let delta = typed_metrics_otel::Temporality::Delta;
    ours::install(endpoint, delta, Duration::from_secs(3600));
    let times = (0..ROUNDS).map(|_| {
        (0..COUNTERS).for_each(|id| ours::Ours.count(id));
        let before = time_of_exporter();
        flush().expect("the receiver accepts everything");
        time_of_exporter() - before
    });
    times.min().unwrap_or_default()
}

/// The CPU time of the thread that collects and encodes, in ns.
fn time_of_exporter() -> u128 {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux has it").flatten();
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let named = |path: &std::path::PathBuf| read(path.join("comm")).starts_with("typed-metrics-e");
    let exporter = threads.map(|thread| thread.path()).find(named).expect("it runs");
    let times = read(exporter.join("schedstat"));
    times.split_whitespace().next().and_then(|time| time.parse().ok()).expect("the kernel counts")
}

/// The least time of the SDK's collection and of encoding its result, in ns.
pub(crate) fn sdk() -> u128 {
    let reader =
        Manual(Arc::new(ManualReader::builder().with_temporality(Temporality::Delta).build()));
    let sdk = sdk::Sdk::new(SdkMeterProvider::builder().with_reader(reader.clone()));
    let mut metrics = ResourceMetrics::default();
    let times = (0..ROUNDS).map(|_| {
        (0..COUNTERS).for_each(|id| sdk.count(id));
        let start = ThreadTime::now();
        reader.collect(&mut metrics).expect("it is registered");
        let encoded = ExportMetricsServiceRequest::from(&metrics).encode_to_vec();
        let time = start.elapsed().as_nanos();
        assert!(encoded.len() > 10_000);
        time
    });
    times.min().unwrap_or_default()
}

/// A reader. The benchmark keeps a clone of it.
#[derive(Debug, Clone)]
struct Manual(Arc<ManualReader>);

impl MetricReader for Manual {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}
