//! Metrics of other crates in [typed-metrics]: whatever they record reaches every handler.
//!
//! | feature | item | metrics of |
//! |---|---|---|
//! | `metrics-facade` | `MetricsRecorder` | the macros of the crate `metrics` |
//! | `tracing` | `TracingMetrics` | fields of `tracing`'s events, as `tracing-opentelemetry` reads them; durations of spans |
//! | `prometheus-registry` | `observe_prometheus` | a registry of `prometheus` |
//! | `prometheus-client-registry` | `observe_prometheus_client` | a registry of `prometheus-client` |
//!
//! The metrics have no scope: they are identified by their names, as those of this framework are.
//! Series limits, expiry, removal and captures work as for [run-time
//! metrics](typed_metrics_core::register_metric).
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "metrics-facade", feature = "tracing"))]
mod imports;
#[cfg(feature = "metrics-facade")]
mod metrics_facade;
#[cfg(any(
    feature = "metrics-facade",
    feature = "prometheus-client-registry",
    feature = "prometheus-registry",
    feature = "tracing"
))]
mod otel_name;
#[cfg(feature = "prometheus-client-registry")]
mod prometheus_client_registry;
#[cfg(feature = "metrics-facade")]
mod prometheus_name;
#[cfg(feature = "prometheus-registry")]
mod prometheus_registry;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "metrics-facade")]
pub use metrics_facade::builder::RecorderBuilder;
#[cfg(feature = "metrics-facade")]
pub use metrics_facade::error::RecorderError;
#[cfg(feature = "metrics-facade")]
pub use metrics_facade::matcher::Matcher;
#[cfg(feature = "metrics-facade")]
pub use metrics_facade::recorder::MetricsRecorder;
#[cfg(feature = "prometheus-client-registry")]
pub use prometheus_client_registry::{observe_openmetrics, observe_prometheus_client};
#[cfg(feature = "prometheus-registry")]
pub use prometheus_registry::observe_prometheus;
#[cfg(feature = "tracing")]
pub use tracing::filter::TracingFilter;
#[cfg(feature = "tracing")]
pub use tracing::layer::{TracingLayer, TracingMetrics};
#[cfg(feature = "tracing")]
pub use tracing::span_metrics::{SpanLabels, SpanLevel, SpanMetrics};
