//! What the rendered files say besides the metrics.

use typed_metrics_prometheus::Naming;

use crate::anchor::anchor;
use crate::entry::Entry;

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
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    pub(crate) title: String,
    pub(crate) naming: Naming,
    pub(crate) documentation: Option<String>,
    pub(crate) source: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "Metrics".to_owned(),
            naming: Naming::default(),
            documentation: None,
            source: None,
        }
    }
}

impl Settings {
    /// The name of the program, as the title of the files. The default is `Metrics`.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// The names that the metrics have in Prometheus.
    ///
    /// The default is right for programs that Prometheus scrapes, and for OTLP that Prometheus or
    /// the OpenTelemetry collector translates. `Naming::default().utf8(true).suffixes(false)` is
    /// right for OTLP that is stored without translation, as Mimir and Prometheus
    /// (`translation_strategy: NoTranslation`) can.
    #[must_use]
    pub fn naming(self, naming: Naming) -> Self {
        Self { naming, ..self }
    }

    /// The address at which people read the rendered `metrics.html` or `metrics.md`. Dashboards and
    /// alerts then link each metric to its description there. By default, they have no such links.
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

    /// The address of the description of a metric.
    #[allow(dead_code, reason = "for the renderers of dashboards and rules")]
    pub(crate) fn documentation_of(&self, entry: &Entry) -> Option<String> {
        Some(format!("{}#{}", self.documentation.as_deref()?, anchor(entry)))
    }
}
