//! The temporality of exported values.

use typed_metrics_core::{Counting, MetricType};

/// Since when exported values count. It is OpenTelemetry's temporality preference.
///
/// Up-down counters are cumulative under every preference, as [the specification] demands. Gauges
/// have their last value.
///
/// ```
/// use typed_metrics_otel::{OtelHandler, Temporality};
///
/// let handler = OtelHandler::otlp().temporality(Temporality::Delta).build()?;
/// # Ok::<(), typed_metrics_otel::OtlpError>(())
/// ```
///
/// [the specification]: https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Temporality {
    /// Values count since the creation of their series. Each export has every series.
    #[default]
    Cumulative,
    /// Counters and histograms count since the export before. An export has the series that
    /// changed.
    Delta,
    /// Recorded counters and histograms are as in `Delta`. A counter that a callback
    /// [observes](typed_metrics_core::Counter::observe) is as in `Cumulative`, if the callback was
    /// there before the first export of the counter.
    LowMemory,
}

impl Temporality {
    /// Since when the values of a metric count. `is_observed`: a callback observes the metric.
    pub(crate) fn of(self, metric: MetricType, is_observed: bool) -> Counting {
        match (self, metric) {
            (Self::Delta, MetricType::Counter | MetricType::Histogram) => Counting::Changes,
            (Self::LowMemory, MetricType::Counter | MetricType::Histogram) if !is_observed => {
                Counting::Changes
            }
            _ => Counting::Totals,
        }
    }

    /// The preference that the variable names by this text, in any case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "cumulative" => Some(Self::Cumulative),
            "delta" => Some(Self::Delta),
            "lowmemory" => Some(Self::LowMemory),
            _ => None,
        }
    }
}
