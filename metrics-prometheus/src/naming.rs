//! The translation of names and units to Prometheus.

/// How names and units are written.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Naming {}
