//! The rules that queries are checked by.

use std::fmt;

use serde::{Serialize, Serializer};

/// A rule that a query breaks. Its code is its name in reports, comments and settings.
///
/// ```
/// use typed_metrics_catalog::Rule;
///
/// assert_eq!(Rule::RateOfGauge.to_string(), "rate-of-gauge");
/// assert_eq!(Rule::with_code("rate-of-gauge"), Some(Rule::RateOfGauge));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The expression is no PromQL.
    UnreadableExpression,
    /// The catalog has no such metric.
    UnknownMetric,
    /// The metric has a new name. The old one is still exported, for as long as `was` stands.
    RenamedMetric,
    /// The metric, or the result of the expression, has no such label.
    UnknownLabel,
    /// The label never has this value.
    UnknownLabelValue,
    /// No bucket has this limit.
    UnknownBucket,
    /// `rate` or `increase` of a number that also falls.
    RateOfGauge,
    /// A total since the start of the process, without `rate` or `increase`.
    RawCounter,
    /// A function for gauges, such as `delta`, of a number that is reset when a process starts.
    DeltaOfCounter,
    /// A quantile of buckets without their limits.
    QuantileWithoutLe,
    /// A quantile of a metric that is no histogram.
    QuantileWithoutBuckets,
    /// An average of buckets, or a sum that adds up different buckets.
    MixedBuckets,
    /// The series `_bucket` of an exponential histogram, which is a native one in Prometheus.
    NoClassicBuckets,
    /// A histogram with fixed buckets, queried as a native one.
    NoNativeHistogram,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 14] = [
        Self::UnreadableExpression,
        Self::UnknownMetric,
        Self::RenamedMetric,
        Self::UnknownLabel,
        Self::UnknownLabelValue,
        Self::UnknownBucket,
        Self::RateOfGauge,
        Self::RawCounter,
        Self::DeltaOfCounter,
        Self::QuantileWithoutLe,
        Self::QuantileWithoutBuckets,
        Self::MixedBuckets,
        Self::NoClassicBuckets,
        Self::NoNativeHistogram,
    ];

    /// The code of the rule.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnreadableExpression => "unreadable-expression",
            Self::UnknownMetric => "unknown-metric",
            Self::RenamedMetric => "renamed-metric",
            Self::UnknownLabel => "unknown-label",
            Self::UnknownLabelValue => "unknown-label-value",
            Self::UnknownBucket => "unknown-bucket",
            Self::RateOfGauge => "rate-of-gauge",
            Self::RawCounter => "raw-counter",
            Self::DeltaOfCounter => "delta-of-counter",
            Self::QuantileWithoutLe => "quantile-without-le",
            Self::QuantileWithoutBuckets => "quantile-without-buckets",
            Self::MixedBuckets => "mixed-buckets",
            Self::NoClassicBuckets => "no-classic-buckets",
            Self::NoNativeHistogram => "no-native-histogram",
        }
    }

    /// The rule with this code.
    #[must_use]
    pub fn with_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_code_of_its_own() {
        for rule in Rule::ALL {
            assert_eq!(Rule::with_code(rule.code()), Some(rule));
        }
        assert_eq!(Rule::with_code("no such rule"), None);
    }
}
