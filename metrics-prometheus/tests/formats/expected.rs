//! The samples that a scrape must contain, by a plain model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::UNIX_EPOCH;

use typed_metrics_core::{
    ExponentialBuckets, HistogramSnapshot, LabelValue, MetricSnapshot, MetricType, Scope,
    SeriesSnapshot, Value,
};

use crate::case::Case;
use crate::native;

/// A number as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    U64(u64),
    I64(i64),
    Float(f64),
}

impl Number {
    /// Whether a text is this number: all digits of an integer, all bits of a float.
    pub(crate) fn is_written(self, text: &str) -> bool {
        match self {
            Self::U64(value) => text == value.to_string(),
            Self::I64(value) => text == value.to_string(),
            Self::Float(value) if value.is_nan() => text == "NaN",
            Self::Float(value) => {
                text.parse().is_ok_and(|read: f64| read.to_bits() == value.to_bits())
            }
        }
    }

    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::U64(value) => value as f64,
            Self::I64(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::U64(a), Self::U64(b)) => Self::U64(a.wrapping_add(b)),
            (Self::I64(a), Self::I64(b)) => Self::I64(a.wrapping_add(b)),
            (a, b) => Self::Float(a.as_f64() + b.as_f64()),
        }
    }
}

pub(crate) type Labels = BTreeMap<String, String>;

/// A series of a family.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) labels: Labels,
    pub(crate) value: Reading,
    /// The exemplars by bucket.
    pub(crate) exemplars: BTreeMap<u32, Exemplar>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exemplar {
    pub(crate) labels: Labels,
    pub(crate) value: f64,
    /// In nanoseconds since the Unix epoch.
    pub(crate) time: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    Number(Number),
    /// Limits with cumulated counts, without the last bucket; the count; the sum, and whether
    /// OpenMetrics 1.0 has one.
    Histogram(Vec<(f64, u64)>, u64, f64, bool),
    /// The same without limits, and native buckets in protobuf and OpenMetrics 2.0.
    Native(ExponentialBuckets, f64, bool),
}

impl Reading {
    /// A native histogram as a format shows it that has none.
    pub(crate) fn classic(&self) -> Self {
        match self {
            Self::Native(buckets, sum, has_sum) => {
                Self::Histogram(Vec::new(), native::count(buckets), *sum, *has_sum)
            }
            other => other.clone(),
        }
    }
}

/// A family by its name, with the suffix of its type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) help: String,
    pub(crate) series: Vec<Series>,
}

/// The families of a case. `escape` is the scheme that the scraper asks for.
pub(crate) fn families(case: &Case, escape: impl Fn(&str) -> String) -> Vec<Family> {
    let mut metrics: Vec<(String, &str, &MetricSnapshot)> = case
        .snapshot
        .metrics
        .iter()
        .filter(|metric| !metric.series.is_empty())
        .map(|metric| {
            let name = escape(&case.naming.metric_name(metric.descriptor));
            (name, metric.descriptor.name(), metric)
        })
        .collect();
    metrics.sort_by_key(|(name, original, _)| (name.clone(), *original));
    let mut families: Vec<Family> = Vec::new();
    let mut taken = BTreeSet::new();
    if !case.resource.is_empty() {
        let resource = case.resource.iter().map(|(name, value)| (&**name, value.clone()));
        let (labels, value) = (labels(case, resource, &escape), Reading::Number(Number::U64(1)));
        let series = vec![Series { labels, value, exemplars: BTreeMap::new() }];
        let help = "Target metadata".to_owned();
        families.push(Family { name: "target_info".to_owned(), kind: "info", help, series });
        taken.extend(["target".to_owned(), "target_info".to_owned()]);
    }
    let mut owners: BTreeMap<(String, Labels), (&str, Option<*const Scope>)> = BTreeMap::new();
    for (name, original, metric) in metrics {
        let kind = match metric.descriptor.metric_type() {
            MetricType::Counter => "counter",
            MetricType::Histogram => "histogram",
            _ => "gauge",
        };
        if families.last().is_none_or(|last| last.name != name || last.kind != kind) {
            let names = names(&name, kind);
            if names.iter().any(|name| taken.contains(name)) {
                continue;
            }
            taken.extend(names);
            let help = metric.descriptor.description().to_owned();
            families.push(Family { name: name.clone(), kind, help, series: Vec::new() });
        }
        let family = families.last_mut().unwrap();
        for series in &metric.series {
            let scope = scope_labels(case, metric.descriptor.scope());
            let scope = scope.iter().map(|(name, value)| (&**name, value.clone()));
            let own = series.labels.iter().map(|(name, value)| (name, as_text(value)));
            let labels = labels(case, own.chain(scope), &escape);
            let reading = reading(series);
            let exemplars = exemplars(case, series, &escape);
            let identity = (original, metric.descriptor.scope().map(std::ptr::from_ref));
            let owner = *owners.entry((name.clone(), labels.clone())).or_insert(identity);
            match family.series.iter_mut().find(|series| series.labels == labels) {
                None => family.series.push(Series { labels, value: reading, exemplars }),
                // Labels of one metric that differ only in their type.
                Some(first) if owner == identity => {
                    let is_sum = metric.descriptor.metric_type() != MetricType::Gauge;
                    first.value = sum(first.value.clone(), reading, is_sum);
                    for (bucket, exemplar) in exemplars {
                        first.exemplars.entry(bucket).or_insert(exemplar);
                    }
                }
                Some(_) => {}
            }
        }
    }
    let series = families.iter_mut().flat_map(|family| &mut family.series);
    for Series { value, .. } in series {
        // Prometheus has no schema for wider buckets.
        if matches!(value, Reading::Native(buckets, ..) if buckets.scale < -4) {
            *value = value.classic();
        }
    }
    families.sort_by(|a, b| a.name.cmp(&b.name));
    families
}

fn sum(a: Reading, b: Reading, is_sum: bool) -> Reading {
    match (a, b) {
        (Reading::Number(a), Reading::Number(b)) if is_sum => Reading::Number(a.plus(b)),
        (Reading::Histogram(a, count, sum, has), Reading::Histogram(b, more, other, also)) => {
            let buckets = a.into_iter().zip(b).map(|((limit, a), (_, b))| (limit, a + b));
            Reading::Histogram(buckets.collect(), count + more, sum + other, has && also)
        }
        (Reading::Native(mut a, sum, has), Reading::Native(b, other, also)) => {
            a.merge(&b);
            Reading::Native(a, sum + other, has && also)
        }
        (_, last) => last,
    }
}

/// The names that a family needs in one of the formats.
fn names(name: &str, kind: &str) -> Vec<String> {
    let with = |base: &str, endings: &[&str]| {
        let endings = endings.iter().map(|ending| format!("{base}{ending}"));
        endings.chain([base.to_owned()]).collect()
    };
    match kind {
        "counter" => {
            let base = name.strip_suffix("_total").filter(|base| !base.is_empty()).unwrap_or(name);
            with(base, &["_total", "_created"])
        }
        "histogram" => with(name, &["_bucket", "_sum", "_count", "_created"]),
        _ => vec![name.to_owned()],
    }
}

/// The labels of the metric's own scope, or else of the scope in the settings.
fn scope_labels(case: &Case, scope: Option<&Scope>) -> Vec<(String, String)> {
    let Some(scope) = scope else {
        let of_settings = |(name, version): &(String, String)| {
            [("otel_scope_name", name), ("otel_scope_version", version)]
                .map(|(label, value)| (label.to_owned(), value.clone()))
        };
        return case.scope.iter().flat_map(of_settings).collect();
    };
    let facts = [
        ("name", Some(scope.name())),
        ("version", scope.version()),
        ("schema_url", scope.schema_url()),
    ];
    let mut labels: Vec<(String, String)> = Vec::new();
    for (fact, value) in facts {
        labels.extend(value.map(|value| (format!("otel_scope_{fact}"), value.to_owned())));
    }
    for (name, value) in scope.attributes().iter() {
        if facts.iter().all(|(fact, _)| *fact != name) {
            labels.push((format!("otel_scope_{name}"), as_text(value)));
        }
    }
    labels
}

/// The exemplars of a series by bucket. Labels beyond 128 characters are left out.
fn exemplars(
    case: &Case,
    series: &SeriesSnapshot,
    escape: impl Fn(&str) -> String,
) -> BTreeMap<u32, Exemplar> {
    let mut all = BTreeMap::new();
    for exemplar in &series.exemplars {
        let hex =
            |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let ids = [
            ("trace_id", exemplar.trace_id.map(|id| hex(&id))),
            ("span_id", exemplar.span_id.map(|id| hex(&id))),
        ];
        let ids = ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id?)));
        let own = exemplar
            .labels
            .iter()
            .map(|(name, value)| (reserved(escape(&case.naming.label_name(name))), as_text(value)));
        let (mut labels, mut characters) = (Labels::new(), 0);
        for (name, value) in ids.chain(own) {
            let more = name.chars().count() + value.chars().count();
            if characters + more <= 128 && !labels.contains_key(&name) {
                characters += more;
                labels.insert(name, value);
            }
        }
        let time = exemplar.time.duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let time = u64::try_from(time).unwrap();
        all.insert(exemplar.bucket(), Exemplar { labels, value: exemplar.value.as_f64(), time });
    }
    all
}

/// A name that begins with two underscores belongs to Prometheus.
fn reserved(name: String) -> String {
    if name.starts_with("__") { format!("key{name}") } else { name }
}

fn as_text(value: &LabelValue) -> String {
    match value {
        LabelValue::Str(text) => text.to_string(),
        other => other.to_string(),
    }
}

fn labels<'a>(
    case: &Case,
    labels: impl Iterator<Item = (&'a str, String)>,
    escape: impl Fn(&str) -> String,
) -> Labels {
    let mut sorted: Vec<_> = labels.filter(|(_, value)| !value.is_empty()).collect();
    sorted.sort_by(|a, b| a.0.cmp(b.0));
    let mut translated = Labels::new();
    for (name, value) in sorted {
        let name = reserved(escape(&case.naming.label_name(name)));
        translated
            .entry(name)
            .and_modify(|values| *values = format!("{values};{value}"))
            .or_insert(value);
    }
    translated
}

fn reading(series: &SeriesSnapshot) -> Reading {
    match &series.value {
        Value::U64(value) => Reading::Number(Number::U64(*value)),
        Value::I64(value) => Reading::Number(Number::I64(*value)),
        Value::F64(value) => Reading::Number(Number::Float(*value)),
        Value::Histogram(HistogramSnapshot { exponential: Some(buckets), min, sum, .. }) => {
            let mut buckets = (**buckets).clone();
            // Without values outside of the bucket of zeros, every scale fits.
            if buckets.negative.counts.is_empty() && buckets.positive.counts.is_empty() {
                buckets.scale = 20;
            }
            Reading::Native(buckets, *sum, *min >= 0.0)
        }
        Value::Histogram(histogram) => {
            let mut total = 0;
            let counts = histogram.buckets.iter().map(|count| {
                total += count;
                total
            });
            let buckets = histogram.boundaries.iter().copied().zip(counts).collect();
            let has_sum = histogram.min >= 0.0
                && histogram.boundaries.first().is_none_or(|first| *first >= 0.0);
            Reading::Histogram(buckets, histogram.count, histogram.sum, has_sum)
        }
        other => panic!("{other:?}"),
    }
}
