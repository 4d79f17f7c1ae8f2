//! The settings of dashboards.

use crate::promql::dialect::Dialect;

/// How dashboards are made.
///
/// ```
/// use typed_metrics_catalog::{DashboardSettings, Dialect};
///
/// let settings = DashboardSettings::default()
///     .dialect(Dialect::victoria_metrics())
///     .documentation("https://docs.example.com/metrics.html");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DashboardSettings {
    pub(crate) dialect: Dialect,
    pub(crate) documentation: Option<String>,
    pub(crate) program: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) range: String,
    pub(crate) refresh: String,
    pub(crate) allows_nearest: bool,
}

impl Default for DashboardSettings {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            documentation: None,
            program: None,
            tags: vec!["typed-metrics".to_owned()],
            range: "now-1h".to_owned(),
            refresh: "30s".to_owned(),
            allows_nearest: false,
        }
    }
}

impl DashboardSettings {
    /// The database that is asked. The default is [`Dialect::scraped`].
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The address of the reference of all metrics. Each dashboard links to it, and each panel to
    /// the metric's name as a fragment. The default is none.
    #[must_use]
    pub fn documentation(self, url: impl Into<String>) -> Self {
        Self { documentation: Some(url.into()), ..self }
    }

    /// The name of the program. It is a part of the title and of the identity of each dashboard, so
    /// the dashboards of several programs are beside each other in one Grafana. The default is
    /// none: dashboards of other programs without a name then replace those of the same title.
    ///
    /// ```
    /// use typed_metrics_catalog::{Catalog, DashboardSettings, dashboards};
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, register_metric};
    ///
    /// register_metric("jobs.open", Metric::gauge("jobs.open")).unwrap();
    /// let settings = DashboardSettings::default().program("Shop");
    /// let documents = dashboards(&Catalog::of_program(), &settings);
    /// assert!(documents[0].text.contains(r#""title": "Shop: Run-time metrics""#));
    /// ```
    #[must_use]
    pub fn program(self, name: impl Into<String>) -> Self {
        Self { program: Some(name.into()), ..self }
    }

    /// The tags of the dashboards. The default is `typed-metrics`. Each dashboard links to all
    /// others that have the first tag.
    #[must_use]
    pub fn tags<T: Into<String>>(self, tags: impl IntoIterator<Item = T>) -> Self {
        Self { tags: tags.into_iter().map(Into::into).collect(), ..self }
    }

    /// The beginning of the time range, as Grafana writes it. The default is `now-1h`.
    #[must_use]
    pub fn from(self, from: impl Into<String>) -> Self {
        Self { range: from.into(), ..self }
    }

    /// The time between two refreshes, as Grafana writes it; empty for none. The default is `30s`.
    #[must_use]
    pub fn refresh(self, refresh: impl Into<String>) -> Self {
        Self { refresh: refresh.into(), ..self }
    }

    /// Whether an objective for a time that is no boundary of its histogram is shown by the nearest
    /// boundary below, as [`RuleSettings::allow_nearest_boundary`] does for rules. The default is
    /// `false`: the dashboard of objectives leaves it out.
    ///
    /// [`RuleSettings::allow_nearest_boundary`]: crate::RuleSettings::allow_nearest_boundary
    #[must_use]
    pub fn allow_nearest_boundary(self, allows_nearest: bool) -> Self {
        Self { allows_nearest, ..self }
    }
}
