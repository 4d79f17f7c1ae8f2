//! The database that is asked, and the names that metrics have there.

use typed_metrics_prometheus::Naming;

use crate::entry::{Entry, Kind};

/// How queries are written: the names that metrics have in the database, and its query language.
///
/// | constructor | the metrics come | names |
/// |---|---|---|
/// | [`scraped`](Self::scraped), the default | by scrapes of this framework's endpoint | `http_requests_total` |
/// | [`otlp`](Self::otlp) | over OTLP to Prometheus, or through the OpenTelemetry collector | `http_requests_total` |
/// | [`mimir`](Self::mimir) | over OTLP to Mimir, or to Prometheus with `NoTranslation` | `{"http.requests"}` |
/// | [`victoria_metrics`](Self::victoria_metrics) | over OTLP to VictoriaMetrics with `-opentelemetry.usePrometheusNaming` | `http_requests_total` |
///
/// ```
/// use typed_metrics_catalog::{Dialect, Language};
///
/// assert_eq!(Dialect::default(), Dialect::scraped());
/// assert_eq!(Dialect::victoria_metrics().language(), Language::MetricsQl);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dialect {
    naming: Naming,
    language: Language,
    is_scraped: bool,
    classic_is_native: bool,
    job: String,
    instance: String,
}

/// A query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Language {
    /// The language of Prometheus and Mimir.
    #[default]
    PromQl,
    /// The language of VictoriaMetrics.
    MetricsQl,
}

impl Default for Dialect {
    fn default() -> Self {
        Self::scraped()
    }
}

impl Dialect {
    /// Prometheus scrapes the endpoint of this framework.
    ///
    /// Exponential histograms need `scrape_native_histograms: true`: see the guide `prometheus`.
    #[must_use]
    pub fn scraped() -> Self {
        Self { is_scraped: true, ..Self::otlp() }
    }

    /// Prometheus, or a collector before it, receives OTLP and translates the names.
    #[must_use]
    pub fn otlp() -> Self {
        Self {
            naming: Naming::default(),
            language: Language::PromQl,
            is_scraped: false,
            classic_is_native: false,
            job: "job".to_owned(),
            instance: "instance".to_owned(),
        }
    }

    /// Mimir, or Prometheus with the translation strategy `NoTranslation`, receives OTLP and keeps
    /// the names.
    #[must_use]
    pub fn mimir() -> Self {
        Self::otlp().naming(Naming::default().utf8(true).suffixes(false))
    }

    /// VictoriaMetrics receives OTLP, with `-opentelemetry.usePrometheusNaming`. Without that
    /// option, it keeps the names, as [`mimir`](Self::mimir) does: set the same
    /// [`naming`](Self::naming).
    ///
    /// VictoriaMetrics has the attributes of the resource as labels, so a job is its
    /// `service.name`.
    #[must_use]
    pub fn victoria_metrics() -> Self {
        let dialect = Self { language: Language::MetricsQl, ..Self::otlp() };
        dialect.identity("service.name", "service.instance.id")
    }

    /// The translation of names.
    #[must_use]
    pub fn naming(self, naming: Naming) -> Self {
        Self { naming, ..self }
    }

    /// The translation of names that is set.
    pub(crate) fn own_naming(&self) -> &Naming {
        &self.naming
    }

    /// The query language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The names of the labels, or of the attributes, that tell a program and one process of the
    /// program. The defaults are `job` and `instance`.
    #[must_use]
    pub fn identity(self, job: impl Into<String>, instance: impl Into<String>) -> Self {
        Self { job: job.into(), instance: instance.into(), ..self }
    }

    /// Whether the database converts histograms with boundaries to native histograms, as Prometheus
    /// does with `convert_classic_histograms_to_nhcb`. The default is `false`.
    #[must_use]
    pub fn classic_is_native(self, classic_is_native: bool) -> Self {
        Self { classic_is_native, ..self }
    }

    /// The name of the label that tells the program.
    pub(crate) fn job(&self) -> String {
        self.label(&self.job)
    }

    /// The name of the label that tells the process.
    pub(crate) fn instance(&self) -> String {
        self.label(&self.instance)
    }

    /// The name of a metric, without `_bucket`, `_sum` and `_count`.
    pub(crate) fn metric(&self, entry: &Entry) -> String {
        if self.is_scraped {
            self.naming.metric_name(entry.descriptor())
        } else {
            self.naming.metric_name_over_otlp(entry.descriptor())
        }
    }

    /// The name of a label.
    pub(crate) fn label(&self, name: &str) -> String {
        self.naming.label_name(name).into_owned()
    }

    /// The names that the label with the state can have. A scrape in OpenMetrics 1.0 gives the
    /// label the name of the metric.
    pub(crate) fn state_labels(&self, entry: &Entry, label: &str) -> Vec<String> {
        let mut names = vec![self.label(label)];
        if self.is_scraped && names[0] != self.metric(entry) {
            names.push(self.metric(entry));
        }
        names
    }

    /// How the buckets of a histogram are stored; `None` for another kind.
    pub(crate) fn buckets(&self, kind: Kind) -> Option<Buckets> {
        match (kind, self.language) {
            (Kind::Histogram(_), _) if !self.classic_is_native => Some(Buckets::Classic),
            (Kind::Histogram(_), _) | (Kind::ExponentialHistogram, Language::PromQl) => {
                Some(Buckets::Native)
            }
            (Kind::ExponentialHistogram, Language::MetricsQl) => Some(Buckets::Ranges),
            _ => None,
        }
    }
}

/// How the buckets of a histogram are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buckets {
    /// A series for each upper limit, in the label `le`.
    Classic,
    /// One series has all buckets.
    Native,
    /// A series for each range of values, in VictoriaMetrics' label `vmrange`.
    Ranges,
}
