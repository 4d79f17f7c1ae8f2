//! The types of Prometheus.

use typed_metrics_core::{Descriptor, MetricType};

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    /// A sum that shrinks, which Prometheus calls a gauge.
    UpDownCounter,
    Histogram,
    /// Facts as labels, with the value 1.
    Info,
    /// One series for each state, with the value 0 or 1. The label with the state has this name.
    StateSet(&'static str),
}

impl Kind {
    pub(crate) fn of(metric: &Descriptor) -> Self {
        if let Some(label) = metric.state_label() {
            return Self::StateSet(label);
        }
        match metric.metric_type() {
            _ if metric.is_info() => Self::Info,
            MetricType::Counter => Self::Counter,
            MetricType::UpDownCounter => Self::UpDownCounter,
            MetricType::Histogram => Self::Histogram,
            _ => Self::Gauge,
        }
    }

    /// Whether two metrics of these types can be one family.
    pub(crate) fn is_one_with(self, other: Self) -> bool {
        let is_gauge = |kind| matches!(kind, Self::Gauge | Self::UpDownCounter);
        self == other || is_gauge(self) && is_gauge(other)
    }

    /// The endings of the samples' names. A name with one of them belongs to the family, even if no
    /// sample has it.
    pub(crate) fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["_total", "_created"],
            Self::Histogram => &["_bucket", "_sum", "_count", "_created"],
            Self::Info => &["_info"],
            Self::Gauge | Self::UpDownCounter | Self::StateSet(_) => &[],
        }
    }
}
