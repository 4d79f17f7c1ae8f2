//! The builder of a recorder.

use std::time::Duration;

use super::error::RecorderError;
use super::installed;
use super::matcher::Matcher;
use super::recorder::MetricsRecorder;
use super::settings::{Buckets, BucketsFor, Settings};

/// Settings of a [`MetricsRecorder`].
///
/// ```
/// use std::time::Duration;
/// use typed_metrics_bridge::{Matcher, MetricsRecorder};
///
/// MetricsRecorder::builder()
///     .buckets_for(Matcher::suffix("_seconds"), [0.1, 1.0, 10.0])
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
pub struct RecorderBuilder(Settings);

/// The beginnings.
impl MetricsRecorder {
    /// Installs a recorder with the default settings for the whole program.
    ///
    /// **Install it at the beginning of `main`.** The macros of `metrics` drop what is recorded
    /// before, as they do with every recorder, and a handle that was made before drops all that is
    /// recorded through it for ever: a `static` or a field that keeps the result of `counter!`
    /// must be made later. Handlers may come later: they export what was recorded before them.
    ///
    /// # Errors
    /// [`RecorderError::AlreadyInstalled`] if the program has a recorder already.
    pub fn install() -> Result<(), RecorderError> {
        Self::builder().install()
    }

    /// Settings of a recorder.
    pub fn builder() -> RecorderBuilder {
        RecorderBuilder(Settings::default())
    }
}

impl RecorderBuilder {
    /// The buckets of histograms for which no other buckets are set: inclusive upper limits, finite
    /// and strictly increasing.
    ///
    /// Without this setting, they depend on the [unit](typed_metrics_core::buckets::default_for):
    /// the one that the histogram was described with before its first use, or the one at the end of
    /// its name, such as `_seconds`.
    pub fn buckets(mut self, boundaries: impl IntoIterator<Item = f64>) -> Self {
        self.0.default_buckets = Buckets::Explicit(boundaries.into_iter().collect());
        self
    }

    /// The buckets of the histograms that match.
    pub fn buckets_for(
        mut self,
        matcher: Matcher,
        boundaries: impl IntoIterator<Item = f64>,
    ) -> Self {
        let buckets = Buckets::Explicit(boundaries.into_iter().collect());
        self.0.buckets.push(BucketsFor::new(matcher, buckets));
        self
    }

    /// Makes the histograms exponential for which no buckets are set: their buckets adapt to the
    /// values.
    pub fn exponential(mut self) -> Self {
        self.0.default_buckets = Buckets::Exponential;
        self
    }

    /// Makes the histograms that match exponential.
    pub fn exponential_for(mut self, matcher: Matcher) -> Self {
        self.0.buckets.push(BucketsFor::new(matcher, Buckets::Exponential));
        self
    }

    /// Removes series in which nothing was recorded for this time. By default, the [expiry of the
    /// process](typed_metrics_core::set_default_expiry) holds.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.0.idle_timeout = Some(timeout);
        self
    }

    /// The maximum number of series of each metric, 2000 by default and at least 1. Measurements
    /// with further label values are recorded in the overflow series.
    pub fn series_limit(mut self, limit: usize) -> Self {
        self.0.series_limit = limit.max(1);
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
        self.0.keeps_prometheus_names = as_given;
        self
    }

    /// Installs the recorder for the whole program, at the beginning of `main`: what is recorded
    /// before is lost, as [`MetricsRecorder::install`] says.
    ///
    /// # Errors
    /// [`RecorderError`] if buckets break a rule, if a matcher is empty or there twice, or if the
    /// program has a recorder already.
    pub fn install(self) -> Result<(), RecorderError> {
        let recorder = self.build()?;
        let settings = recorder.settings().clone();
        metrics::set_global_recorder(recorder).map_err(|_| RecorderError::AlreadyInstalled)?;
        installed::set(settings);
        Ok(())
    }

    /// The recorder, for [`metrics::with_local_recorder`] and for the layers of `metrics-util`.
    ///
    /// # Errors
    /// [`RecorderError`] if buckets break a rule, or if a matcher is empty or there twice.
    pub fn build(self) -> Result<MetricsRecorder, RecorderError> {
        self.0.checked().map(MetricsRecorder::new)
    }
}
