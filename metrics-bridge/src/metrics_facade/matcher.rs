//! The names that a setting is for.

use std::fmt;

/// The metrics that a setting is for, by their names as the program gives them to `metrics`.
///
/// If several match a name, a whole name counts before a beginning, and a beginning before an end;
/// among beginnings and among ends, the longest one counts.
///
/// A matcher without a text, and a second setting with the same matcher, are a
/// [`RecorderError`](crate::RecorderError). Matchers that have matched nothing are those of
/// [`MetricsRecorder::unused_matchers`](crate::MetricsRecorder::unused_matchers).
///
/// ```
/// use typed_metrics_bridge::Matcher;
///
/// assert!(Matcher::suffix("_seconds").matches("request_duration_seconds"));
/// assert!(!Matcher::full("request").matches("request_duration_seconds"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Matcher {
    /// The metric with this name.
    Full(String),
    /// Metrics whose names begin so.
    Prefix(String),
    /// Metrics whose names end so.
    Suffix(String),
}

impl Matcher {
    /// The metric with this name.
    #[must_use]
    pub fn full(name: impl Into<String>) -> Self {
        Self::Full(name.into())
    }

    /// Metrics whose names begin so.
    #[must_use]
    pub fn prefix(beginning: impl Into<String>) -> Self {
        Self::Prefix(beginning.into())
    }

    /// Metrics whose names end so.
    #[must_use]
    pub fn suffix(end: impl Into<String>) -> Self {
        Self::Suffix(end.into())
    }

    /// Whether the setting is for the metric with this name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Full(full) => name == full,
            Self::Prefix(prefix) => name.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => name.ends_with(suffix.as_str()),
        }
    }

    /// The text that the matcher compares.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Full(text) | Self::Prefix(text) | Self::Suffix(text) => text,
        }
    }

    /// The order in which matchers are asked: the least first.
    pub(super) fn rank(&self) -> (u8, usize) {
        let longest_first = |text: &str| usize::MAX - text.len();
        match self {
            Self::Full(_) => (0, 0),
            Self::Prefix(prefix) => (1, longest_first(prefix)),
            Self::Suffix(suffix) => (2, longest_first(suffix)),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(full) => write!(f, "histogram `{full}`"),
            Self::Prefix(prefix) => write!(f, "histograms `{prefix}…`"),
            Self::Suffix(suffix) => write!(f, "histograms `…{suffix}`"),
        }
    }
}
