//! One metric of a catalog.

use typed_metrics_core::{
    Descriptor, FunctionObjective, LabelDescriptor, LabelValue, MetricType, Source,
};

/// A metric, with all its definitions.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Not empty.
    definitions: Vec<&'static Descriptor>,
}

/// The kind of a metric, as far as its presentation depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A sum that only grows.
    Counter,
    /// A sum that also shrinks.
    UpDownCounter,
    /// A last value.
    Gauge,
    /// A distribution in buckets with these boundaries.
    Histogram(&'static [f64]),
    /// A distribution in buckets that adapt to the values.
    ExponentialHistogram,
    /// One series for each state, with the value 1 in the current one. The label has this name.
    State(&'static str),
    /// Facts as labels.
    Info,
}

/// A label of a metric, from all definitions of the metric.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryLabel {
    /// The name.
    pub name: &'static str,
    /// The values.
    pub values: LabelValues,
    /// Whether series may lack the label: because a definition of the metric lacks it, or because
    /// its type is an `Option` of a type with fixed values.
    pub is_optional: bool,
}

/// The values of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelValues {
    /// They are known only when they are recorded.
    Open,
    /// These, and no others.
    Fixed(Vec<String>),
}

impl Entry {
    /// The metric of these definitions; `None` if there are none.
    pub(crate) fn new(definitions: &[&'static Descriptor]) -> Option<Self> {
        (!definitions.is_empty()).then(|| Self { definitions: definitions.to_vec() })
    }

    /// The definitions of the metric. There is at least one.
    #[must_use]
    pub fn definitions(&self) -> &[&'static Descriptor] {
        &self.definitions
    }

    /// The definition that decides where several differ.
    #[must_use]
    pub fn descriptor(&self) -> &'static Descriptor {
        self.definitions[0]
    }

    /// The name of the metric.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.descriptor().name()
    }

    /// The kind of the metric.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let descriptor = self.descriptor();
        if let Some(label) = descriptor.state_label() {
            return Kind::State(label);
        }
        match descriptor.metric_type() {
            _ if descriptor.is_info() => Kind::Info,
            MetricType::Counter => Kind::Counter,
            MetricType::UpDownCounter => Kind::UpDownCounter,
            MetricType::Histogram if descriptor.exponential().is_some() => {
                Kind::ExponentialHistogram
            }
            MetricType::Histogram => Kind::Histogram(descriptor.boundaries()),
            _ => Kind::Gauge,
        }
    }

    /// The unit, in [UCUM] or in braces; empty if there is none.
    ///
    /// [UCUM]: https://ucum.org/ucum
    #[must_use]
    pub fn unit(&self) -> &'static str {
        self.descriptor().unit()
    }

    /// The description; empty if no definition has one.
    #[must_use]
    pub fn description(&self) -> &'static str {
        let mut texts = self.definitions.iter().map(|definition| definition.description());
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// The old name of the metric, if it was renamed.
    #[must_use]
    pub fn was(&self) -> Option<&'static str> {
        self.definitions.iter().find_map(|definition| definition.was())
    }

    /// The place in the source code of the first definition.
    #[must_use]
    pub fn source(&self) -> Source {
        self.descriptor().source()
    }

    /// The enum of the first definition; `None` for a metric that is registered at run time.
    #[must_use]
    pub fn group(&self) -> Option<&'static str> {
        self.source().item.split_once("::").map(|(group, _)| group)
    }

    /// The crate of the first definition; empty for a metric that is registered at run time.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        self.source().module.split("::").next().unwrap_or_default()
    }

    /// The objectives of the timed functions that record to the metric.
    #[must_use]
    pub fn objectives(&self) -> Vec<FunctionObjective> {
        self.descriptor().objectives()
    }

    /// The labels of all definitions, in the order of the first definition that has them.
    #[must_use]
    pub fn labels(&self) -> Vec<EntryLabel> {
        let mut labels: Vec<EntryLabel> = Vec::new();
        for definition in &self.definitions {
            for label in definition.labels() {
                match labels.iter_mut().find(|known| known.name == label.name()) {
                    Some(known) => known.values.add(LabelValues::of(label)),
                    None => labels.push(EntryLabel {
                        name: label.name(),
                        values: LabelValues::of(label),
                        is_optional: self.definitions.iter().any(|d| may_lack(d, label.name())),
                    }),
                }
            }
        }
        labels
    }
}

/// Whether the definition has no such label, or one that may be absent.
fn may_lack(definition: &Descriptor, label: &str) -> bool {
    let mut labels = definition.labels().iter().filter(|other| other.name() == label);
    labels.next().is_none_or(LabelDescriptor::is_optional)
}

/// The value as it is. Its `Display` escapes control characters.
pub(crate) fn text_of(value: LabelValue) -> String {
    match value {
        LabelValue::Str(text) => text.to_string(),
        value => value.to_string(),
    }
}

impl LabelValues {
    fn of(label: &LabelDescriptor) -> Self {
        let Some(count) = label.cardinality() else { return Self::Open };
        let values = (0..count).filter_map(|index| label.value_at(index).to_value());
        let mut values: Vec<String> = values.map(text_of).collect();
        values.sort();
        Self::Fixed(values)
    }

    fn add(&mut self, other: Self) {
        match (self, other) {
            (Self::Fixed(values), Self::Fixed(more)) => {
                values.extend(more);
                values.sort();
                values.dedup();
            }
            (values, _) => *values = Self::Open,
        }
    }
}
