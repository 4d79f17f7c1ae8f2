use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, ExponentialHistogramDataPoint, HistogramDataPoint, Metric,
    NumberDataPoint, number_data_point,
};

use crate::Seen;
use crate::exponential::{Exponential, indexed};

/// The contents of a store that accepted every request: the sums of deltas, the sums of all lives
/// of cumulative counters and histograms, and the latest state of everything else. A life of a
/// series is the time since one start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Totals {
    /// The resource of the last request.
    pub resource: BTreeMap<String, String>,
    /// The metrics by name.
    pub metrics: BTreeMap<String, MetricTotal>,
}

/// A metric in the store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricTotal {
    /// The unit in the last request.
    pub unit: String,
    /// The description in the last request.
    pub description: String,
    /// The name and the version of the scope.
    pub scope: String,
    /// The kind and the temporality, for example `counter delta`.
    pub kind: String,
    /// The series by attributes, which are sorted and written `a=1 b=2`.
    pub series: BTreeMap<String, Total>,
    /// The latest time of each series, in nanoseconds of the Unix epoch.
    latest: BTreeMap<String, u64>,
    /// The current life of each cumulative series that only grows, and the sum of those before.
    lives: BTreeMap<String, Life>,
}

/// A life of a cumulative series that only grows.
#[derive(Debug, Clone, PartialEq)]
struct Life {
    start: u64,
    total: Total,
    /// The sum of the lives before.
    before: Option<Total>,
}

/// How a point is merged with those before.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Merge {
    Delta,
    /// A cumulative value that only grows.
    Growing,
    Latest,
}

/// The total of one series.
#[derive(Debug, Clone, PartialEq)]
pub enum Total {
    /// A sum or a last value.
    Int(i64),
    /// A sum or a last value.
    Double(f64),
    /// A distribution.
    Histogram {
        /// The number of values.
        count: u64,
        /// The sum of the values.
        sum: f64,
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// The upper bounds of the buckets, except the last.
        bounds: Vec<f64>,
        /// The number of values in each bucket.
        buckets: Vec<u64>,
    },
    /// A distribution with exponential buckets.
    Exponential {
        /// The number of values.
        count: u64,
        /// The sum of the values.
        sum: f64,
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// The buckets.
        buckets: Exponential,
    },
}

impl Totals {
    /// The totals of the accepted requests.
    ///
    /// # Panics
    /// If an accepted request breaks the rules of OTLP.
    pub fn of(requests: &[Seen]) -> Self {
        let mut totals = Self::default();
        for request in requests.iter().filter(|request| request.accepted) {
            for from in &request.body.resource_metrics {
                let resource = from.resource.as_ref().map_or(&[][..], |r| &r.attributes);
                totals.resource = resource.iter().map(|a| (a.key.clone(), text(a))).collect();
                for scope in &from.scope_metrics {
                    for metric in &scope.metrics {
                        totals.add(scope.scope.as_ref(), metric);
                    }
                }
            }
        }
        totals
    }

    /// The total of a metric.
    ///
    /// # Panics
    /// If there is no metric of this name; the message lists the metrics.
    #[track_caller]
    pub fn metric(&self, name: &str) -> &MetricTotal {
        let names = || self.metrics.keys().collect::<Vec<_>>();
        self.metrics.get(name).unwrap_or_else(|| panic!("`{name}` is not among {:?}", names()))
    }

    /// The total of a series.
    ///
    /// # Panics
    /// If there is no such series; the message lists the series.
    #[track_caller]
    pub fn total(&self, name: &str, attributes: &str) -> &Total {
        let series = &self.metric(name).series;
        let total = series.get(attributes);
        total.unwrap_or_else(|| panic!("{name}: `{attributes}` is not among {series:?}"))
    }

    /// The total of a series of integers.
    ///
    /// # Panics
    /// If there is no such series, or if its total is not an integer.
    #[track_caller]
    pub fn int(&self, name: &str, attributes: &str) -> i64 {
        match self.total(name, attributes) {
            Total::Int(value) => *value,
            other => panic!("{name} {attributes}: {other:?} is not an integer"),
        }
    }

    /// The total of a series of floats.
    ///
    /// # Panics
    /// If there is no such series, or if its total is not a float.
    #[track_caller]
    pub fn double(&self, name: &str, attributes: &str) -> f64 {
        match self.total(name, attributes) {
            Total::Double(value) => *value,
            other => panic!("{name} {attributes}: {other:?} is not a float"),
        }
    }

    /// The number of values in a histogram's series.
    ///
    /// # Panics
    /// If there is no such series, or if it does not belong to a histogram.
    #[track_caller]
    pub fn count(&self, name: &str, attributes: &str) -> u64 {
        match self.total(name, attributes) {
            Total::Histogram { count, .. } | Total::Exponential { count, .. } => *count,
            other => panic!("{name} {attributes}: {other:?} is not a histogram"),
        }
    }

    fn add(&mut self, scope: Option<&InstrumentationScope>, metric: &Metric) {
        let into = self.metrics.entry(metric.name.clone()).or_default();
        into.unit.clone_from(&metric.unit);
        into.description.clone_from(&metric.description);
        into.scope = scope.map_or_else(String::new, |s| format!("{} {}", s.name, s.version));
        match metric.data.as_ref().expect("every metric has data") {
            Data::Gauge(gauge) => {
                "gauge".clone_into(&mut into.kind);
                gauge.data_points.iter().for_each(|p| into.number(p, Merge::Latest));
            }
            Data::Sum(sum) => {
                let (temporality, delta) = temporality(sum.aggregation_temporality);
                let kind = if sum.is_monotonic { "counter" } else { "up_down_counter" };
                into.kind = format!("{kind} {temporality}");
                let merge = match (delta, sum.is_monotonic) {
                    (true, _) => Merge::Delta,
                    (false, true) => Merge::Growing,
                    (false, false) => Merge::Latest,
                };
                sum.data_points.iter().for_each(|p| into.number(p, merge));
            }
            Data::Histogram(histogram) => {
                let (temporality, delta) = temporality(histogram.aggregation_temporality);
                into.kind = format!("histogram {temporality}");
                let merge = if delta { Merge::Delta } else { Merge::Growing };
                histogram.data_points.iter().for_each(|p| into.histogram(p, merge));
            }
            Data::ExponentialHistogram(histogram) => {
                let (temporality, delta) = temporality(histogram.aggregation_temporality);
                into.kind = format!("exponential_histogram {temporality}");
                let merge = if delta { Merge::Delta } else { Merge::Growing };
                histogram.data_points.iter().for_each(|p| into.exponential(p, merge));
            }
            other @ Data::Summary(_) => {
                panic!("{}: totals of {other:?} are not supported", metric.name)
            }
        }
    }
}

impl MetricTotal {
    /// Removes the times, so that equal totals of different times compare as equal.
    pub fn forget_times(&mut self) {
        self.latest.clear();
        self.lives.clear();
    }

    fn number(&mut self, point: &NumberDataPoint, merge: Merge) {
        let total = match point.value.expect("every point has a value") {
            number_data_point::Value::AsInt(value) => Total::Int(value),
            number_data_point::Value::AsDouble(value) => Total::Double(value),
        };
        let times = (point.start_time_unix_nano, point.time_unix_nano);
        self.merge(&point.attributes, times, total, merge);
    }

    fn histogram(&mut self, point: &HistogramDataPoint, merge: Merge) {
        let total = Total::Histogram {
            count: point.count,
            sum: point.sum.unwrap_or(f64::NAN),
            min: point.min.unwrap_or(f64::NAN),
            max: point.max.unwrap_or(f64::NAN),
            bounds: point.explicit_bounds.clone(),
            buckets: point.bucket_counts.clone(),
        };
        let times = (point.start_time_unix_nano, point.time_unix_nano);
        self.merge(&point.attributes, times, total, merge);
    }

    fn exponential(&mut self, point: &ExponentialHistogramDataPoint, merge: Merge) {
        let side = |buckets: &Option<Buckets>| {
            let Some(Buckets { offset, bucket_counts }) = buckets else { return BTreeMap::new() };
            indexed(*offset, bucket_counts.iter().copied())
        };
        let buckets = Exponential {
            scale: point.scale,
            zeros: point.zero_count,
            zero_threshold: point.zero_threshold,
            positive: side(&point.positive),
            negative: side(&point.negative),
        };
        let inside = buckets.positive.values().chain(buckets.negative.values()).sum::<u64>();
        assert_eq!(inside + buckets.zeros, point.count, "each value is in one bucket");
        let total = Total::Exponential {
            count: point.count,
            sum: point.sum.unwrap_or(f64::NAN),
            min: point.min.unwrap_or(f64::NAN),
            max: point.max.unwrap_or(f64::NAN),
            buckets,
        };
        let times = (point.start_time_unix_nano, point.time_unix_nano);
        self.merge(&point.attributes, times, total, merge);
    }

    fn merge(
        &mut self,
        attributes: &[KeyValue],
        (start, time): (u64, u64),
        total: Total,
        merge: Merge,
    ) {
        let mut all: Vec<_> = attributes.iter().map(|a| format!("{}={}", a.key, text(a))).collect();
        all.sort();
        let attributes = all.join(" ");
        let latest = self.latest.entry(attributes.clone()).or_default();
        let newer = time >= *latest;
        *latest = time.max(*latest);
        if !newer && merge != Merge::Delta {
            return;
        }
        let total = match merge {
            Merge::Growing => self.add_life(&attributes, start, total),
            Merge::Delta | Merge::Latest => total,
        };
        match self.series.get_mut(&attributes) {
            Some(before) if merge == Merge::Delta => before.add(total),
            Some(before) => *before = total,
            None => drop(self.series.insert(attributes, total)),
        }
    }

    /// The sum of all lives of a series whose current one has this start and this total.
    fn add_life(&mut self, attributes: &str, start: u64, total: Total) -> Total {
        let new = || Life { start, total: total.clone(), before: None };
        let life = self.lives.entry(attributes.to_owned()).or_insert_with(new);
        if life.start != start {
            match &mut life.before {
                Some(before) => before.add(life.total.clone()),
                None => life.before = Some(life.total.clone()),
            }
            life.start = start;
        }
        life.total = total.clone();
        match life.before.clone() {
            Some(mut sum) => {
                sum.add(total);
                sum
            }
            None => total,
        }
    }
}

impl Total {
    fn add(&mut self, other: Self) {
        match (self, other) {
            (Self::Int(total), Self::Int(value)) => *total += value,
            (Self::Double(total), Self::Double(value)) => *total += value,
            (
                Self::Histogram { count, sum, min, max, bounds, buckets },
                Self::Histogram {
                    count: more,
                    sum: added,
                    min: low,
                    max: high,
                    bounds: same,
                    buckets: each,
                },
            ) => {
                assert_eq!(*bounds, same, "the buckets of a series do not change");
                *count += more;
                *sum += added;
                *min = min.min(low);
                *max = max.max(high);
                buckets.iter_mut().zip(each).for_each(|(total, value)| *total += value);
            }
            (
                Self::Exponential { count, sum, min, max, buckets },
                Self::Exponential { count: more, sum: added, min: low, max: high, buckets: each },
            ) => {
                *count += more;
                *sum += added;
                *min = min.min(low);
                *max = max.max(high);
                *buckets = buckets.plus(&each);
            }
            (total, other) => panic!("one series has both {total:?} and {other:?}"),
        }
    }
}

fn temporality(of: i32) -> (&'static str, bool) {
    match AggregationTemporality::try_from(of) {
        Ok(AggregationTemporality::Delta) => ("delta", true),
        Ok(AggregationTemporality::Cumulative) => ("cumulative", false),
        other => panic!("a temporality that the specification does not allow: {other:?}"),
    }
}

fn text(attribute: &KeyValue) -> String {
    value_text(attribute.value.as_ref())
}

fn value_text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        None => String::new(),
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::BoolValue(value)) => value.to_string(),
        Some(Value::IntValue(value)) => value.to_string(),
        Some(Value::DoubleValue(value)) => value.to_string(),
        Some(Value::ArrayValue(array)) => {
            let values: Vec<_> = array.values.iter().map(|value| value_text(Some(value))).collect();
            format!("[{}]", values.join(", "))
        }
        Some(other) => format!("{other:?}"),
    }
}
