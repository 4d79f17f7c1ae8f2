//! The kinds of metric as the attributes write them.

use typed_metrics_core::{MetricType, ValueType};

/// A kind of metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
    State,
    Info,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Counter, Self::UpDownCounter, Self::Gauge, Self::Histogram, Self::State, Self::Info];

    /// The instrument that handlers see.
    pub(crate) const fn metric_type(self) -> MetricType {
        match self {
            Self::Counter => MetricType::Counter,
            Self::Gauge => MetricType::Gauge,
            Self::Histogram => MetricType::Histogram,
            Self::UpDownCounter | Self::State | Self::Info => MetricType::UpDownCounter,
        }
    }

    /// The name of the attribute.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Info => "info",
            other => other.metric_type().as_str(),
        }
    }

    /// The name with its article, for messages.
    pub(crate) const fn in_prose(self) -> &'static str {
        match self {
            Self::State => "a state",
            Self::Info => "an info",
            other => other.metric_type().in_prose(),
        }
    }

    /// Whether the values are always 0 or 1.
    pub(crate) const fn is_state_or_info(self) -> bool {
        matches!(self, Self::State | Self::Info)
    }
}

/// The kind whose attribute is called `word`.
pub(crate) fn kind_named(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

/// The value type called `word`.
pub(crate) fn value_type_named(word: &str) -> Option<ValueType> {
    ValueType::ALL.into_iter().find(|value_type| value_type.as_str() == word)
}

/// The keys of a kind's attribute.
pub(crate) fn keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Histogram => &[
            "unit",
            "buckets",
            "exponential",
            "max_size",
            "zero_threshold",
            "name",
            "description",
            "value",
            "series_limit",
            "expire",
            "last_recorded",
            "positional",
            "was",
        ],
        Kind::UpDownCounter => &[
            "unit",
            "name",
            "description",
            "value",
            "series_limit",
            "last_recorded",
            "positional",
            "was",
        ],
        Kind::State | Kind::Info => {
            &["name", "description", "series_limit", "last_recorded", "positional", "was"]
        }
        Kind::Counter | Kind::Gauge => &[
            "unit",
            "name",
            "description",
            "value",
            "series_limit",
            "expire",
            "last_recorded",
            "positional",
            "was",
        ],
    }
}
