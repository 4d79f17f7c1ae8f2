//! Random registries with hostile names, labels, help texts and values.

use std::collections::BTreeMap;

use fastrand::Rng;
use typed_metrics_core::{
    LabelRef, Metric, MetricSnapshot, MetricType, Snapshot, Value, ValueType, register_metric,
    snapshot,
};
use typed_metrics_prometheus::{Naming, Settings};

use crate::case::Case;

/// Words that mean something in one of the formats.
const WORDS: &[&str] = &[
    "total", "bytes", "seconds", "count", "sum", "bucket", "created", "info", "ratio", "per",
    "second", "le", "a", "b", "HTTP", "x9", "quantile", "name",
];
const SEPARATORS: &[&str] = &["_", ".", "-", "/", "__", "._", "-/"];
const UNITS: &[&str] =
    &["", "s", "By", "1", "%", "{x}", "By/s", "{x}/s", "furlong", "ms", "kg.m/s2", "By{gzip}"];
const TEXTS: &[&str] = &[
    "", "\"", "\\", "\n", "\r", "\t", "\0", "{", "}", ",", "=", "#", " ", "# EOF", "é", "𝄞",
    "\u{2028}", "\\n", "a", "\\\"", "} 1\n", "\u{7f}", "\u{feff}",
];
const LABELS: &[&str] = &[
    "a",
    "a.b",
    "a_b",
    "a-b",
    "A",
    "x9",
    "otelier",
    "le_",
    "http.route",
    "b/",
    "name",
    "otel_scope_name",
];

/// `count` registries. All of them are recorded in this process, so a name belongs to one registry.
pub(crate) fn cases(seed: u64, count: usize) -> Vec<Case> {
    let mut rng = Rng::with_seed(seed);
    let mut owners = BTreeMap::new();
    let settings: Vec<_> = (0..count).map(|case| record(case, &mut rng, &mut owners)).collect();
    let mut metrics: Vec<Vec<MetricSnapshot>> = vec![Vec::new(); count];
    for mut metric in snapshot().metrics {
        let Some(case) = owners.get(metric.descriptor.name()) else { continue };
        let is_gauge = metric.descriptor.metric_type() == MetricType::Gauge;
        for series in &mut metric.series {
            make_special(&mut series.value, is_gauge, &mut rng);
        }
        metrics[*case].push(metric);
    }
    let with_metrics = settings.into_iter().zip(metrics);
    with_metrics
        .map(|(case, metrics)| {
            let mut snapshot = Snapshot::default();
            snapshot.metrics = metrics;
            Case { snapshot, ..case }
        })
        .collect()
}

fn record(case: usize, rng: &mut Rng, owners: &mut BTreeMap<&'static str, usize>) -> Case {
    let base = format!("m{case}{}", name_part(rng));
    for _ in 0..rng.usize(0..=5) {
        // Half of the names differ in separators only, or in words that a type or a unit adds.
        let name = match rng.usize(0..4) {
            0 => base.clone(),
            1 => base.replace(['.', '-', '/'], "_"),
            _ => format!("{base}{}", name_part(rng)),
        };
        let mut metric = match rng.usize(0..4) {
            0 => Metric::counter(&name),
            1 => Metric::up_down_counter(&name),
            2 => Metric::gauge(&name),
            _ if rng.bool() => Metric::histogram(&name).exponential(),
            _ => Metric::histogram(&name).buckets(boundaries(rng)),
        };
        let kind = format!("{metric:?}");
        metric = metric.unit(*rng.choice(UNITS).unwrap()).description(text(rng)).series_limit(3);
        let is_integer = rng.bool();
        if is_integer {
            let unsigned =
                kind.contains("Counter") && !kind.contains("UpDown") || kind.contains("Histogram");
            metric = metric.value_type(if unsigned { ValueType::U64 } else { ValueType::I64 });
        }
        if rng.usize(0..4) == 0 {
            metric = metric.label(*rng.choice(LABELS).unwrap(), text(rng));
        }
        let Ok(metric) = register_metric(&name, metric) else { continue };
        owners.insert(metric.descriptor().name(), case);
        for _ in 0..rng.usize(0..6) {
            let labels = labels(rng);
            let labels: Vec<(&str, LabelRef<'_>)> =
                labels.iter().map(|(name, value)| (*name, value.borrowed())).collect();
            // Values that a metric cannot hold are not recorded.
            let _ = match (is_integer, rng.usize(0..3)) {
                (true, 0) => metric.record(rng.u64(..), &*labels),
                (true, _) => metric.record(rng.i64(-3..5), &*labels),
                (false, 0) => metric.record(f64::from_bits(rng.u64(..)), &*labels),
                (false, _) => metric.record(*rng.choice(FLOATS).unwrap(), &*labels),
            };
        }
    }
    let naming = Naming::default()
        .unit_suffix(rng.usize(0..4) > 0)
        .total_suffix(rng.usize(0..4) > 0)
        .utf8(rng.bool());
    let resource: Vec<(String, String)> = match rng.usize(0..3) {
        0 => (0..rng.usize(0..4)).map(|_| (resource_name(rng), text(rng))).collect(),
        _ => Vec::new(),
    };
    let scope = (rng.usize(0..4) == 0).then(|| (text(rng), text(rng)));
    let created = rng.bool();
    let mut settings =
        Settings::default().naming(naming.clone()).resource(resource.clone()).created(created);
    if let Some((name, version)) = &scope {
        settings = settings.scope(name, version);
    }
    Case { snapshot: Snapshot::default(), settings, naming, resource, scope, created }
}

const FLOATS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    0.5,
    -2.5,
    5e-324,
    f64::MAX,
    f64::MIN_POSITIVE,
    9_007_199_254_740_993.0,
    1e21,
];

/// The engine refuses numbers that are not finite, but a snapshot can be made to hold them.
fn make_special(value: &mut Value, is_gauge: bool, rng: &mut Rng) {
    let special: &[f64] = if is_gauge {
        &[f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -5e-324]
    } else {
        &[f64::INFINITY, 1e-310]
    };
    if let Value::F64(value) = value
        && rng.usize(0..8) == 0
    {
        *value = *rng.choice(special).unwrap();
    }
}

fn boundaries(rng: &mut Rng) -> Vec<f64> {
    const LIMITS: &[f64] = &[-1.5, 0.0, 1e-7, 0.5, 1.0, 10.0, 1e6, 1_234_567.0, 1e21, 1e300];
    LIMITS.iter().copied().filter(|_| rng.bool()).collect()
}

fn name_part(rng: &mut Rng) -> String {
    (0..rng.usize(0..3))
        .flat_map(|_| [*rng.choice(SEPARATORS).unwrap(), *rng.choice(WORDS).unwrap()])
        .collect()
}

fn text(rng: &mut Rng) -> String {
    (0..rng.usize(0..4)).map(|_| *rng.choice(TEXTS).unwrap()).collect()
}

/// The names of the resource's attributes follow no rule.
fn resource_name(rng: &mut Rng) -> String {
    if rng.bool() { (*rng.choice(LABELS).unwrap()).to_owned() } else { text(rng) }
}

enum Owned {
    Text(String),
    Int(i64),
    Bool(bool),
    Float(f64),
}

impl Owned {
    fn borrowed(&self) -> LabelRef<'_> {
        match self {
            Self::Text(text) => LabelRef::Str(text),
            Self::Int(value) => LabelRef::Int(*value),
            Self::Bool(value) => LabelRef::Bool(*value),
            Self::Float(value) => LabelRef::Float(*value),
        }
    }
}

fn labels(rng: &mut Rng) -> BTreeMap<&'static str, Owned> {
    (0..rng.usize(0..4))
        .map(|_| {
            let value = match rng.usize(0..6) {
                0 => Owned::Int(rng.i64(-2..2)),
                1 => Owned::Bool(rng.bool()),
                2 => Owned::Float(*rng.choice(FLOATS).unwrap()),
                3 => Owned::Text(rng.i64(-2..2).to_string()),
                _ => Owned::Text(text(rng)),
            };
            (*rng.choice(LABELS).unwrap(), value)
        })
        .collect()
}
