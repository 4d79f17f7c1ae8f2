//! The registry of a catalog.

use typed_metrics_core::{Descriptor, MetricType, ValueType, buckets};

use super::attribute::attributes;
use super::registry::{
    Annotations, Attribute, CodeGeneration, Deprecated, Group, Manifest, Presentation, Registry,
    RequirementLevel,
};
use crate::catalog::Catalog;
use crate::document::Document;
use crate::entry::{Entry, Kind};

/// The metrics of a catalog as a registry of OpenTelemetry's semantic conventions, which [weaver]
/// checks, compares and renders.
///
/// ```
/// use typed_metrics_catalog::{Catalog, SemanticConventions, to_enum};
/// use typed_metrics_core::{Metric, register_metric};
///
/// let metric = Metric::counter("ferry.trips").unit("{trip}").description("Trips made.");
/// register_metric("ferry.trips", metric).unwrap();
/// let ferry = Catalog::of_program().only(|entry| entry.name().starts_with("ferry"));
///
/// let documents = SemanticConventions::new("https://example.com/schemas/ferry/1.0.0").documents(&ferry);
/// let [manifest, metrics] = &documents[..] else { panic!() };
/// assert_eq!((&*manifest.path, &*metrics.path), ("manifest.yaml", "metrics.yaml"));
/// assert!(manifest.text.starts_with("schema_url: https://example.com/schemas/ferry/1.0.0\n"));
/// assert!(metrics.text.contains("\n  metric_name: ferry.trips\n  brief: Trips made.\n"));
/// ```
///
/// - The files have the syntax of version 1, with `groups`. They define each attribute once, in a
///   group of its own, and metrics refer to it. An attribute that is an enum in all metrics has the
///   values of all of them.
/// - Metrics of two scopes with one name are one. A metric without a description has its name as
///   the brief, which the syntax requires.
/// - A metric with an old name is there twice: the old one is deprecated and renamed.
/// - States, infos, exponential histograms and buckets other than the default are `annotations`.
/// - Labels of metrics that are registered at run time are known only then, so they are left out.
///
/// [weaver]: https://github.com/open-telemetry/weaver
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SemanticConventions {
    schema_url: String,
    description: String,
    stability: String,
}

impl SemanticConventions {
    /// The registry with this [schema URL], which ends with its version.
    ///
    /// [schema URL]: https://opentelemetry.io/docs/specs/otel/schemas/#schema-url
    pub fn new(schema_url: impl Into<String>) -> Self {
        Self {
            schema_url: schema_url.into(),
            description: "The metrics of this program.".to_owned(),
            stability: "development".to_owned(),
        }
    }

    /// A sentence about the registry.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// The stability of everything in the registry: `stable`, `development` (the default),
    /// `alpha`, `beta` or `release_candidate`.
    #[must_use]
    pub fn stability(self, stability: impl Into<String>) -> Self {
        Self { stability: stability.into(), ..self }
    }

    /// The files of the registry: its manifest and its metrics.
    #[must_use]
    pub fn documents(&self, catalog: &Catalog) -> Vec<Document> {
        let manifest = Manifest {
            schema_url: &self.schema_url,
            description: &self.description,
            stability: &self.stability,
        };
        let mut groups = Vec::new();
        let attributes = attributes(catalog, &self.stability);
        if !attributes.is_empty() {
            groups.push(Group {
                id: "registry.attributes".to_owned(),
                signal: "attribute_group".to_owned(),
                brief: "The labels of the metrics.".to_owned(),
                attributes,
                ..Group::default()
            });
        }
        let metrics = catalog.iter().flat_map(|entry| {
            let old = entry.was().map(|old| self.deprecated(entry, old));
            [Some(self.metric(entry)), old].into_iter().flatten()
        });
        let mut metrics: Vec<Group> = metrics.collect();
        metrics.sort_by(|a, b| {
            let key = |group: &Group| group.deprecated.is_some();
            a.metric_name.cmp(&b.metric_name).then(key(a).cmp(&key(b)))
        });
        metrics.dedup_by(|next, first| {
            let is_same = next.metric_name == first.metric_name;
            if is_same {
                join(first, next);
            }
            is_same
        });
        groups.extend(metrics);
        vec![
            Document::new("manifest.yaml", to_yaml(&manifest)),
            Document::new("metrics.yaml", to_yaml(&Registry { groups })),
        ]
    }

    fn metric(&self, entry: &Entry) -> Group {
        let labels = entry.labels().into_iter().map(|label| {
            let level = if label.is_optional { "recommended" } else { "required" };
            Attribute {
                reference: Some(label.name.to_owned()),
                requirement_level: Some(RequirementLevel::Always(level.to_owned())),
                ..Attribute::default()
            }
        });
        Group {
            id: format!("metric.{}", entry.name()),
            signal: "metric".to_owned(),
            metric_name: Some(entry.name().to_owned()),
            brief: brief(entry),
            instrument: Some(instrument(entry.descriptor().metric_type()).to_owned()),
            unit: Some(entry.unit().to_owned()),
            stability: Some(self.stability.clone()),
            annotations: annotations(entry),
            attributes: labels.collect(),
            ..Group::default()
        }
    }

    /// The metric under its old name.
    fn deprecated(&self, entry: &Entry, old: &str) -> Group {
        Group {
            id: format!("metric.{old}"),
            metric_name: Some(old.to_owned()),
            deprecated: Some(Deprecated::Reason {
                reason: "renamed".to_owned(),
                renamed_to: Some(entry.name().to_owned()),
            }),
            ..self.metric(entry)
        }
    }
}

/// A group must have a brief.
fn brief(entry: &Entry) -> String {
    match entry.description() {
        "" => format!("The metric `{}`.", entry.name()),
        description => description.to_owned(),
    }
}

/// Joins metrics of one name, such as those of two scopes: a registry knows no scopes. An attribute
/// that one of them lacks is not required.
fn join(first: &mut Group, other: &Group) {
    let recommended = || Some(RequirementLevel::Always("recommended".to_owned()));
    let has = |group: &Group, attribute: &Attribute| {
        group.attributes.iter().any(|known| known.reference == attribute.reference)
    };
    for attribute in &mut first.attributes {
        if !has(other, attribute) {
            attribute.requirement_level = recommended();
        }
    }
    for attribute in &other.attributes {
        if !has(first, attribute) {
            let requirement_level = recommended();
            first.attributes.push(Attribute { requirement_level, ..attribute.clone() });
        }
    }
}

/// The name of the instrument in a registry.
fn instrument(metric_type: MetricType) -> &'static str {
    match metric_type {
        MetricType::Counter => "counter",
        MetricType::UpDownCounter => "updowncounter",
        MetricType::Histogram => "histogram",
        _ => "gauge",
    }
}

fn annotations(entry: &Entry) -> Option<Annotations> {
    let kind = match entry.kind() {
        Kind::State(_) => Some("state"),
        Kind::Info => Some("info"),
        Kind::ExponentialHistogram => Some("exponential"),
        _ => None,
    };
    let buckets = match entry.kind() {
        Kind::Histogram(boundaries) if boundaries != buckets::default_for(entry.unit()) => {
            boundaries.to_vec()
        }
        _ => Vec::new(),
    };
    let presentation = Presentation { kind: kind.map(str::to_owned), buckets };
    let value_type = if kind.is_some_and(|kind| kind != "exponential") {
        None
    } else {
        unusual_value_type(entry.descriptor())
    };
    let annotations = Annotations {
        code_generation: value_type
            .map(|value_type| CodeGeneration { metric_value_type: Some(value_type.to_owned()) }),
        typed_metrics: (presentation != Presentation::default()).then_some(presentation),
    };
    (annotations != Annotations::default()).then_some(annotations)
}

/// The type of the values, if it is not the one that a kind of metric has by default.
fn unusual_value_type(descriptor: &Descriptor) -> Option<&'static str> {
    let is_float = descriptor.value_type() == ValueType::F64;
    match (descriptor.metric_type(), is_float) {
        (MetricType::Counter | MetricType::UpDownCounter, true) => Some("double"),
        (MetricType::Gauge | MetricType::Histogram, false) => Some("int"),
        _ => None,
    }
}

fn to_yaml(value: &impl serde::Serialize) -> String {
    // These types have texts as keys, and writing to a string does not fail.
    serde_saphyr::to_string(value).unwrap_or_else(|error| format!("# {error}\n"))
}
