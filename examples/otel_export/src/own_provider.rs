//! Your own meter provider, set globally, as in a program that uses OpenTelemetry already.

use std::error::Error;
use std::time::Duration;

use opentelemetry::global;
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use typed_metrics::otel::series_limits;
use typed_metrics::set_metric_handlers;

/// The gRPC exporter must be built on a runtime, and shut down while the runtime is running.
#[tokio::main]
pub(super) async fn run() -> Result<(), Box<dyn Error>> {
    let exporter =
        MetricExporter::builder().with_tonic().with_timeout(Duration::from_secs(3)).build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(Duration::from_secs(5)).build();
    let provider = SdkMeterProvider::builder()
        .with_reader(reader)
        .with_resource(Resource::builder().with_service_name("shop").build())
        // Keeps each metric's own series limit, in place of the SDK's 2000 for every metric.
        .with_view(series_limits())
        .build();
    global::set_meter_provider(provider.clone());

    set_metric_handlers("otel")?; // exports through the global provider

    tokio::task::spawn_blocking(|| shop::open_for(shop::opening_time())).await?;
    // The program shuts its own provider down, before the handlers shut down. So the provider's
    // last collection contains all values.
    let sent = provider.shutdown();
    typed_metrics::shutdown()?;
    Ok(sent?)
}
