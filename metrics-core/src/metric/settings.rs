//! The settings of a metric that a program can override before the metric is used.

use std::sync::OnceLock;

use crate::locks::get_or_init;

/// The buckets and the series limit of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// Empty unless the metric is a histogram.
    pub(crate) boundaries: &'static [f64],
    pub(crate) series_limit: usize,
}

/// The settings of a metric once they are decided: by an override, or by the first use.
///
/// The cells of a histogram have room for its buckets, and handlers export the buckets. So the
/// settings never change after somebody has used them.
#[derive(Debug)]
pub(crate) struct DecidedSettings(OnceLock<Settings>);

impl DecidedSettings {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The settings, if they are decided.
    pub(super) fn get(&self) -> Option<Settings> {
        self.0.get().copied()
    }

    /// The settings. The first call decides for those that are `declared`.
    pub(super) fn get_or(&self, declared: Settings) -> Settings {
        // The closure allocates nothing: an allocator may record, and its measurement would wait
        // for this one.
        *get_or_init(&self.0, || declared)
    }

    /// Decides for `settings`.
    ///
    /// # Errors
    /// The settings that are decided already.
    pub(super) fn decide(&self, settings: Settings) -> Result<(), Settings> {
        let decided = *get_or_init(&self.0, || settings);
        if decided == settings { Ok(()) } else { Err(decided) }
    }
}
