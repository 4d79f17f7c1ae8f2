//! The error: metrics that cannot be read.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Metrics that cannot be read here, and the reasons. All other metrics are installed nevertheless.
#[derive(Debug, Clone)]
pub struct Unavailable(Vec<Unreadable>);

/// The metrics of a source that cannot be read.
#[derive(Debug, Clone)]
struct Unreadable {
    metrics: &'static [&'static str],
    cause: String,
}

impl Unavailable {
    /// The names of the metrics that are missing.
    pub fn metrics(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().flat_map(|missing| missing.metrics).copied()
    }

    pub(crate) fn nothing() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn push(&mut self, metrics: &'static [&'static str], cause: String) {
        self.0.push(Unreadable { metrics, cause });
    }

    /// Returns an error if any metric is missing.
    pub(crate) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "some system metrics cannot be read and are missing; all others are installed:",
        )?;
        self.0.iter().try_for_each(|missing| write!(f, "\n- {missing}"))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.metrics.join("`, `"), self.cause)
    }
}

impl Error for Unavailable {}

impl From<Unavailable> for typed_metrics_core::Error {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(Arc::new(unavailable))
    }
}
