//! The settings of a metric that a program can override before the metric is used.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::cells::grid::Grid;
use crate::locks::get_or_init;
use crate::rules::exponential::ExponentialSettings;

/// The buckets and the series limit of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// Empty unless the metric is a histogram with explicit buckets.
    pub(crate) boundaries: &'static [f64],
    /// Some if the metric is an exponential histogram.
    pub(crate) exponential: Option<ExponentialSettings>,
    pub(crate) series_limit: usize,
}

/// Whether a histogram whose settings the program leaves open is exponential.
static EXPONENTIAL_BY_DEFAULT: AtomicBool = AtomicBool::new(false);

/// Makes every histogram exponential whose settings nobody decides.
pub(crate) fn set_exponential_by_default() {
    EXPONENTIAL_BY_DEFAULT.store(true, Relaxed);
}

impl Settings {
    /// The rule for a histogram's buckets.
    pub(crate) fn grid(self) -> Grid {
        self.exponential.map_or(Grid::Explicit(self.boundaries), Grid::Exponential)
    }

    /// The settings of a metric for which these are declared and nobody decides otherwise.
    pub(super) fn by_default(self) -> Self {
        // Relaxed: the flag orders nothing.
        if self.boundaries.is_empty() || !EXPONENTIAL_BY_DEFAULT.load(Relaxed) {
            return self;
        }
        Self { boundaries: &[], exponential: Some(ExponentialSettings::DEFAULT), ..self }
    }
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
