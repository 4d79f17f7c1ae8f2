//! The settings that replace those of a definition.

use crate::error::Error;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::MetricType;
use crate::metric::settings::Settings;
use crate::rules::buckets::check_boundaries;

/// The settings that replace those of a definition. `None` leaves the definition's.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Replacement {
    pub(crate) boundaries: Option<Vec<f64>>,
    pub(crate) series_limit: Option<usize>,
}

impl Replacement {
    /// This replacement, and where it says nothing, `other`.
    pub(super) fn or(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or_default();
        Self {
            boundaries: self.boundaries.or(other.boundaries),
            series_limit: self.series_limit.or(other.series_limit),
        }
    }

    /// Checks the rules that hold for every metric.
    pub(super) fn check(&self, name: &str) -> Result<(), Error> {
        if let Some(boundaries) = &self.boundaries {
            check_boundaries(boundaries)
                .map_err(|source| Error::Buckets { metric: name.to_owned(), source })?;
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
        self.boundaries.is_none() || metric.metric_type() == MetricType::Histogram
    }

    /// Checks whether `metric` can have the settings.
    pub(super) fn check_for(&self, metric: &'static Descriptor) -> Result<(), Error> {
        let name = metric.name();
        if !self.fits(metric) {
            let kind = metric.metric_type().in_prose();
            let reason = format!("{kind} has no buckets; override those of a histogram");
            return Err(Error::overriding(name, reason));
        }
        match metric.decided_settings() {
            Some(decided) if !self.is_in(decided, metric) => Err(in_use(name, decided)),
            _ => Ok(()),
        }
    }

    /// Whether settings that are decided are these.
    fn is_in(&self, decided: Settings, metric: &Descriptor) -> bool {
        let declared = metric.default_settings();
        let boundaries = self.boundaries.as_deref().unwrap_or(declared.boundaries);
        let limit = self.series_limit.unwrap_or(declared.series_limit);
        decided.boundaries == boundaries && decided.series_limit == limit
    }

    /// Overrides the settings of `metric`.
    pub(super) fn apply(&self, metric: &'static Descriptor) -> Result<(), Error> {
        // Before anything is leaked: a program may repeat the call.
        self.check_for(metric)?;
        if metric.decided_settings().is_some() {
            return Ok(());
        }
        let declared = metric.default_settings();
        let wanted = Settings {
            exponential: declared.exponential.filter(|_| self.boundaries.is_none()),
            boundaries: match &self.boundaries {
                Some(boundaries) if *boundaries != declared.boundaries => {
                    Box::leak(boundaries.clone().into_boxed_slice())
                }
                _ => declared.boundaries,
            },
            series_limit: self.series_limit.unwrap_or(declared.series_limit),
        };
        metric.override_settings(wanted).map_err(|decided| in_use(metric.name(), decided))
    }
}

fn in_use(metric: &str, Settings { boundaries, series_limit, .. }: Settings) -> Error {
    let reason = format!(
        "it is in use already, with buckets {boundaries:?} and a series limit of {series_limit}; \
         override it before it is recorded, read or given to a handler"
    );
    Error::overriding(metric, reason)
}
