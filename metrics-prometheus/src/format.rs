//! The formats of a scrape.

use typed_metrics_core::Snapshot;

use crate::naming::Naming;

/// A format of a scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The text format 0.0.4.
    Text,
}

impl Format {
    /// The format that a scraper's `Accept` header prefers.
    #[must_use]
    pub fn from_accept(_accept: Option<&str>) -> Self {
        Self::Text
    }

    /// The value of `Content-Type` for this format.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        "text/plain; version=0.0.4; charset=utf-8"
    }

    /// Appends a scrape of the snapshot to `out`.
    pub fn encode(self, _snapshot: &Snapshot, _naming: &Naming, _out: &mut Vec<u8>) {}
}
