//! The settings of a recorder.

use std::time::Duration;

use typed_metrics_core::buckets::{check_boundaries, default_for};
use typed_metrics_core::{DEFAULT_SERIES_LIMIT, Metric, MetricType, ValueType};

use super::error::RecorderError;
use super::matcher::Matcher;
use super::recorder::MetricsRecorder;
use super::units::unit_in_name;
use crate::imports::Description;
use crate::otel_name::otel_name;
use crate::prometheus_name::prometheus_name;

/// Settings of a [`MetricsRecorder`].
///
/// ```
/// use std::time::Duration;
/// use typed_metrics_bridge::{Matcher, MetricsRecorder};
///
/// MetricsRecorder::builder()
///     .buckets_for(Matcher::Suffix("_seconds".to_owned()), [0.1, 1.0, 10.0])
///     .idle_timeout(Duration::from_secs(600))
///     .install()?;
///
/// metrics::histogram!("reply_seconds", "route" => "/a").record(0.5);
/// let snapshot = typed_metrics_core::snapshot();
/// let reply = snapshot.get("reply_seconds").unwrap();
/// assert_eq!(reply.descriptor.boundaries(), [0.1, 1.0, 10.0]);
/// assert_eq!(reply.series[0].labels.to_string(), "route=/a");
/// # Ok::<(), typed_metrics_bridge::RecorderError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "settings do nothing until `install` or `build` is called"]
pub struct RecorderBuilder {
    default_buckets: Buckets,
    buckets: Vec<(Matcher, Buckets)>,
    idle_timeout: Option<Duration>,
    series_limit: usize,
    keeps_prometheus_names: bool,
}

/// The buckets of histograms.
#[derive(Debug, Clone)]
enum Buckets {
    OfUnit,
    Explicit(Vec<f64>),
    Exponential,
}

impl RecorderBuilder {
    pub(super) fn new() -> Self {
        Self {
            default_buckets: Buckets::OfUnit,
            buckets: Vec::new(),
            idle_timeout: None,
            series_limit: DEFAULT_SERIES_LIMIT,
            keeps_prometheus_names: false,
        }
    }

    /// The buckets of histograms for which no other buckets are set: inclusive upper limits, finite
    /// and strictly increasing.
    ///
    /// Without this setting, they [depend on the unit](default_for): the one that the histogram was
    /// described with before its first use, or the one at the end of its name, such as `_seconds`.
    pub fn buckets(mut self, boundaries: impl IntoIterator<Item = f64>) -> Self {
        self.default_buckets = Buckets::Explicit(boundaries.into_iter().collect());
        self
    }

    /// The buckets of the histograms that match.
    pub fn buckets_for(
        mut self,
        matcher: Matcher,
        boundaries: impl IntoIterator<Item = f64>,
    ) -> Self {
        self.buckets.push((matcher, Buckets::Explicit(boundaries.into_iter().collect())));
        self
    }

    /// Makes the histograms exponential for which no buckets are set: their buckets adapt to the
    /// values.
    pub fn exponential(mut self) -> Self {
        self.default_buckets = Buckets::Exponential;
        self
    }

    /// Makes the histograms that match exponential.
    pub fn exponential_for(mut self, matcher: Matcher) -> Self {
        self.buckets.push((matcher, Buckets::Exponential));
        self
    }

    /// Removes series in which nothing was recorded for this time. By default, the [expiry of the
    /// process](typed_metrics_core::set_default_expiry) holds.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// The maximum number of series of each metric, 2000 by default and at least 1. Measurements
    /// with further label values are recorded in the overflow series.
    pub fn series_limit(mut self, limit: usize) -> Self {
        self.series_limit = limit.max(1);
        self
    }

    /// Whether the metrics have the names in Prometheus that `metrics-exporter-prometheus` gives
    /// them by default: without their unit and without `_total`. The default is `false`.
    ///
    /// ```
    /// use typed_metrics_bridge::MetricsRecorder;
    /// use typed_metrics_prometheus::Naming;
    ///
    /// MetricsRecorder::builder().prometheus_names_as_given(true).install()?;
    /// metrics::counter!("mails.sent").increment(1);
    /// let snapshot = typed_metrics_core::snapshot();
    /// let sent = snapshot.get("mails.sent").unwrap().descriptor;
    /// assert_eq!(Naming::default().metric_name(sent), "mails_sent");
    /// # Ok::<(), typed_metrics_bridge::RecorderError>(())
    /// ```
    pub fn prometheus_names_as_given(mut self, as_given: bool) -> Self {
        self.keeps_prometheus_names = as_given;
        self
    }

    /// Installs the recorder for the whole program.
    ///
    /// # Errors
    /// [`RecorderError`] if buckets break a rule, or if the program has a recorder already.
    pub fn install(self) -> Result<(), RecorderError> {
        metrics::set_global_recorder(self.build()?).map_err(|_| RecorderError::AlreadyInstalled)
    }

    /// The recorder, for [`metrics::with_local_recorder`] and for the layers of `metrics-util`.
    ///
    /// # Errors
    /// [`RecorderError::Buckets`] if buckets break a rule.
    pub fn build(mut self) -> Result<MetricsRecorder, RecorderError> {
        let named = self.buckets.iter().map(|(matcher, buckets)| (matcher.to_string(), buckets));
        let default = ("all other histograms".to_owned(), &self.default_buckets);
        for (histograms, buckets) in named.chain([default]) {
            if let Buckets::Explicit(boundaries) = buckets {
                check_boundaries(boundaries)
                    .map_err(|source| RecorderError::Buckets { histograms, source })?;
            }
        }
        self.buckets.sort_by_key(|(matcher, _)| matcher.rank());
        Ok(MetricsRecorder::new(self))
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
        let own = self.buckets.iter().find(|(matcher, _)| matcher.matches(given));
        match own.map_or(&self.default_buckets, |(_, buckets)| buckets) {
            Buckets::Explicit(boundaries) => metric.buckets(boundaries.iter().copied()),
            Buckets::Exponential => metric.exponential(),
            Buckets::OfUnit => {
                let unit = if unit.is_empty() { unit_in_name(given) } else { unit };
                metric.buckets(default_for(unit))
            }
        }
    }
}
