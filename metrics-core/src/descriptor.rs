//! What is known of a metric without looking at its values.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::key::{LabelType, label_type};
use crate::label::{Label, LabelRef};
use crate::objective::FunctionObjective;
use crate::timed::objectives_of;

/// The series limit of a metric that states none; OpenTelemetry's default too.
pub const DEFAULT_SERIES_LIMIT: usize = 2000;

/// What kind of instrument a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MetricType {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// A value of which the last one counts.
    Gauge,
    /// A distribution of values.
    Histogram,
}

// What the derive and the engine both have to know of kinds of metric.
#[doc(hidden)]
impl MetricType {
    #[allow(missing_docs)]
    pub const ALL: [Self; 4] = [Self::Counter, Self::UpDownCounter, Self::Gauge, Self::Histogram];

    /// The name of its attribute.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up_down_counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// With its article.
    #[must_use]
    pub const fn in_prose(self) -> &'static str {
        match self {
            Self::Counter => "a counter",
            Self::UpDownCounter => "an up-down counter",
            Self::Gauge => "a gauge",
            Self::Histogram => "a histogram",
        }
    }

    /// The types that its values can have; the first one is what the derive takes by default.
    #[must_use]
    pub const fn value_types(self) -> &'static [ValueType] {
        match self {
            Self::Counter => &[ValueType::U64, ValueType::F64],
            Self::UpDownCounter => &[ValueType::I64, ValueType::F64],
            Self::Gauge => &[ValueType::F64, ValueType::I64, ValueType::U64],
            Self::Histogram => &[ValueType::F64, ValueType::U64],
        }
    }
}

impl fmt::Display for MetricType {
    /// As the derive's attributes write it: `counter`, `up_down_counter`, `gauge`, `histogram`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The type of a metric's values, as exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ValueType {
    /// Unsigned integers.
    U64,
    /// Signed integers.
    I64,
    /// Floats.
    F64,
}

#[doc(hidden)]
impl ValueType {
    #[allow(missing_docs)]
    pub const ALL: [Self; 3] = [Self::U64, Self::I64, Self::F64];

    /// As Rust writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where in the source a metric is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The file, as `file!` gives it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The module.
    pub module: &'static str,
    /// The enum and the variant, or the call that registered the metric.
    pub item: &'static str,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}:{}", self.item, self.file, self.line)
    }
}

/// One label of a metric: its name and, if it is fixed, its values.
#[derive(Clone, Copy)]
pub struct LabelDescriptor {
    name: &'static str,
    /// What the variant calls it.
    field: &'static str,
    cardinality: Option<usize>,
    value_at: fn(usize) -> LabelRef<'static>,
}

impl LabelDescriptor {
    /// The label `name` of type `L`.
    #[must_use]
    pub const fn of<L: Label>(name: &'static str) -> Self {
        Self::new(name, label_type::<L>())
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn new<L: ?Sized>(name: &'static str, label_type: LabelType<L>) -> Self {
        Self {
            name,
            field: name,
            cardinality: label_type.cardinality,
            value_at: label_type.value_at,
        }
    }

    /// The same, for a label that has another name than its field.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    pub(crate) const fn field(&self) -> &'static str {
        self.field
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many values it has, if that is known while compiling.
    #[must_use]
    pub const fn cardinality(&self) -> Option<usize> {
        self.cardinality
    }

    /// The value at place `index` of a fixed label.
    #[must_use]
    pub fn value_at(&self, index: usize) -> LabelRef<'static> {
        (self.value_at)(index)
    }
}

impl PartialEq for LabelDescriptor {
    /// By name and values; two enums with the same values are the same label.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.cardinality == other.cardinality
            && (0..self.cardinality.unwrap_or(0)).all(|i| self.value_at(i) == other.value_at(i))
    }
}

impl fmt::Debug for LabelDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelDescriptor")
            .field("name", &self.name)
            .field("cardinality", &self.cardinality)
            .finish_non_exhaustive()
    }
}

impl Serialize for LabelDescriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: Option<Vec<_>> = self
            .cardinality
            .map(|count| (0..count).filter_map(|i| self.value_at(i).to_value()).collect());
        let mut s = serializer.serialize_struct("LabelDescriptor", 2)?;
        s.serialize_field("name", self.name)?;
        s.serialize_field("values", &values)?;
        s.end()
    }
}

/// The facts of a [`Descriptor`], as the derive writes them.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Definition {
    pub name: &'static str,
    pub metric_type: MetricType,
    pub value_type: ValueType,
    pub unit: &'static str,
    pub description: &'static str,
    pub labels: &'static [LabelDescriptor],
    pub boundaries: &'static [f64],
    pub series_limit: usize,
    pub source: Source,
}

/// What is known of a metric without looking at its values.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, MetricType};
///
/// let metric = Metric::gauge("queue_depth").unit("{job}");
/// let queue = typed_metrics::register_metric("queue_depth", metric).unwrap();
/// assert_eq!(queue.descriptor().name(), "queue_depth");
/// assert_eq!(queue.descriptor().metric_type(), MetricType::Gauge);
/// assert_eq!(queue.descriptor().series_limit(), 2000);
/// ```
#[derive(Debug)]
pub struct Descriptor(Definition);

impl Descriptor {
    pub(crate) const fn new(definition: Definition) -> Self {
        Self(definition)
    }

    pub(crate) const fn definition(&self) -> &Definition {
        &self.0
    }

    /// The full name, prefix included.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    /// What kind of instrument it is.
    #[must_use]
    pub const fn metric_type(&self) -> MetricType {
        self.0.metric_type
    }

    /// The type of its values.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        self.0.value_type
    }

    /// Its UCUM unit; empty if none is stated.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        self.0.unit
    }

    /// What it measures, in words.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.0.description
    }

    /// Its labels, in the order of their definition; none for run-time metrics, whose series bring
    /// their own.
    #[must_use]
    pub const fn labels(&self) -> &'static [LabelDescriptor] {
        self.0.labels
    }

    /// Inclusive upper limits of a histogram's buckets; empty for other kinds.
    #[must_use]
    pub const fn boundaries(&self) -> &'static [f64] {
        self.0.boundaries
    }

    /// How many series it may have before new ones land in the overflow series.
    #[must_use]
    pub const fn series_limit(&self) -> usize {
        self.0.series_limit
    }

    /// Where it is defined.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.0.source
    }

    /// What is aimed at for the functions that `#[timed(…, objective = …)]` times with this metric, in
    /// every linked crate.
    #[must_use]
    pub fn objectives(&self) -> Vec<FunctionObjective> {
        objectives_of(self)
    }

    /// The first fact in which two definitions of one metric disagree, with both values.
    pub(crate) fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let (a, b) = (&self.0, &other.0);
        let differ = |what, x: &dyn fmt::Debug, y: &dyn fmt::Debug| {
            Some((what, format!("{x:?}"), format!("{y:?}")))
        };
        if a.metric_type != b.metric_type {
            return Some(("type", a.metric_type.to_string(), b.metric_type.to_string()));
        }
        if a.value_type != b.value_type {
            return Some(("value type", a.value_type.to_string(), b.value_type.to_string()));
        }
        if a.unit != b.unit {
            return differ("unit", &a.unit, &b.unit);
        }
        if a.description != b.description {
            return differ("description", &a.description, &b.description);
        }
        if a.labels != b.labels {
            return differ("labels", &label_names(a.labels), &label_names(b.labels));
        }
        if a.boundaries != b.boundaries {
            return differ("buckets", &a.boundaries, &b.boundaries);
        }
        if a.series_limit != b.series_limit {
            return differ("series limit", &a.series_limit, &b.series_limit);
        }
        None
    }
}

fn label_names(labels: &[LabelDescriptor]) -> Vec<&'static str> {
    labels.iter().map(LabelDescriptor::name).collect()
}

impl Serialize for Descriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let d = &self.0;
        let objectives = self.objectives();
        let fields = 9 + usize::from(!objectives.is_empty());
        let mut s = serializer.serialize_struct("Descriptor", fields)?;
        s.serialize_field("name", d.name)?;
        s.serialize_field("type", &d.metric_type)?;
        s.serialize_field("value_type", &d.value_type)?;
        s.serialize_field("unit", d.unit)?;
        s.serialize_field("description", d.description)?;
        s.serialize_field("labels", d.labels)?;
        s.serialize_field("boundaries", d.boundaries)?;
        s.serialize_field("series_limit", &d.series_limit)?;
        s.serialize_field("source", &d.source)?;
        if !objectives.is_empty() {
            s.serialize_field("objectives", &objectives)?;
        }
        s.end()
    }
}
