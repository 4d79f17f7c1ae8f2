//! Registries with hostile names, labels, help texts and values, encoded in each format and read
//! back by a strict parser of our own, which also checks the rules of the format.

#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use typed_metrics_core::{
    Exemplar, ExponentialRange, HistogramSnapshot, LabelRef, LabelValue, Labels, Metric,
    MetricSnapshot, MetricType, Scope, Snapshot, Value, ValueType, attributes, name, record_metric,
    register_metric, snapshot,
};
use typed_metrics_prometheus::{Naming, Settings};

use crate::case::Case;

#[path = "../../metrics-prometheus/tests/formats/case.rs"]
mod case;
#[path = "../../metrics-prometheus/tests/formats/compare.rs"]
mod compare;
#[path = "../../metrics-prometheus/tests/formats/expected.rs"]
mod expected;
#[path = "../../metrics-prometheus/tests/formats/native.rs"]
#[allow(dead_code, reason = "its tests need more than the comparison")]
mod native;
#[path = "../../metrics-prometheus/tests/formats/parser.rs"]
mod parser;
#[path = "../../metrics-prometheus/tests/formats/protobuf.rs"]
mod protobuf;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    suffixes: bool,
    utf8: bool,
    created: bool,
    resource: Vec<(&'a str, &'a str)>,
    scope: Option<(&'a str, &'a str)>,
    /// The scopes that metrics may have, besides none.
    scopes: Vec<ScopeInput<'a>>,
    metrics: Vec<MetricInput<'a>>,
}

#[derive(Debug, Arbitrary)]
struct ScopeInput<'a> {
    name: &'a str,
    version: Option<&'a str>,
    schema_url: Option<&'a str>,
    attributes: Vec<(&'a str, LabelInput<'a>)>,
}

#[derive(Debug, Arbitrary)]
struct MetricInput<'a> {
    kind: Kind,
    /// Of the scopes and none, the place of the metric's own.
    scope: u8,
    name: &'a str,
    unit: Unit<'a>,
    description: &'a str,
    is_integer: bool,
    boundaries: Vec<f64>,
    series: Vec<SeriesInput<'a>>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Kind {
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
    Exponential,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Unit<'a> {
    None,
    One,
    Seconds,
    Bytes,
    BytesPerSecond,
    Other(&'a str),
}

#[derive(Debug, Arbitrary)]
struct SeriesInput<'a> {
    labels: Vec<(&'a str, LabelInput<'a>)>,
    bits: u64,
    number: f64,
    buckets: Vec<u32>,
    exponential: ExponentialInput,
    exemplars: Vec<ExemplarInput<'a>>,
}

#[derive(Debug, Arbitrary)]
struct ExemplarInput<'a> {
    bucket: u8,
    value: f64,
    time: u64,
    trace_id: Option<[u8; 16]>,
    span_id: Option<[u8; 8]>,
    labels: Vec<(&'a str, LabelInput<'a>)>,
}

/// The buckets of an exponential histogram, besides those of the positive values.
#[derive(Debug, Arbitrary)]
struct ExponentialInput {
    scale: u8,
    zeros: u32,
    offsets: [i32; 2],
    negative: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum LabelInput<'a> {
    Text(&'a str),
    Int(i64),
    Bool(bool),
    Float(f64),
}

impl Unit<'_> {
    fn text(&self) -> &str {
        match self {
            Self::None => "",
            Self::One => "1",
            Self::Seconds => "s",
            Self::Bytes => "By",
            Self::BytesPerSecond => "By/s",
            Self::Other(unit) => unit,
        }
    }
}

impl LabelInput<'_> {
    fn value(self) -> Option<LabelValue> {
        match self {
            Self::Text(text) => LabelRef::Str(text),
            Self::Int(value) => LabelRef::Int(value),
            Self::Bool(value) => LabelRef::Bool(value),
            Self::Float(value) => LabelRef::Float(value),
        }
        .to_value()
    }
}

/// A number and two histograms with a value. The types of snapshots cannot be made elsewhere.
static TEMPLATES: LazyLock<[MetricSnapshot; 3]> = LazyLock::new(|| {
    let exponential = Metric::histogram("exponential").exponential();
    let exponential = register_metric("exponential", exponential).expect("it can be registered");
    exponential.record(1, attributes!()).expect("it can be recorded");
    record_metric("number", 1, MetricType::Gauge, attributes!()).expect("so can this");
    record_metric("histogram", 1, MetricType::Histogram, attributes!()).expect("so can this");
    let snapshot = snapshot();
    let names = ["number", "histogram", "exponential"];
    names.map(|name| snapshot.get(name).expect("it is recorded").clone())
});

fuzz_target!(|input: Input<'_>| compare::read_back(&case(&input)));

fn case(input: &Input<'_>) -> Case {
    let naming = Naming::default().suffixes(input.suffixes).utf8(input.utf8);
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let resource: Vec<_> = input.resource.iter().copied().map(owned).collect();
    let scope = input.scope.map(owned);
    let mut settings = Settings::default()
        .naming(naming.clone())
        .resource(resource.clone())
        .created(input.created);
    if let Some((name, version)) = &scope {
        settings = settings.scope(name, version);
    }
    let scopes: Vec<&'static Scope> = input.scopes.iter().take(3).filter_map(of_input).collect();
    let mut names = HashSet::new();
    let mut snapshot = Snapshot::default();
    for input in input.metrics.iter().take(4) {
        let place = usize::from(input.scope) % (scopes.len() + 1);
        // Names of one scope that differ in case only are a conflict.
        if names.insert((place, input.name.to_ascii_lowercase())) {
            snapshot.metrics.extend(metric(input, scopes.get(place).copied()));
        }
    }
    Case { snapshot, settings, naming, resource, scope, created: input.created }
}

/// The scope, which stays in memory; `None` if the engine refuses its attributes.
fn of_input(input: &ScopeInput<'_>) -> Option<&'static Scope> {
    let attributes = Labels::given(labels(&input.attributes)?);
    let ScopeInput { name, version, schema_url, .. } = *input;
    Some(Box::leak(Box::new(Scope::given(name, version, schema_url, attributes))))
}

/// The metric; `None` if its definition breaks a rule. Definitions stay in memory.
fn metric(input: &MetricInput<'_>, scope: Option<&'static Scope>) -> Option<MetricSnapshot> {
    let metric = match input.kind {
        Kind::Counter => Metric::counter(input.name),
        Kind::UpDownCounter => Metric::up_down_counter(input.name),
        Kind::Gauge => Metric::gauge(input.name),
        Kind::Histogram => Metric::histogram(input.name).buckets(input.boundaries.iter().copied()),
        Kind::Exponential => Metric::histogram(input.name).exponential(),
    };
    let metric = match input.kind {
        Kind::Counter | Kind::Histogram | Kind::Exponential if input.is_integer => {
            metric.value_type(ValueType::U64)
        }
        _ if input.is_integer => metric.value_type(ValueType::I64),
        _ => metric,
    };
    let metric = metric.unit(input.unit.text()).description(input.description);
    let descriptor = metric.unregistered(scope).ok()?;
    let template = &TEMPLATES[match input.kind {
        Kind::Counter | Kind::UpDownCounter | Kind::Gauge => 0,
        Kind::Histogram => 1,
        Kind::Exponential => 2,
    }];
    let mut metric = template.clone();
    metric.descriptor = descriptor;
    let mut seen = HashSet::new();
    let kind = input.kind;
    let series = input.series.iter().take(6).filter_map(|of| {
        let labels = labels(&of.labels)?;
        let mut sorted: Vec<_> = labels.iter().map(|label| format!("{label:?}")).collect();
        sorted.sort();
        let value = value(input, of, &template.series[0].value)?;
        let mut series = template.series[0].clone();
        series.exemplars = exemplars(kind, &value, &of.exemplars);
        (series.labels, series.value) = (Labels::given(labels), value);
        seen.insert(sorted).then_some(series)
    });
    metric.series = series.collect();
    Some(metric)
}

/// The labels; `None` if the engine refuses them.
fn labels(input: &[(&str, LabelInput<'_>)]) -> Option<Vec<(String, LabelValue)>> {
    let mut labels: Vec<(String, LabelValue)> = Vec::new();
    for (label, value) in input {
        name::check_label_name(label).ok()?;
        if labels.iter().all(|(other, _)| other != label) {
            labels.push(((*label).to_owned(), value.value()?));
        }
    }
    Some(labels)
}

/// Exemplars as a reader gets them: of counters and histograms, one of each bucket, sorted.
fn exemplars(kind: Kind, value: &Value, input: &[ExemplarInput<'_>]) -> Vec<Exemplar> {
    let buckets = match (kind, value) {
        (Kind::Counter, _) => 1,
        (_, Value::Histogram(value)) => u32::try_from(value.buckets.len()).unwrap_or(1),
        _ => return Vec::new(),
    };
    let mut exemplars: Vec<Exemplar> = Vec::new();
    for input in input {
        let bucket = u32::from(input.bucket) % buckets;
        let Some(labels) = labels(&input.labels) else { continue };
        if exemplars.iter().all(|other| other.bucket() != bucket) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(input.time);
            let labels = Labels::given(labels);
            let mut exemplar = Exemplar::given(Value::F64(input.value), time, labels, bucket);
            (exemplar.trace_id, exemplar.span_id) = (input.trace_id, input.span_id);
            exemplars.push(exemplar);
        }
    }
    exemplars.sort_by_key(Exemplar::bucket);
    exemplars
}

fn value(metric: &MetricInput<'_>, input: &SeriesInput<'_>, template: &Value) -> Option<Value> {
    Some(match (metric.kind, metric.is_integer) {
        (Kind::Histogram, _) => {
            let Value::Histogram(mut value) = template.clone() else { return None };
            let counts = input.buckets.iter().copied().chain(std::iter::repeat(0));
            value.buckets = counts.take(metric.boundaries.len() + 1).map(u64::from).collect();
            set_totals(&mut value, input);
            value.boundaries = Vec::leak(metric.boundaries.clone());
            Value::Histogram(value)
        }
        (Kind::Exponential, _) => {
            let Value::Histogram(mut value) = template.clone() else { return None };
            let buckets = value.exponential.as_mut()?;
            let ExponentialInput { scale, zeros, offsets, negative } = &input.exponential;
            (buckets.scale, buckets.zeros) = (i32::from(scale % 32) - 11, u64::from(*zeros));
            // The metric's own, so it is the same for all series.
            let threshold = metric.boundaries.first().map_or(0.0, |limit| limit.abs());
            buckets.zero_threshold = if threshold.is_finite() { threshold } else { 0.0 };
            let scale = buckets.scale;
            set_range(&mut buckets.positive, scale, offsets[0], &input.buckets);
            set_range(&mut buckets.negative, scale, offsets[1], negative);
            let ranges = [&buckets.positive, &buckets.negative];
            let inside: u64 = ranges.into_iter().flat_map(|range| &range.counts).sum();
            value.buckets = vec![buckets.zeros + inside];
            set_totals(&mut value, input);
            Value::Histogram(value)
        }
        (Kind::Counter, true) => Value::U64(input.bits),
        (_, true) => Value::I64(input.bits.cast_signed()),
        (Kind::Counter, false) => Value::F64(input.number.abs()),
        (_, false) => Value::F64(input.number),
    })
}

/// Sets the count to that of the buckets, and the sum and the minimum.
fn set_totals(value: &mut HistogramSnapshot, input: &SeriesInput<'_>) {
    value.count = value.buckets.iter().sum();
    value.sum = if input.number.is_finite() { input.number } else { 0.0 };
    value.min = if value.sum < 0.0 { value.sum } else { input.bits as i64 as f64 };
}

/// Fills a range as the engine does: indices of floats, and no empty bucket at the ends.
fn set_range(range: &mut ExponentialRange, scale: i32, offset: i32, counts: &[u32]) {
    let counts = &counts[..counts.len().min(80)];
    let begin = counts.iter().position(|count| *count > 0).unwrap_or(counts.len());
    let end = counts.iter().rposition(|count| *count > 0).map_or(begin, |last| last + 1);
    range.counts = counts[begin..end].iter().copied().map(u64::from).collect();
    // The exponents of floats reach from -1074 to 1023, and a scale of 20 divides each by 2^20.
    range.offset = (offset % (1000 << 20)) >> (20 - scale);
}
