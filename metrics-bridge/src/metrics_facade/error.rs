//! Mistakes in the settings of a recorder.

use std::error::Error;
use std::fmt;

use typed_metrics_core::buckets::BucketError;

use super::matcher::Matcher;

/// The reason why a [`MetricsRecorder`](crate::MetricsRecorder) was not installed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RecorderError {
    /// Buckets break a rule.
    Buckets {
        /// The histograms that the buckets are for.
        histograms: String,
        /// The rule.
        source: BucketError,
    },
    /// A matcher has no text, so it tells no metrics apart.
    EmptyMatcher {
        /// The matcher.
        matcher: Matcher,
    },
    /// Two settings have the same matcher, so the second one would never count.
    SameMatcher {
        /// The matcher.
        matcher: Matcher,
    },
    /// The program has installed another recorder already.
    AlreadyInstalled,
}

impl fmt::Display for RecorderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buckets { histograms, source } => write!(f, "buckets of {histograms}: {source}"),
            Self::EmptyMatcher { matcher } => write!(
                f,
                "buckets of {matcher}: the matcher is empty; give it a text, or set the buckets of \
                 all other histograms with `buckets` or `exponential`"
            ),
            Self::SameMatcher { matcher } => write!(
                f,
                "buckets of {matcher}: two settings have this matcher, and only one can count; \
                 remove one"
            ),
            Self::AlreadyInstalled => f.write_str(
                "the crate `metrics` has a recorder already, and keeps it to the end of the \
                 program; install this one instead, at the beginning of `main`",
            ),
        }
    }
}

impl Error for RecorderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Buckets { source, .. } => Some(source),
            _ => None,
        }
    }
}
