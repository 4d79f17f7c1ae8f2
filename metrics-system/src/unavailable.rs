//! The error: what cannot be read.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Metrics that cannot be read here, and why. All others are installed nevertheless.
#[derive(Debug, Clone)]
pub struct Unavailable(Vec<Missing>);

/// Metrics that one reading would give.
#[derive(Debug, Clone)]
struct Missing {
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
        self.0.push(Missing { metrics, cause });
    }

    /// As a result: fine if nothing is missing.
    pub(crate) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("system metrics that cannot be read are missing, all others are there:")?;
        self.0.iter().try_for_each(|missing| write!(f, "\n- {missing}"))
    }
}

impl fmt::Display for Missing {
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
