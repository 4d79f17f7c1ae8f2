//! The definition of a metric.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::kind::{MetricType, ValueType};
use super::label_descriptor::LabelDescriptor;
use super::lifetime::Lifetime;
use super::source::Source;
use crate::labels::set::Labels;
use crate::labels::value::LabelValue;

/// The default series limit of a metric. OpenTelemetry has the same default.
pub const DEFAULT_SERIES_LIMIT: usize = 2000;

/// The fields of a [`Descriptor`], as the derive writes them.
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
    pub lifetime: Lifetime,
    pub source: Source,
}

/// Few tokens for each metric of an enum: the derive writes only what differs from the defaults.
#[allow(missing_docs, reason = "only generated code uses it")]
impl Definition {
    const fn of(
        metric_type: MetricType,
        name: &'static str,
        description: &'static str,
        labels: &'static [LabelDescriptor],
        line: u32,
        item: &'static str,
    ) -> Self {
        Self {
            name,
            metric_type,
            value_type: metric_type.value_types()[0],
            unit: "",
            description,
            labels,
            boundaries: &[],
            series_limit: DEFAULT_SERIES_LIMIT,
            lifetime: Lifetime::UNSET,
            source: Source { file: "", line, module: "", item },
        }
    }

    #[must_use]
    pub const fn counter(
        name: &'static str,
        description: &'static str,
        labels: &'static [LabelDescriptor],
        line: u32,
        item: &'static str,
    ) -> Self {
        Self::of(MetricType::Counter, name, description, labels, line, item)
    }

    #[must_use]
    pub const fn up_down_counter(
        name: &'static str,
        description: &'static str,
        labels: &'static [LabelDescriptor],
        line: u32,
        item: &'static str,
    ) -> Self {
        Self::of(MetricType::UpDownCounter, name, description, labels, line, item)
    }

    #[must_use]
    pub const fn gauge(
        name: &'static str,
        description: &'static str,
        labels: &'static [LabelDescriptor],
        line: u32,
        item: &'static str,
    ) -> Self {
        Self::of(MetricType::Gauge, name, description, labels, line, item)
    }

    #[must_use]
    pub const fn histogram(
        name: &'static str,
        description: &'static str,
        labels: &'static [LabelDescriptor],
        line: u32,
        item: &'static str,
    ) -> Self {
        Self::of(MetricType::Histogram, name, description, labels, line, item)
    }

    #[must_use]
    pub const fn value_type(self, value_type: ValueType) -> Self {
        Self { value_type, ..self }
    }

    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    #[must_use]
    pub const fn boundaries(self, boundaries: &'static [f64]) -> Self {
        Self { boundaries, ..self }
    }

    #[must_use]
    pub const fn series_limit(self, series_limit: usize) -> Self {
        Self { series_limit, ..self }
    }

    #[must_use]
    pub const fn lifetime(self, lifetime: Lifetime) -> Self {
        Self { lifetime, ..self }
    }

    /// The same definition in this file and module.
    pub(crate) const fn placed(self, file: &'static str, module: &'static str) -> Self {
        Self { source: Source { file, module, ..self.source }, ..self }
    }
}

/// The definition of a metric: everything that is known about it without its values.
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

    /// The kind of instrument.
    #[must_use]
    pub const fn metric_type(&self) -> MetricType {
        self.0.metric_type
    }

    /// The type of the metric's values.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        self.0.value_type
    }

    /// The UCUM unit; empty if none is stated.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        self.0.unit
    }

    /// A description of what the metric measures.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.0.description
    }

    /// The labels, in the order of their definition, and then the constant labels, which have one
    /// value. Run-time metrics have only constant labels here: their other labels are the
    /// attributes of each measurement.
    #[must_use]
    pub const fn labels(&self) -> &'static [LabelDescriptor] {
        self.0.labels
    }

    /// The labels that all series have, with their values.
    pub(crate) fn constant_labels(
        &self,
    ) -> impl Iterator<Item = (Cow<'static, str>, LabelValue)> + use<> {
        let constant = self.labels().iter().filter(|label| label.is_constant());
        constant.filter_map(|label| Some((label.name().into(), label.value_at(0).to_value()?)))
    }

    /// The labels of the overflow series.
    pub(crate) fn overflow_labels(&self) -> Labels {
        Labels::overflow(self.constant_labels())
    }

    /// Inclusive upper limits of a histogram's buckets; empty for other kinds.
    #[must_use]
    pub const fn boundaries(&self) -> &'static [f64] {
        self.0.boundaries
    }

    /// The maximum number of series. Measurements with further label values are recorded in the
    /// overflow series.
    #[must_use]
    pub const fn series_limit(&self) -> usize {
        self.0.series_limit
    }

    /// The time without a measurement after which a series is removed; `None` if series are kept.
    /// This is the metric's own expiry or the [default](crate::set_default_expiry).
    #[must_use]
    pub fn expiry(&self) -> Option<Duration> {
        self.0.lifetime.expiry(self.0.metric_type)
    }

    /// Whether collections note when series were recorded last.
    pub(crate) fn is_tracked(&self) -> bool {
        self.0.lifetime.is_tracked()
    }

    /// The place in the source code that defines the metric.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.0.source
    }

    /// The first fact in which two definitions of one metric contradict each other, with both
    /// values.
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
        if a.boundaries != b.boundaries {
            return differ("buckets", &a.boundaries, &b.boundaries);
        }
        None
    }

    /// The first of the facts that may differ between two definitions of one metric and still
    /// surprises a reader, with both values.
    pub(crate) fn variation(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let (a, b) = (&self.0, &other.0);
        if a.description != b.description {
            let (a, b) = (format!("{:?}", a.description), format!("{:?}", b.description));
            return Some(("descriptions", a, b));
        }
        if !are_alike(a.labels, b.labels) {
            return Some(("labels", label_names(a.labels), label_names(b.labels)));
        }
        let (a, b) = (a.lifetime.in_prose(), b.lifetime.in_prose());
        (a != b).then_some(("expiries", a, b))
    }
}

/// Whether the labels are the same. Constant labels may differ in their values, which tell the
/// definitions of one metric apart.
fn are_alike(a: &[LabelDescriptor], b: &[LabelDescriptor]) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len()
        && pairs.all(|(a, b)| a == b || a.is_constant() && b.is_constant() && a.name() == b.name())
}

fn label_names(labels: &[LabelDescriptor]) -> String {
    format!("{:?}", labels.iter().map(LabelDescriptor::name).collect::<Vec<_>>())
}
