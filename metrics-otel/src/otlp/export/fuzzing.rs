//! The encoder without a registry and without threads: for the target `otlp` in `fuzz/`.

use opentelemetry::{Key, Value as Attribute};
use typed_metrics_core::{Exemplar, Labels, MetricType, Scope, Value};

use super::attribute::{AnyValue, put_attribute};
use super::batches::{Aggregation, Batches};
use super::data_point::{Common, Data};
use super::exemplar::put_exemplar;
use super::head::{Head, ScopeHead};

/// The metrics of a scope.
#[derive(Debug)]
pub struct OfScope {
    /// The scope.
    pub scope: Scope,
    /// Its metrics.
    pub metrics: Vec<OfMetric>,
}

/// The data points of a metric.
#[derive(Debug)]
pub struct OfMetric {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The unit.
    pub unit: String,
    /// The kind, which agrees with the values.
    pub metric_type: MetricType,
    /// Whether the values are changes.
    pub is_delta: bool,
    /// The data points. Histograms are all exponential, or none is.
    pub points: Vec<DataPoint>,
}

/// One data point.
#[derive(Debug)]
pub struct DataPoint {
    /// The value: an `I64`, an `F64` or a histogram.
    pub value: Value,
    /// The labels.
    pub labels: Labels,
    /// Since when the value counts, in nanoseconds; 0 if not known.
    pub start: u64,
    /// In nanoseconds.
    pub time: u64,
    /// The exemplars, each with its time in nanoseconds.
    pub exemplars: Vec<(Exemplar, u64)>,
}

/// Encodes the scopes, one after the other. Returns the batches, each with the number of its data
/// points.
pub fn encode(
    resource: &[(Key, Attribute)],
    scopes: &[OfScope],
    most_bytes: usize,
) -> Vec<(Vec<u8>, u64)> {
    let head = Head::new(resource);
    let mut batches = Batches::with_limit(&head, Vec::new(), most_bytes);
    for OfScope { scope, metrics } in scopes {
        batches.begin_scope(ScopeHead::of(scope));
        for metric in metrics {
            add(metric, &mut batches);
        }
    }
    let (batches, _) = batches.finish();
    batches.into_iter().map(|batch| (batch.body.to_vec(), batch.points)).collect()
}

fn add(metric: &OfMetric, batches: &mut Batches<'_>) {
    let mut is_begun = false;
    for point in &metric.points {
        let data = match &point.value {
            Value::I64(value) => Data::Int(*value),
            Value::F64(value) => Data::Double(*value),
            Value::Histogram(histogram) => Data::histogram(histogram),
            other => panic!("{other:?} is no value of a data point"),
        };
        if !std::mem::replace(&mut is_begun, true) {
            let aggregation = aggregation(metric, &data);
            let OfMetric { name, description, unit, .. } = metric;
            batches.begin_metric(name, description, unit, aggregation);
        }
        let (mut attributes, mut exemplars) = (Vec::new(), Vec::new());
        for (name, value) in point.labels.iter() {
            if let Some(value) = AnyValue::of_label(value.as_ref()) {
                put_attribute(data.attributes_tag(), name, &value, &mut attributes);
            }
        }
        for (exemplar, time) in &point.exemplars {
            put_exemplar(data.exemplars_tag(), exemplar, *time, &mut exemplars);
        }
        let DataPoint { start, time, .. } = *point;
        let (attributes, exemplars) = (&*attributes, &*exemplars);
        batches.add(&data, Common { attributes, exemplars, start, time });
    }
}

fn aggregation(metric: &OfMetric, data: &Data<'_>) -> Aggregation {
    let is_delta = metric.is_delta;
    match (data, metric.metric_type) {
        (Data::Exponential(..), _) => Aggregation::Exponential { is_delta },
        (Data::Explicit(_), _) => Aggregation::Histogram { is_delta },
        (_, MetricType::Counter) => Aggregation::Sum { is_delta, is_monotonic: true },
        (_, MetricType::UpDownCounter) => Aggregation::Sum { is_delta, is_monotonic: false },
        _ => Aggregation::Gauge,
    }
}
