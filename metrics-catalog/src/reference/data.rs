//! The catalog as data: the contents of `catalog.json`, which `catalog.schema.json` describes.

use serde::Serialize;
use typed_metrics_core::{FunctionObjective, Objective, Source};

use crate::anchor::anchor;
use crate::catalog::Catalog;
use crate::document::NOTICE;
use crate::entry::{Entry, EntryLabel, Kind, LabelValues};
use crate::settings::Settings;

/// The version of the schema. It grows when a fact is removed or gets another meaning.
const VERSION: u32 = 1;

/// The name of the file with the schema, which the catalog refers to.
pub(crate) const SCHEMA_FILE: &str = "catalog.schema.json";

/// The catalog as data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Data {
    #[serde(rename = "$schema")]
    pub(crate) schema: &'static str,
    pub(crate) notice: &'static str,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) metrics: Vec<Metric>,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) unit: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// The name in Prometheus.
    pub(crate) prometheus_name: String,
    /// The anchor in the reference.
    pub(crate) anchor: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<Label>,
    /// The label whose values are states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_label: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) buckets: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exponential: Option<Exponential>,
    /// The old name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) objectives: Vec<Goal>,
    /// `None` if all values of all labels are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) series_limit: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expiry_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<Scope>,
    /// Not empty.
    pub(crate) definitions: Vec<Definition>,
}

/// A label of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Label {
    pub(crate) name: String,
    /// The name in Prometheus.
    pub(crate) prometheus_name: String,
    /// `None` if the values are known only when they are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) optional: bool,
}

/// The settings of an exponential histogram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Exponential {
    pub(crate) max_size: u16,
    pub(crate) zero_threshold: f64,
}

/// An objective of a timed function.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Goal {
    pub(crate) function: String,
    /// The share of the calls that reach the objective: above 0 and below 1.
    pub(crate) share: f64,
    /// The time limit of a call; `None` if the objective is success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) within_seconds: Option<f64>,
    /// The objective in words.
    pub(crate) text: String,
}

/// The library that records the metric through OpenTelemetry's API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Scope {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
}

/// A place in the source code that defines a metric. Without the line, so that a change elsewhere
/// in the file changes no catalog.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Definition {
    /// The enum and the variant.
    pub(crate) item: String,
    #[serde(rename = "crate", skip_serializing_if = "String::is_empty")]
    pub(crate) crate_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) module: String,
    /// `None` if the path depends on the machine that compiled the crate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Data {
    pub(crate) fn of(catalog: &Catalog, settings: &Settings) -> Self {
        Self {
            schema: SCHEMA_FILE,
            notice: NOTICE,
            version: VERSION,
            title: settings.title_or_default(),
            metrics: catalog.iter().map(|entry| Metric::of(entry, settings)).collect(),
        }
    }
}

impl Metric {
    pub(crate) fn of(entry: &Entry, settings: &Settings) -> Self {
        let descriptor = entry.descriptor();
        let labels = entry.labels();
        // The labels of a metric that is registered at run time come with its measurements.
        let is_open = labels.iter().any(|label| label.values == LabelValues::Open)
            || entry.source().module.is_empty();
        Self {
            name: entry.name().to_owned(),
            kind: kind(entry.kind()),
            value: descriptor.value_type().to_string(),
            unit: entry.unit().to_owned(),
            description: entry.description().to_owned(),
            prometheus_name: settings.dialect.metric(entry),
            anchor: anchor(entry),
            labels: labels.into_iter().map(|label| Label::of(label, settings)).collect(),
            state_label: descriptor.state_label().map(str::to_owned),
            buckets: descriptor.boundaries().to_vec(),
            exponential: descriptor.exponential().map(|settings| Exponential {
                max_size: settings.max_size,
                zero_threshold: settings.zero_threshold,
            }),
            was: entry.was().map(str::to_owned),
            objectives: Goal::all(entry),
            series_limit: is_open.then(|| descriptor.series_limit()),
            expiry_seconds: descriptor.expiry().map(|expiry| expiry.as_secs_f64()),
            scope: descriptor.scope().map(|scope| Scope {
                name: scope.name().to_owned(),
                version: scope.version().map(str::to_owned),
            }),
            definitions: Definition::all(entry),
        }
    }
}

/// The name of a kind in the schema.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::UpDownCounter => "up_down_counter",
        Kind::Gauge => "gauge",
        Kind::Histogram(_) => "histogram",
        Kind::ExponentialHistogram => "exponential_histogram",
        Kind::State(_) => "state",
        Kind::Info => "info",
    }
}

impl Label {
    fn of(label: EntryLabel, settings: &Settings) -> Self {
        Self {
            name: label.name.to_owned(),
            prometheus_name: settings.dialect.label(label.name),
            values: match label.values {
                LabelValues::Open => None,
                LabelValues::Fixed(values) => Some(values),
            },
            optional: label.is_optional,
        }
    }
}

impl Goal {
    fn all(entry: &Entry) -> Vec<Self> {
        let mut all: Vec<_> = entry.objectives().iter().filter_map(Self::of).collect();
        // The linker lists the functions in any order.
        all.sort_by(|a, b| (&a.function, &a.text).cmp(&(&b.function, &b.text)));
        all.dedup();
        all
    }

    fn of(objective: &FunctionObjective) -> Option<Self> {
        let (share, within_seconds) = match objective.objective {
            Objective::Latency { within, share } => (share, Some(within.as_secs_f64())),
            Objective::Success { share } => (share, None),
            // Both crates have one version, so both know all objectives.
            _ => return None,
        };
        let function = objective.function.item.to_owned();
        Some(Self { function, share, within_seconds, text: objective.objective.to_string() })
    }
}

impl Definition {
    fn all(entry: &Entry) -> Vec<Self> {
        let mut all = Vec::new();
        for definition in entry.definitions() {
            let definition = Self::of(definition.source());
            if !all.contains(&definition) {
                all.push(definition);
            }
        }
        all
    }

    fn of(source: Source) -> Self {
        Self {
            item: source.item.to_owned(),
            crate_name: source.module.split("::").next().unwrap_or_default().to_owned(),
            module: source.module.to_owned(),
            file: portable(source.file),
        }
    }
}

/// The path of a file of the workspace; `None` for a path that differs between machines, as that of
/// a crate from a registry does.
fn portable(file: &str) -> Option<String> {
    let file = file.replace('\\', "/");
    let is_absolute = file.starts_with('/') || file.get(1..3) == Some(":/");
    let leaves = file.split('/').any(|part| part == "..");
    (!file.is_empty() && !is_absolute && !leaves).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_depend_on_the_machine_are_left_out() {
        let cases = [
            ("src/main.rs", Some("src/main.rs")),
            ("crates\\shop\\src\\lib.rs", Some("crates/shop/src/lib.rs")),
            ("/home/ada/.cargo/registry/src/x-1.0.0/src/lib.rs", None),
            ("C:\\Users\\ada\\x\\src\\lib.rs", None),
            ("../shop/src/lib.rs", None),
            ("", None),
        ];
        for (file, expected) in cases {
            assert_eq!(portable(file).as_deref(), expected, "{file}");
        }
    }
}
