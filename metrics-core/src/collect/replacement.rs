//! The settings that replace those of a definition.

use crate::cells::grid::Grid;
use crate::error::Error;
use crate::metric::descriptor::Descriptor;
use crate::metric::settings::Settings;
use crate::rules::buckets::check_boundaries;
use crate::rules::exponential::{ExponentialSettings, check_exponential};
use crate::rules::kind::MetricType;

/// The settings that replace those of a definition. `None` leaves the definition's.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Replacement {
    pub(crate) buckets: Option<Buckets>,
    pub(crate) series_limit: Option<usize>,
}

/// The buckets that replace those of a definition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Buckets {
    Explicit(Vec<f64>),
    Exponential(ExponentialSettings),
}

impl Replacement {
    /// This replacement, and where it says nothing, `other`.
    pub(super) fn or(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or_default();
        Self {
            buckets: self.buckets.or(other.buckets),
            series_limit: self.series_limit.or(other.series_limit),
        }
    }

    /// Checks the rules that hold for every metric.
    pub(super) fn check(&self, name: &str) -> Result<(), Error> {
        match &self.buckets {
            None => {}
            Some(Buckets::Explicit(boundaries)) => check_boundaries(boundaries)
                .map_err(|source| Error::Buckets { metric: name.to_owned(), source })?,
            Some(Buckets::Exponential(settings)) => check_exponential(*settings)
                .map_err(|error| Error::overriding(name, error.to_string()))?,
        }
        if self.series_limit == Some(0) {
            let reason = "with a series limit of 0 every measurement would land in the overflow \
                          series; give at least 1";
            return Err(Error::overriding(name, reason));
        }
        Ok(())
    }

    /// Whether a metric of this kind can have the settings.
    pub(super) fn fits(&self, metric: &Descriptor) -> bool {
        self.buckets.is_none() || metric.metric_type() == MetricType::Histogram
    }

    /// A warning about a setting that has no effect on `metric`.
    pub(super) fn without_effect(&self, metric: &Descriptor) -> Option<String> {
        // The labels of a metric that is registered at run time are not known.
        let is_open = metric.source().module.is_empty()
            || metric.stored_labels().iter().any(|label| label.cardinality().is_none());
        (self.series_limit.is_some() && !is_open).then(|| {
            format!(
                "a series limit has no effect on the metric `{}`, because the values of all its \
                 labels are known while compiling",
                metric.name()
            )
        })
    }

    /// Checks whether `metric` can have the settings.
    pub(super) fn check_for(&self, metric: &'static Descriptor) -> Result<(), Error> {
        if !self.fits(metric) {
            let kind = metric.metric_type().in_prose();
            let reason = format!("{kind} has no buckets; override those of a histogram");
            return Err(Error::overriding(metric.name(), reason));
        }
        if self.agrees_with(metric.decided_settings()) { Ok(()) } else { Err(in_use(metric)) }
    }

    /// Whether settings that are decided are these.
    fn agrees_with(&self, (grid, series_limit): (Option<Grid>, Option<usize>)) -> bool {
        let grid = grid.zip(self.buckets.as_ref());
        let limit = series_limit.zip(self.series_limit);
        grid.is_none_or(|(grid, wanted)| wanted.are(grid)) && limit.is_none_or(|(a, b)| a == b)
    }

    /// Overrides the settings of `metric`.
    pub(super) fn apply(&self, metric: &'static Descriptor) -> Result<(), Error> {
        // Before anything is leaked: a program may repeat the call.
        self.check_for(metric)?;
        let decided = metric.decided_settings().0;
        let grid = self.buckets.as_ref().filter(|_| decided.is_none());
        let grid = grid.map(|buckets| buckets.grid(metric));
        let decided = metric.override_settings(grid, self.series_limit);
        if self.agrees_with(decided) { Ok(()) } else { Err(in_use(metric)) }
    }
}

impl Buckets {
    fn are(&self, grid: Grid) -> bool {
        match self {
            Self::Explicit(boundaries) => {
                grid.exponential().is_none() && grid.boundaries() == boundaries
            }
            Self::Exponential(settings) => grid == Grid::Exponential(*settings),
        }
    }

    /// The rule for these buckets, which stays for ever.
    fn grid(&self, metric: &Descriptor) -> Grid {
        match self {
            Self::Explicit(boundaries) if *boundaries == metric.definition().boundaries => {
                metric.definition().grid()
            }
            Self::Explicit(boundaries) => {
                Grid::Explicit(Box::leak(boundaries.clone().into_boxed_slice()))
            }
            Self::Exponential(settings) => Grid::Exponential(*settings),
        }
    }
}

fn in_use(metric: &Descriptor) -> Error {
    let Settings { grid, series_limit } = metric.current_settings();
    let reason = format!(
        "it is in use already, with buckets {grid} and a series limit of {series_limit}; \
         override it before it is recorded, read or given to a handler"
    );
    Error::overriding(metric.name(), reason)
}
