//! Overriding settings of metrics at the start of the program.

use crate::collect::overrides::override_by_code;
use crate::collect::replacement::{Buckets, Replacement};
use crate::error::Error;
use crate::rules::exponential::ExponentialSettings;
use crate::rules::name::check_metric_name;
use crate::typed::value::Boundary;

/// The settings of a metric that [`override_metric`] replaces.
#[derive(Debug, Clone, Default)]
#[must_use = "an override has no effect until it is given to `override_metric`"]
pub struct Override(Replacement);

impl Override {
    /// Replaces nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the inclusive upper limits of a histogram's buckets. They must be strictly
    /// increasing and finite.
    pub fn buckets(mut self, buckets: impl IntoIterator<Item: Boundary>) -> Self {
        let boundaries = buckets.into_iter().map(Boundary::boundary).collect();
        self.0.buckets = Some(Buckets::Explicit(boundaries));
        self
    }

    /// Makes a histogram [exponential](crate::Metric::exponential). With
    /// [`buckets`](Self::buckets), the last call counts.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{ExponentialSettings, Metric, Override, override_metric};
    /// use typed_metrics::register_metric;
    ///
    /// let small = ExponentialSettings::DEFAULT.max_size(80);
    /// override_metric("grab.duration", Override::new().exponential(small))?;
    /// let grab = register_metric("grab", Metric::histogram("grab.duration").unit("s"))?;
    /// assert_eq!(grab.descriptor().exponential(), Some(small));
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    pub fn exponential(mut self, settings: ExponentialSettings) -> Self {
        self.0.buckets = Some(Buckets::Exponential(settings));
        self
    }

    /// Replaces the series limit, which must be at least 1. It limits the series of metrics with
    /// open labels: text, integers, and the attributes of run-time metrics.
    pub fn series_limit(mut self, limit: usize) -> Self {
        self.0.series_limit = Some(limit);
        self
    }
}

/// Overrides buckets and series limit of a metric, whichever crate defines the metric.
///
/// Call this at the start of the program, before the metric is recorded or read, and before
/// handlers are set. If several crates define the metric, this overrides all definitions. If there
/// is no metric of this name, the override waits for a run-time metric that is registered with the
/// name.
///
/// The first of these that says something determines a setting:
///
/// 1. this function;
/// 2. the variables `TYPED_METRICS_BUCKETS` and `TYPED_METRICS_SERIES_LIMIT`, which are read when
///    handlers are set: `TYPED_METRICS_BUCKETS="shop.duration=5,10,25;rpc.size=64,4096"` and
///    `TYPED_METRICS_SERIES_LIMIT="shop.requests=500"`; `exponential` or `exponential(80)` instead
///    of boundaries makes a histogram exponential;
/// 3. the definition of the metric.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, Override, override_metric, register_metric};
///
/// override_metric("fetch.duration", Override::new().buckets([0.1, 0.5, 2.5]))?;
/// let fetch = register_metric("fetch", Metric::histogram("fetch.duration").unit("s"))?;
/// assert_eq!(fetch.descriptor().boundaries(), [0.1, 0.5, 2.5]);
///
/// let late = override_metric("fetch.duration", Override::new().buckets([1])).unwrap_err();
/// assert!(late.to_string().contains("it is overridden already"));
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// # Errors
/// - [`Error::Name`] or [`Error::Buckets`] if the name or the buckets break their rule.
/// - [`Error::Override`] if the metric is in use already or overridden with other settings, if it
///   is no histogram but gets buckets, if the settings of exponential buckets break their rule, or
///   if the limit is 0.
pub fn override_metric(name: &str, settings: Override) -> Result<(), Error> {
    check_metric_name(name).map_err(|source| Error::Name {
        what: "metric name",
        name: name.to_owned(),
        source,
    })?;
    override_by_code(name, settings.0)
}
