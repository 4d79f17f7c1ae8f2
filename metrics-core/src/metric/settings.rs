//! The settings of a metric that a program can override before the metric is used.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::cells::grid::Grid;
use crate::locks::get_or_init;
use crate::rules::exponential::ExponentialSettings;

/// The buckets and the series limit of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// Without boundaries if the metric is no histogram.
    pub(crate) grid: Grid,
    pub(crate) series_limit: usize,
}

/// Whether a histogram is exponential whose buckets nobody overrides.
static EXPONENTIAL_BY_DEFAULT: AtomicBool = AtomicBool::new(false);

/// Makes every histogram exponential that is not in use and whose buckets nobody overrides.
pub(crate) fn set_exponential_by_default() {
    EXPONENTIAL_BY_DEFAULT.store(true, Relaxed);
}

/// The buckets of a metric for which `declared` ones are declared and which nobody overrides.
pub(super) fn default_grid(declared: Grid) -> Grid {
    // Relaxed: the flag orders nothing.
    let by_default = || EXPONENTIAL_BY_DEFAULT.load(Relaxed);
    if declared.boundaries().is_empty() || !by_default() {
        return declared;
    }
    Grid::Exponential(ExponentialSettings::DEFAULT)
}

/// The settings of a metric once they are decided: each by an override, or all by the first use.
///
/// The cells of a histogram have room for its buckets, and handlers export the buckets. So the
/// settings never change after somebody has used them.
#[derive(Debug)]
pub(crate) struct DecidedSettings {
    grid: OnceLock<Grid>,
    series_limit: OnceLock<usize>,
    /// Whether an override decided the grid.
    is_grid_overridden: AtomicBool,
    /// The facts that came after the definition. A reference, because most metrics have none.
    described: OnceLock<&'static Described>,
}

/// What a foreign API tells of a metric after the metric was registered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Described {
    pub(crate) unit: &'static str,
    pub(crate) description: &'static str,
}

impl DecidedSettings {
    pub(crate) const fn new() -> Self {
        Self {
            grid: OnceLock::new(),
            series_limit: OnceLock::new(),
            is_grid_overridden: AtomicBool::new(false),
            described: OnceLock::new(),
        }
    }

    /// Adds facts to the definition. The first ones count.
    pub(super) fn describe(&self, described: &'static Described) {
        get_or_init(&self.described, || described);
    }

    pub(super) fn described(&self) -> Option<&'static Described> {
        self.described.get().copied()
    }

    /// The settings, if they are decided.
    pub(super) fn get(&self) -> (Option<Grid>, Option<usize>) {
        (self.grid.get().copied(), self.series_limit.get().copied())
    }

    /// The buckets. The first call decides for `grid`.
    pub(super) fn grid_or(&self, grid: Grid) -> Grid {
        // The closure allocates nothing: an allocator may record, and its measurement would wait
        // for this one.
        *get_or_init(&self.grid, || grid)
    }

    /// The buckets. An override decides for `grid`, unless they are decided.
    pub(super) fn override_grid(&self, grid: Grid) -> Grid {
        // Relaxed, here and below: the flag orders nothing.
        self.is_grid_overridden.store(true, Relaxed);
        self.grid_or(grid)
    }

    pub(super) fn is_grid_overridden(&self) -> bool {
        self.is_grid_overridden.load(Relaxed)
    }

    /// The series limit. The first call decides for `limit`.
    pub(super) fn series_limit_or(&self, limit: usize) -> usize {
        *get_or_init(&self.series_limit, || limit)
    }
}
