//! The layers that are compared, and the router that they measure.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::http::{Extensions, Request, Uri};
use axum::response::IntoResponse;
use axum::routing::{Route, get};
use axum_otel_metrics::{HttpMetricsLayer, HttpMetricsLayerBuilder};
use axum_prometheus::PrometheusMetricLayer;
use metrics_lib::MetricsCore;
use metrics_lib::tower::RedLayer;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use tower::{Layer, Service};

/// The only route.
pub const ROUTE: &str = "/users/{id}";

/// The number of requests that our layers have recorded.
pub fn ours() -> u64 {
    let snapshot = typed_metrics::snapshot();
    let durations = snapshot.get("http.server.request.duration").expect("is registered");
    let counts = durations.series.iter().filter_map(|series| series.value.as_histogram());
    counts.map(|histogram| histogram.count).sum()
}

/// The layer, and the number of requests that it has recorded.
pub fn axum_prometheus() -> (PrometheusMetricLayer<'static>, impl Fn() -> u64 + 'static) {
    let (layer, handle) = PrometheusMetricLayer::pair();
    let recorded = move || {
        let text = handle.render();
        let line = text.lines().find(|line| line.starts_with("axum_http_requests_total{"));
        let count = line.and_then(|line| line.rsplit(' ').next());
        count.and_then(|count| count.parse().ok()).expect("requests are counted")
    };
    (layer, recorded)
}

/// The layer, and the number of requests that it has recorded.
pub fn axum_otel_metrics() -> (HttpMetricsLayer, impl Fn() -> u64 + 'static) {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let layer = HttpMetricsLayerBuilder::new().with_provider(provider.clone()).build();
    let recorded = move || {
        exporter.reset();
        provider.force_flush().expect("exports");
        let exported = exporter.get_finished_metrics().expect("was exported");
        let metrics = exported.iter().flat_map(|resource| resource.scope_metrics());
        let mut metrics = metrics.flat_map(|scope| scope.metrics());
        let durations = metrics.find(|metric| metric.name() == "http.server.request.duration");
        match durations.map(|metric| metric.data()) {
            Some(AggregatedMetrics::F64(MetricData::Histogram(histogram))) => {
                histogram.data_points().map(|point| point.count()).sum()
            }
            _ => 0,
        }
    };
    (layer, recorded)
}

/// The layer, and the number of requests that it has recorded.
pub fn metrics_lib(
    route: impl Fn(&Uri, &Extensions) -> Option<String> + Send + Sync + 'static,
) -> (RedLayer, impl Fn() -> u64 + 'static) {
    let core = Arc::new(MetricsCore::new());
    let layer = RedLayer::new(Arc::clone(&core)).with_route_label(route);
    let recorded = move || {
        let labels = metrics_lib::labels!("method" => "GET", "route" => ROUTE, "status" => "200");
        core.counter_with("http_requests_total", &labels).get()
    };
    (layer, recorded)
}

/// The route that axum's router matched, for [`metrics_lib`].
pub fn matched_path(_: &Uri, extensions: &Extensions) -> Option<String> {
    extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned())
}

/// A router of axum without a layer, as `axum::serve` uses it: all handlers are services already.
pub fn bare() -> Router {
    Router::new().route(ROUTE, get(async || "Hello")).with_state(())
}

/// The same router with a layer.
pub fn with<L>(layer: L) -> Router
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request<Body>> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request<Body>>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request<Body>>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    <L::Service as Service<Request<Body>>>::Response: 'static,
    <L::Service as Service<Request<Body>>>::Error: 'static,
    <L::Service as Service<Request<Body>>>::Future: 'static,
{
    Router::new().route(ROUTE, get(async || "Hello")).layer(layer).with_state(())
}

/// A layer that does nothing: its time is that of any layer in axum.
#[derive(Clone)]
pub struct Nothing<S>(pub S);

impl<S: Service<Request<Body>>> Service<Request<Body>> for Nothing<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        self.0.call(request)
    }
}
