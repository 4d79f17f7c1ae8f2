//! The kinds of metrics, and the types of their values.

use std::fmt;

/// The kind of instrument that a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "engine", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MetricType {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// A value that is set; the last value counts.
    Gauge,
    /// A distribution of values.
    Histogram,
}

// Facts about the kinds of metrics that both the derive and the engine need.
#[doc(hidden)]
impl MetricType {
    #[allow(missing_docs)]
    pub const ALL: [Self; 4] = [Self::Counter, Self::UpDownCounter, Self::Gauge, Self::Histogram];

    /// The name of the derive's attribute for this kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up_down_counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// The name with its article, for messages.
    #[must_use]
    pub const fn in_prose(self) -> &'static str {
        match self {
            Self::Counter => "a counter",
            Self::UpDownCounter => "an up-down counter",
            Self::Gauge => "a gauge",
            Self::Histogram => "a histogram",
        }
    }

    /// The types that the values of this kind can have. The first type is the default of the
    /// derive.
    #[must_use]
    pub const fn value_types(self) -> &'static [ValueType] {
        match self {
            Self::Counter => &[ValueType::U64, ValueType::F64],
            Self::UpDownCounter => &[ValueType::I64, ValueType::F64],
            Self::Gauge => &[ValueType::F64, ValueType::I64, ValueType::U64],
            Self::Histogram => &[ValueType::F64, ValueType::U64],
        }
    }
}

impl fmt::Display for MetricType {
    /// The name of the derive's attribute: `counter`, `up_down_counter`, `gauge` or `histogram`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The type of a metric's values, as they are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "engine", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ValueType {
    /// Unsigned integers.
    U64,
    /// Signed integers.
    I64,
    /// Floats.
    F64,
}

#[doc(hidden)]
impl ValueType {
    #[allow(missing_docs)]
    pub const ALL: [Self; 3] = [Self::U64, Self::I64, Self::F64];

    /// The name of the type in Rust.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
