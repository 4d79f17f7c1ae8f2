//! A registry, as a case for the encoder.

use typed_metrics_core::Snapshot;
use typed_metrics_prometheus::{Format, Naming, Settings};

/// A registry, with the settings of its scrape.
pub(crate) struct Case {
    pub(crate) snapshot: Snapshot,
    pub(crate) settings: Settings,
    pub(crate) naming: Naming,
    pub(crate) resource: Vec<(String, String)>,
    pub(crate) scope: Option<(String, String)>,
    pub(crate) created: bool,
}

impl Case {
    pub(crate) fn scrape(&self, format: Format) -> Vec<u8> {
        let mut out = Vec::new();
        format.encode(&self.snapshot, &self.settings, &mut out);
        out
    }
}
