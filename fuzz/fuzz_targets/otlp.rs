//! Requests of OTLP with any resource, several scopes, data points of every kind and exemplars, in
//! batches of any size, decoded by OpenTelemetry's own messages.
//!
//! The decoded batches are the data points that were encoded, in their order; each batch has the
//! resource, and each scope and metric once; and no batch is above its limit unless it has one data
//! point only.

#![no_main]

use std::sync::LazyLock;
use std::time::SystemTime;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use opentelemetry::{Array, Key, StringValue, Value as ResourceValue};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue,
};
use opentelemetry_proto::tonic::metrics::v1 as proto;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use typed_metrics_core::label::{Element, OwnedList};
use typed_metrics_core::{
    Exemplar, ExponentialRange, HistogramSnapshot, LabelRef, LabelValue, Labels, Metric,
    MetricType, Scope, Value, attributes, record_metric, register_metric, snapshot,
};
use typed_metrics_otel::encoder::{DataPoint, OfMetric, OfScope, encode};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    resource: Vec<(&'a str, ValueInput<'a>)>,
    most_bytes: u16,
    scopes: Vec<ScopeInput<'a>>,
}

#[derive(Debug, Arbitrary)]
struct ScopeInput<'a> {
    name: &'a str,
    version: Option<&'a str>,
    schema_url: Option<&'a str>,
    attributes: Vec<(&'a str, ValueInput<'a>)>,
    metrics: Vec<MetricInput<'a>>,
}

#[derive(Debug, Arbitrary)]
struct MetricInput<'a> {
    name: &'a str,
    description: &'a str,
    unit: &'a str,
    kind: Kind,
    is_delta: bool,
    is_integer: bool,
    points: Vec<PointInput<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
enum Kind {
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
    Exponential,
}

#[derive(Debug, Arbitrary)]
struct PointInput<'a> {
    labels: Vec<(&'a str, ValueInput<'a>)>,
    /// How many data points are like this one, which makes batches full.
    more: u8,
    start: u64,
    time: u64,
    bits: u64,
    number: f64,
    counts: Vec<u64>,
    exponential: (i8, u64, f64, [i32; 2], Vec<u64>),
    exemplars: Vec<ExemplarInput<'a>>,
}

#[derive(Debug, Arbitrary)]
struct ExemplarInput<'a> {
    bits: u64,
    is_integer: bool,
    time: u64,
    trace_id: Option<[u8; 16]>,
    span_id: Option<[u8; 8]>,
    labels: Vec<(&'a str, ValueInput<'a>)>,
}

#[derive(Debug, Arbitrary)]
enum ValueInput<'a> {
    Text(&'a str),
    Int(i64),
    Bool(bool),
    Float(f64),
    Texts(Vec<&'a str>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Bools(Vec<bool>),
}

/// The boundaries of histograms are static.
static BOUNDARIES: [f64; 6] = [f64::MIN, -1.5, 0.0, f64::MIN_POSITIVE, 1.0, 1e300];

/// A histogram with boundaries, and an exponential one. Their types cannot be made elsewhere.
static TEMPLATES: LazyLock<[HistogramSnapshot; 2]> = LazyLock::new(|| {
    let exponential = Metric::histogram("exponential").exponential();
    let exponential = register_metric("exponential", exponential).expect("it can be registered");
    exponential.record(1, attributes!()).expect("it can be recorded");
    record_metric("histogram", 1, MetricType::Histogram, attributes!()).expect("so can this");
    let snapshot = snapshot();
    ["histogram", "exponential"].map(|name| {
        let value = &snapshot.get(name).expect("it is recorded").series[0].value;
        value.as_histogram().expect("a histogram").clone()
    })
});

fuzz_target!(|input: Input<'_>| {
    let resource: Vec<(Key, ResourceValue)> = input
        .resource
        .iter()
        .map(|(name, value)| (Key::from((*name).to_owned()), value.of_resource()))
        .collect();
    let scopes: Vec<OfScope> = input.scopes.iter().map(ScopeInput::scope).collect();
    let most_bytes = usize::from(input.most_bytes);
    let batches = encode(&resource, &scopes, most_bytes);

    let resource = Resource {
        attributes: input.resource.iter().map(|(name, value)| pair(name, value.any())).collect(),
        ..Resource::default()
    };
    let mut expected = data_points(&scopes).into_iter();
    for (body, points) in batches {
        assert!(points > 0, "a batch is empty");
        assert!(points == 1 || body.len() <= most_bytes, "{} of {most_bytes}", body.len());
        let wanted: Vec<_> = expected.by_ref().take(points as usize).collect();
        assert_eq!(wanted.len() as u64, points, "there are more data points than were encoded");
        let found = ExportMetricsServiceRequest::decode(&*body).expect("the request can be read");
        let wanted = request(&resource, &wanted);
        // As bytes, because NaN is not equal to itself.
        if found.encode_to_vec() != wanted.encode_to_vec() {
            panic!("found {found:#?}\nexpected {wanted:#?}");
        }
    }
    assert!(expected.next().is_none(), "data points are missing");
});

impl ScopeInput<'_> {
    fn scope(&self) -> OfScope {
        let attributes = labels(&self.attributes);
        OfScope {
            scope: Scope::given(self.name, self.version, self.schema_url, attributes),
            metrics: self.metrics.iter().take(8).map(MetricInput::metric).collect(),
        }
    }
}

impl MetricInput<'_> {
    fn metric(&self) -> OfMetric {
        let metric_type = match self.kind {
            Kind::Counter => MetricType::Counter,
            Kind::UpDownCounter => MetricType::UpDownCounter,
            Kind::Gauge => MetricType::Gauge,
            Kind::Histogram | Kind::Exponential => MetricType::Histogram,
        };
        let points = self.points.iter().take(8).flat_map(|input| {
            (0..=input.more % 16).map(|number| {
                let mut point = self.point(input);
                // No two data points are equal.
                point.time = point.time.wrapping_add(number.into());
                point
            })
        });
        OfMetric {
            name: self.name.to_owned(),
            description: self.description.to_owned(),
            unit: self.unit.to_owned(),
            metric_type,
            is_delta: self.is_delta,
            points: points.collect(),
        }
    }

    fn point(&self, input: &PointInput<'_>) -> DataPoint {
        let value = match self.kind {
            Kind::Histogram => Value::Histogram(histogram(input)),
            Kind::Exponential => Value::Histogram(exponential(input)),
            _ if self.is_integer => Value::I64(input.bits.cast_signed()),
            _ => Value::F64(input.number),
        };
        let exemplars = input.exemplars.iter().take(4).map(ExemplarInput::exemplar).collect();
        let PointInput { start, time, .. } = *input;
        DataPoint { value, labels: labels(&input.labels), start, time, exemplars }
    }
}

fn histogram(input: &PointInput<'_>) -> HistogramSnapshot {
    let mut histogram = TEMPLATES[0].clone();
    histogram.boundaries = &BOUNDARIES[..input.counts.len().min(BOUNDARIES.len())];
    let counts = input.counts.iter().copied().chain(std::iter::repeat(0));
    histogram.buckets = counts.take(histogram.boundaries.len() + 1).collect();
    set_totals(&mut histogram, input);
    histogram
}

fn exponential(input: &PointInput<'_>) -> HistogramSnapshot {
    let mut histogram = TEMPLATES[1].clone();
    let (scale, zeros, threshold, offsets, negative) = &input.exponential;
    let buckets = histogram.exponential.as_mut().expect("it is exponential");
    (buckets.scale, buckets.zeros, buckets.zero_threshold) =
        (i32::from(*scale), *zeros, *threshold);
    let ranges = [&mut buckets.positive, &mut buckets.negative];
    for ((range, offset), counts) in ranges.into_iter().zip(offsets).zip([&input.counts, negative])
    {
        (range.offset, range.counts) = (*offset, counts.clone());
    }
    set_totals(&mut histogram, input);
    histogram
}

fn set_totals(histogram: &mut HistogramSnapshot, input: &PointInput<'_>) {
    histogram.count = input.bits;
    (histogram.sum, histogram.min) = (input.number, -input.number);
    histogram.max = f64::from_bits(input.bits);
}

impl ExemplarInput<'_> {
    fn exemplar(&self) -> (Exemplar, u64) {
        let value = match self.is_integer {
            true => Value::U64(self.bits),
            false => Value::F64(f64::from_bits(self.bits)),
        };
        let time = SystemTime::UNIX_EPOCH;
        let mut exemplar = Exemplar::given(value, time, labels(&self.labels), 0);
        (exemplar.trace_id, exemplar.span_id) = (self.trace_id, self.span_id);
        (exemplar, self.time)
    }
}

fn labels(input: &[(&str, ValueInput<'_>)]) -> Labels {
    let labels = input.iter().map(|(name, value)| ((*name).to_owned(), value.of_label()));
    Labels::given(labels.filter_map(|(name, value)| Some((name, value?))))
}

impl ValueInput<'_> {
    fn of_label(&self) -> Option<LabelValue> {
        let text = |text| Element::Str(text);
        let list = match self {
            Self::Text(text) => return LabelRef::Str(text).to_value(),
            Self::Int(value) => return LabelRef::Int(*value).to_value(),
            Self::Bool(value) => return LabelRef::Bool(*value).to_value(),
            Self::Float(value) => return LabelRef::Float(*value).to_value(),
            Self::Texts(list) => OwnedList::given(list.iter().copied().map(text)),
            Self::Ints(list) => OwnedList::given(list.iter().copied().map(Element::Int)),
            Self::Floats(list) => OwnedList::given(list.iter().copied().map(Element::Float)),
            Self::Bools(list) => OwnedList::given(list.iter().copied().map(Element::Bool)),
        };
        Some(LabelValue::List(list))
    }

    fn of_resource(&self) -> ResourceValue {
        let text = |text: &&str| StringValue::from((*text).to_owned());
        ResourceValue::Array(match self {
            Self::Text(text) => return (*text).to_owned().into(),
            Self::Int(value) => return (*value).into(),
            Self::Bool(value) => return (*value).into(),
            Self::Float(value) => return (*value).into(),
            Self::Texts(list) => Array::String(list.iter().map(text).collect()),
            Self::Ints(list) => Array::I64(list.clone()),
            Self::Floats(list) => Array::F64(list.clone()),
            Self::Bools(list) => Array::Bool(list.clone()),
        })
    }

    fn any(&self) -> AnyValue {
        let text = |text: &&str| Any::StringValue((*text).to_owned());
        any(match self {
            Self::Text(value) => text(value),
            Self::Int(value) => Any::IntValue(*value),
            Self::Bool(value) => Any::BoolValue(*value),
            Self::Float(value) => Any::DoubleValue(*value),
            Self::Texts(list) => array(list.iter().map(text)),
            Self::Ints(list) => array(list.iter().copied().map(Any::IntValue)),
            Self::Floats(list) => array(list.iter().copied().map(Any::DoubleValue)),
            Self::Bools(list) => array(list.iter().copied().map(Any::BoolValue)),
        })
    }
}

fn any(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn array(values: impl Iterator<Item = Any>) -> Any {
    Any::ArrayValue(ArrayValue { values: values.map(any).collect() })
}

fn pair(name: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: name.to_owned(), value: Some(value), ..KeyValue::default() }
}

fn pairs(labels: &Labels) -> Vec<KeyValue> {
    let element = |element| match element {
        Element::Str(text) => Any::StringValue(text.to_owned()),
        Element::Int(value) => Any::IntValue(value),
        Element::Bool(value) => Any::BoolValue(value),
        Element::Float(value) => Any::DoubleValue(value),
        other => panic!("{other:?}"),
    };
    let value = |value| match value {
        LabelRef::Str(text) => Any::StringValue(text.to_owned()),
        LabelRef::Int(value) => Any::IntValue(value),
        LabelRef::Bool(value) => Any::BoolValue(value),
        LabelRef::Float(value) => Any::DoubleValue(value),
        LabelRef::List(list) => array(list.iter().map(element)),
        other => panic!("{other:?}"),
    };
    labels.iter().map(|(name, label)| pair(name, any(value(label.as_ref())))).collect()
}

/// A data point, with the places of its scope and its metric.
type Placed<'a> = (usize, usize, &'a OfScope, &'a OfMetric, &'a DataPoint);

fn data_points(scopes: &[OfScope]) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    for (of, scope) in scopes.iter().enumerate() {
        for (number, metric) in scope.metrics.iter().enumerate() {
            all.extend(metric.points.iter().map(|point| (of, number, scope, metric, point)));
        }
    }
    all
}

/// The request of these data points, which are not empty.
fn request(resource: &Resource, points: &[Placed<'_>]) -> ExportMetricsServiceRequest {
    let of_scope = |points: &[Placed<'_>]| {
        let scope = &points[0].2.scope;
        let metrics = points.chunk_by(|a, b| a.1 == b.1);
        proto::ScopeMetrics {
            scope: Some(InstrumentationScope {
                name: scope.name().to_owned(),
                version: scope.version().unwrap_or_default().to_owned(),
                attributes: pairs(scope.attributes()),
                ..InstrumentationScope::default()
            }),
            metrics: metrics.map(|points| metric(points[0].3, points)).collect(),
            schema_url: scope.schema_url().unwrap_or_default().to_owned(),
        }
    };
    ExportMetricsServiceRequest {
        resource_metrics: vec![proto::ResourceMetrics {
            resource: Some(resource.clone()),
            scope_metrics: points.chunk_by(|a, b| a.0 == b.0).map(of_scope).collect(),
            ..proto::ResourceMetrics::default()
        }],
    }
}

fn metric(metric: &OfMetric, points: &[Placed<'_>]) -> proto::Metric {
    let aggregation_temporality = if metric.is_delta { 1 } else { 2 };
    let is_exponential =
        matches!(&metric.points[0].value, Value::Histogram(value) if value.exponential.is_some());
    let points = points.iter().map(|(.., point)| *point);
    let data = match metric.metric_type {
        MetricType::Histogram if is_exponential => {
            Data::ExponentialHistogram(proto::ExponentialHistogram {
                data_points: points.map(exponential_point).collect(),
                aggregation_temporality,
            })
        }
        MetricType::Histogram => Data::Histogram(proto::Histogram {
            data_points: points.map(histogram_point).collect(),
            aggregation_temporality,
        }),
        MetricType::Gauge => {
            Data::Gauge(proto::Gauge { data_points: points.map(number_point).collect() })
        }
        of => Data::Sum(proto::Sum {
            data_points: points.map(number_point).collect(),
            aggregation_temporality,
            is_monotonic: of == MetricType::Counter,
        }),
    };
    proto::Metric {
        name: metric.name.clone(),
        description: metric.description.clone(),
        unit: metric.unit.clone(),
        data: Some(data),
        ..proto::Metric::default()
    }
}

fn number_point(point: &DataPoint) -> proto::NumberDataPoint {
    let value = match point.value {
        Value::I64(value) => proto::number_data_point::Value::AsInt(value),
        Value::F64(value) => proto::number_data_point::Value::AsDouble(value),
        ref other => panic!("{other:?}"),
    };
    proto::NumberDataPoint {
        attributes: pairs(&point.labels),
        start_time_unix_nano: point.start,
        time_unix_nano: point.time,
        exemplars: exemplars(point),
        value: Some(value),
        ..proto::NumberDataPoint::default()
    }
}

fn histogram_point(point: &DataPoint) -> proto::HistogramDataPoint {
    let value = point.value.as_histogram().expect("a histogram");
    proto::HistogramDataPoint {
        attributes: pairs(&point.labels),
        start_time_unix_nano: point.start,
        time_unix_nano: point.time,
        count: value.count,
        sum: Some(value.sum),
        bucket_counts: value.buckets.clone(),
        explicit_bounds: value.boundaries.to_vec(),
        exemplars: exemplars(point),
        min: Some(value.min),
        max: Some(value.max),
        ..proto::HistogramDataPoint::default()
    }
}

fn exponential_point(point: &DataPoint) -> proto::ExponentialHistogramDataPoint {
    let value = point.value.as_histogram().expect("a histogram");
    let buckets = value.exponential.as_ref().expect("it is exponential");
    let range = |range: &ExponentialRange| {
        let ExponentialRange { offset, counts, .. } = range.clone();
        (!counts.is_empty()).then_some(Buckets { offset, bucket_counts: counts })
    };
    proto::ExponentialHistogramDataPoint {
        attributes: pairs(&point.labels),
        start_time_unix_nano: point.start,
        time_unix_nano: point.time,
        count: value.count,
        sum: Some(value.sum),
        scale: buckets.scale,
        zero_count: buckets.zeros,
        positive: range(&buckets.positive),
        negative: range(&buckets.negative),
        exemplars: exemplars(point),
        min: Some(value.min),
        max: Some(value.max),
        zero_threshold: buckets.zero_threshold,
        ..proto::ExponentialHistogramDataPoint::default()
    }
}

fn exemplars(point: &DataPoint) -> Vec<proto::Exemplar> {
    let exemplar = |(exemplar, time): &(Exemplar, u64)| proto::Exemplar {
        filtered_attributes: pairs(&exemplar.labels),
        time_unix_nano: *time,
        span_id: exemplar.span_id.map(Vec::from).unwrap_or_default(),
        trace_id: exemplar.trace_id.map(Vec::from).unwrap_or_default(),
        value: Some(match exemplar.value {
            // The largest integer of OTLP.
            Value::U64(value) => {
                proto::exemplar::Value::AsInt(value.try_into().unwrap_or(i64::MAX))
            }
            ref value => proto::exemplar::Value::AsDouble(value.as_f64()),
        }),
    };
    point.exemplars.iter().map(exemplar).collect()
}
