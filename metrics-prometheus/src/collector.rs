//! A collector, by which a registry of another crate exports the metrics.

use crate::settings::Settings;

/// Lets a registry of another crate export the metrics, beside those of the registry.
///
/// With the feature `prometheus-client`, this is a `prometheus_client::collector::Collector`; with
/// the feature `prometheus`, a `prometheus::core::Collector`. Each scrape of the registry takes a
/// snapshot. Names are translated as for [`Format::Text`](crate::Format::Text).
///
/// Metrics of other registries, which `typed-metrics-bridge` reads, are left out: their registries
/// export them.
///
/// A registry writes the formats itself, so what it does not know is lost: `prometheus` makes
/// floats of all numbers, and `prometheus-client` ends each counter with `_total`.
#[derive(Debug, Clone, Default)]
pub struct MetricsCollector {
    pub(crate) settings: Settings,
}

impl MetricsCollector {
    /// A collector with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }
}
