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
    pub(crate) tags: Vec<String>,
    pub(crate) range: String,
    pub(crate) refresh: String,
}

impl Default for DashboardSettings {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            documentation: None,
            tags: vec!["typed-metrics".to_owned()],
            range: "now-1h".to_owned(),
            refresh: "30s".to_owned(),
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
}
