//! What the rendered files say besides the metrics.

use typed_metrics_prometheus::Naming;

use crate::grafana::settings::DashboardSettings;
use crate::promql::dialect::Dialect;
use crate::rules::settings::RuleSettings;
use crate::semconv::conventions::SemanticConventions;

/// How the metrics of a [`Catalog`](crate::Catalog) are rendered.
///
/// ```
/// use typed_metrics_catalog::{Catalog, Settings, documents};
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::Metric;
///
/// typed_metrics::register_metric("jobs", Metric::counter("jobs").unit("{job}")).unwrap();
/// let settings = Settings::default().title("Worker");
/// let documents = documents(&Catalog::of_program(), &settings);
/// let page = documents.iter().find(|document| document.path == "metrics.md").unwrap();
/// assert!(page.text.contains("# Worker"));
/// assert!(page.text.contains("`jobs_total`"));
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    pub(crate) program: Option<String>,
    pub(crate) dialect: Dialect,
    pub(crate) documentation: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) dashboards: DashboardSettings,
    pub(crate) rules: RuleSettings,
    pub(crate) conventions: Option<SemanticConventions>,
}

impl Settings {
    /// The name of the program, as the title of the files. The default is `Metrics`.
    ///
    /// It also sets [`DashboardSettings::program`].
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { program: Some(title.into()), ..self }
    }

    /// The title of the reference.
    pub(crate) fn title_or_default(&self) -> String {
        self.program.clone().unwrap_or_else(|| "Metrics".to_owned())
    }

    /// The database with the metrics: the names that the metrics have there, and its query
    /// language. The default is [`Dialect::scraped`].
    ///
    /// It replaces the dialects of [`dashboards`](Self::dashboards) and of [`rules`](Self::rules).
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The names that the metrics have in the database, if they are not those of the
    /// [`dialect`](Self::dialect).
    #[must_use]
    pub fn naming(self, naming: Naming) -> Self {
        Self { dialect: self.dialect.naming(naming), ..self }
    }

    /// The address at which people read the rendered `metrics.html` or `metrics.md`. Dashboards
    /// then link each metric to its description there. By default, they have no such links.
    #[must_use]
    pub fn documentation(self, url: impl Into<String>) -> Self {
        Self { documentation: Some(url.into()), ..self }
    }

    /// The address that the path of a source file is appended to, such as
    /// `https://github.com/acme/shop/blob/main/`. The reference then links each metric to the file
    /// that declares it. By default, the reference names the file without a link.
    #[must_use]
    pub fn source(self, url: impl Into<String>) -> Self {
        Self { source: Some(url.into()), ..self }
    }

    /// How dashboards are made.
    #[must_use]
    pub fn dashboards(self, dashboards: DashboardSettings) -> Self {
        Self { dashboards, ..self }
    }

    /// How recording rules and alerts are made. Its
    /// [`allow_nearest_boundary`](RuleSettings::allow_nearest_boundary) is also for the dashboard of
    /// objectives.
    #[must_use]
    pub fn rules(self, rules: RuleSettings) -> Self {
        Self { rules, ..self }
    }

    /// The registry of semantic conventions. Without one, which is the default, no registry is
    /// rendered, because a registry has an address of its own.
    #[must_use]
    pub fn conventions(self, conventions: SemanticConventions) -> Self {
        Self { conventions: Some(conventions), ..self }
    }
}
