//! The settings of rules.

use crate::promql::dialect::Dialect;

/// How recording rules and alerts are made.
///
/// ```
/// use typed_metrics_catalog::RuleSettings;
///
/// let settings = RuleSettings::default().runbook("https://wiki.example.com/slo/{slo}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RuleSettings {
    pub(crate) dialect: Dialect,
    pub(crate) runbook: Option<String>,
    pub(crate) by: Option<Vec<String>>,
    pub(crate) allows_nearest: bool,
}

impl RuleSettings {
    /// The database that evaluates the rules. The default is [`Dialect::scraped`].
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The address of the instructions for an alert, which becomes its annotation `runbook_url`.
    /// `{slo}` stands for the name of the objective. The default is none.
    #[must_use]
    pub fn runbook(self, url: impl Into<String>) -> Self {
        Self { runbook: Some(url.into()), ..self }
    }

    /// The labels for each combination of which an objective holds. The default is the label that
    /// tells the program, `job` in Prometheus.
    #[must_use]
    pub fn by<L: Into<String>>(self, labels: impl IntoIterator<Item = L>) -> Self {
        Self { by: Some(labels.into_iter().map(Into::into).collect()), ..self }
    }

    /// Whether an objective for a time that is no boundary of its histogram is measured at the
    /// nearest boundary below. The default is `false`: the objective is left out.
    ///
    /// At a boundary below, calls count as slow that are fast enough. So the alert may come too
    /// early, but never too late; its description says so.
    #[must_use]
    pub fn allow_nearest_boundary(self, allows_nearest: bool) -> Self {
        Self { allows_nearest, ..self }
    }

    /// The labels, in the database, that rules keep.
    pub(crate) fn kept_labels(&self) -> Vec<String> {
        match &self.by {
            Some(labels) => labels.iter().map(|label| self.dialect.label(label)).collect(),
            None => vec![self.dialect.job()],
        }
    }
}
