//! The settings of a recorder, and the metrics that follow from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use typed_metrics_core::buckets::{check_boundaries, default_for};
use typed_metrics_core::{DEFAULT_SERIES_LIMIT, Metric, MetricType, ValueType};

use super::error::RecorderError;
use super::matcher::Matcher;
use super::units::unit_in_name;
use crate::imports::Description;
use crate::otel_name::otel_name;
use crate::prometheus_name::prometheus_name;

/// The settings of a recorder.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) default_buckets: Buckets,
    pub(super) buckets: Vec<BucketsFor>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) series_limit: usize,
    pub(super) keeps_prometheus_names: bool,
}

/// The buckets of the histograms that a matcher matches.
#[derive(Debug, Clone)]
pub(super) struct BucketsFor {
    pub(super) matcher: Matcher,
    pub(super) buckets: Buckets,
    /// Whether a histogram has these buckets. Clones of the settings share it.
    is_used: Arc<AtomicBool>,
}

impl BucketsFor {
    pub(super) fn new(matcher: Matcher, buckets: Buckets) -> Self {
        Self { matcher, buckets, is_used: Arc::default() }
    }
}

/// The buckets of histograms.
#[derive(Debug, Clone)]
pub(super) enum Buckets {
    OfUnit,
    Explicit(Vec<f64>),
    Exponential,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_buckets: Buckets::OfUnit,
            buckets: Vec::new(),
            idle_timeout: None,
            series_limit: DEFAULT_SERIES_LIMIT,
            keeps_prometheus_names: false,
        }
    }
}

impl Settings {
    /// The settings with the matchers in the order in which they are asked.
    ///
    /// # Errors
    /// Buckets break a rule, or a matcher is empty or there twice.
    pub(super) fn checked(mut self) -> Result<Self, RecorderError> {
        for (index, BucketsFor { matcher, .. }) in self.buckets.iter().enumerate() {
            if matcher.text().is_empty() {
                return Err(RecorderError::EmptyMatcher { matcher: matcher.clone() });
            }
            if self.buckets[..index].iter().any(|other| other.matcher == *matcher) {
                return Err(RecorderError::SameMatcher { matcher: matcher.clone() });
            }
        }
        let named = self.buckets.iter().map(|own| (own.matcher.to_string(), &own.buckets));
        let default = ("all other histograms".to_owned(), &self.default_buckets);
        for (histograms, buckets) in named.chain([default]) {
            if let Buckets::Explicit(boundaries) = buckets {
                check_boundaries(boundaries)
                    .map_err(|source| RecorderError::Buckets { histograms, source })?;
            }
        }
        self.buckets.sort_by_key(|own| own.matcher.rank());
        Ok(self)
    }

    /// The matchers whose buckets no histogram has.
    pub(super) fn unused_matchers(&self) -> Vec<Matcher> {
        // Relaxed: nothing else depends on the flag.
        let unused = self.buckets.iter().filter(|own| !own.is_used.load(Relaxed));
        unused.map(|own| own.matcher.clone()).collect()
    }

    /// The definition of a metric that the program calls `given`.
    pub(super) fn define(
        &self,
        kind: MetricType,
        given: &str,
        name: &str,
        described: &Description,
    ) -> Metric {
        let metric = match kind {
            MetricType::Counter => Metric::counter(name).value_type(ValueType::U64),
            MetricType::Histogram => self.histogram(given, name, described.unit),
            _ => Metric::gauge(name),
        };
        let mut metric = metric
            .unit(described.unit)
            .description(described.text.as_str())
            .series_limit(self.series_limit);
        if let Some(timeout) = self.idle_timeout {
            metric = metric.expire(timeout);
        }
        if self.keeps_prometheus_names {
            // Another name, if the metric has the kind in it.
            let kept = if name == otel_name(given) { given } else { name };
            metric = metric.exposed_as(prometheus_name(kept));
        }
        metric
    }

    fn histogram(&self, given: &str, name: &str, unit: &str) -> Metric {
        let metric = Metric::histogram(name);
        let own = self.buckets.iter().find(|own| own.matcher.matches(given));
        if let Some(own) = own {
            own.is_used.store(true, Relaxed);
        }
        match own.map_or(&self.default_buckets, |own| &own.buckets) {
            Buckets::Explicit(boundaries) => metric.buckets(boundaries.iter().copied()),
            Buckets::Exponential => metric.exponential(),
            Buckets::OfUnit => {
                let unit = if unit.is_empty() { unit_in_name(given) } else { unit };
                metric.buckets(default_for(unit))
            }
        }
    }
}
