//! The settings of a scrape.

use crate::naming::Naming;
use crate::scope::scope_labels;

/// What a scrape contains besides the metrics, and how names are written.
///
/// ```
/// use typed_metrics_prometheus::{Format, Naming, Settings};
/// use typed_metrics_core::Snapshot;
///
/// let settings = Settings::default()
///     .naming(Naming::default().suffixes(false))
///     .resource([("service.name", "shop"), ("service.version", "1.2.0")]);
/// let mut scrape = Vec::new();
/// Format::Text.encode(&Snapshot::default(), &settings, &mut scrape);
/// let expected = concat!(
///     "# HELP target_info Target metadata\n",
///     "# TYPE target_info gauge\n",
///     "target_info{service_name=\"shop\",service_version=\"1.2.0\"} 1\n",
/// );
/// assert_eq!(String::from_utf8(scrape).unwrap(), expected);
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    pub(crate) naming: Naming,
    pub(crate) resource: Vec<(String, String)>,
    pub(crate) scope: Vec<(String, String)>,
    pub(crate) created: bool,
}

impl Settings {
    /// How names and units are written.
    #[must_use]
    pub fn naming(self, naming: Naming) -> Self {
        Self { naming, ..self }
    }

    /// The attributes of the resource, which become the labels of the metric `target_info`. Without
    /// attributes, which is the default, there is no such metric.
    #[must_use]
    pub fn resource<N: Into<String>, V: Into<String>>(
        self,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let attributes = attributes.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { resource: attributes.collect(), ..self }
    }

    /// Adds the labels `otel_scope_name` and `otel_scope_version` to each series of a metric that
    /// has no [scope](typed_metrics_core::Scope) of its own. By default, there are no such labels.
    ///
    /// A metric with a scope always has these labels, and `otel_scope_schema_url` and
    /// `otel_scope_NAME` for the attributes of its scope, as the [compatibility specification]
    /// says.
    ///
    /// [compatibility specification]: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#instrumentation-scope-1
    #[must_use]
    pub fn scope(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { scope: scope_labels(&name.into(), Some(&version.into()), None), ..self }
    }

    /// Whether OpenMetrics 1.0 gets a sample `…_created` for each counter and histogram: the time
    /// since which the series counts, in seconds since the Unix epoch. The default is `false`,
    /// because Prometheus stores these samples as series of their own.
    ///
    /// OpenMetrics 2.0 and protobuf always have this time; they state it with the value.
    #[must_use]
    pub fn created(self, created: bool) -> Self {
        Self { created, ..self }
    }
}
