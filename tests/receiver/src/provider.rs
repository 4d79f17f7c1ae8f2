//! Meter providers for tests, and their exports as plain values.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, ExponentialBucket, MetricData, ResourceMetrics,
};
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    InstrumentKind, ManualReader, MeterProviderBuilder, Pipeline, SdkMeterProvider, Temporality,
};

use crate::exponential::{Exponential, indexed};

/// A metric reader that the test shares with a provider.
#[derive(Debug, Clone)]
pub struct Collector(pub Arc<ManualReader>);

impl MetricReader for Collector {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

impl Collector {
    /// A reader whose exports have this temporality.
    pub fn new(temporality: Temporality) -> Self {
        Self(Arc::new(ManualReader::builder().with_temporality(temporality).build()))
    }

    /// Collects once, and returns the exported streams.
    ///
    /// # Panics
    /// If the provider cannot collect.
    pub fn export(&self) -> Export {
        let mut metrics = ResourceMetrics::default();
        self.collect(&mut metrics).unwrap();
        let mut export = Export::default();
        for scope in metrics.scope_metrics() {
            let version = scope.scope().version().unwrap_or_default();
            for metric in scope.metrics() {
                let exported = Exported {
                    scope: format!("{} {version}", scope.scope().name()),
                    unit: metric.unit().to_owned(),
                    description: metric.description().to_owned(),
                    ..points(metric.data())
                };
                export.0.push((metric.name().to_owned(), exported));
            }
        }
        export
    }
}

/// A provider with one reader.
pub fn provider(temporality: Temporality) -> (SdkMeterProvider, Collector) {
    provider_with(temporality, |builder| builder)
}

/// A provider with one reader, and with the changes that `build` makes.
pub fn provider_with(
    temporality: Temporality,
    build: impl FnOnce(MeterProviderBuilder) -> MeterProviderBuilder,
) -> (SdkMeterProvider, Collector) {
    let collector = Collector::new(temporality);
    let builder = SdkMeterProvider::builder().with_reader(collector.clone());
    (build(builder).build(), collector)
}

/// The result of one collection: the name and the contents of each stream.
#[derive(Debug, Default)]
pub struct Export(pub Vec<(String, Exported)>);

impl Export {
    /// The stream with this name, if there is one.
    ///
    /// # Panics
    /// If two streams have this name.
    #[track_caller]
    pub fn find(&self, name: &str) -> Option<&Exported> {
        let mut found = self.0.iter().filter(|(n, _)| n == name);
        let metric = found.next().map(|(_, metric)| metric);
        assert!(found.next().is_none(), "two streams named {name}");
        metric
    }

    /// The stream with this name.
    ///
    /// # Panics
    /// If there is none; the message lists the names of the streams.
    #[track_caller]
    pub fn get(&self, name: &str) -> &Exported {
        self.find(name).unwrap_or_else(|| panic!("`{name}` is not among {:?}", self.names()))
    }

    /// The names of all streams.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The point of the series with these labels, written `a=1 b=2`.
    ///
    /// # Panics
    /// If there is none; the message lists the points of the stream.
    #[track_caller]
    pub fn point(&self, name: &str, labels: &str) -> &Point {
        let points = &self.get(name).points;
        points.get(labels).unwrap_or_else(|| panic!("{name}: `{labels}` is not among {points:?}"))
    }

    /// Whether no point of this metric was exported.
    pub fn has_no(&self, name: &str) -> bool {
        self.find(name).is_none_or(|metric| metric.points.is_empty())
    }
}

/// An exported stream.
#[derive(Debug, Default)]
pub struct Exported {
    /// The name and the version of the scope.
    pub scope: String,
    /// The unit.
    pub unit: String,
    /// The description.
    pub description: String,
    /// The kind and the temporality.
    pub kind: String,
    /// The points by labels, which are sorted and written `a=1 b=2`.
    pub points: BTreeMap<String, Point>,
}

/// The value of one series.
#[derive(Debug, Clone, PartialEq)]
pub enum Point {
    /// A sum or a last value.
    U64(u64),
    /// A sum or a last value.
    I64(i64),
    /// A sum or a last value.
    F64(f64),
    /// A distribution.
    Histogram(Histogram),
}

/// A distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The number of values.
    pub count: u64,
    /// The sum of the values.
    pub sum: f64,
    /// The least value; NaN if it is not known.
    pub min: f64,
    /// The greatest value; NaN if it is not known.
    pub max: f64,
    /// The upper bounds of the buckets, except the last. Empty if the histogram is exponential.
    pub bounds: Vec<f64>,
    /// The number of values in each bucket. Empty if the histogram is exponential.
    pub buckets: Vec<u64>,
    /// The buckets of an exponential histogram.
    pub exponential: Option<Exponential>,
}

impl Point {
    /// The distribution of a histogram's point.
    ///
    /// # Panics
    /// If the point is not a histogram.
    #[track_caller]
    pub fn histogram(&self) -> &Histogram {
        let Self::Histogram(histogram) = self else { panic!("{self:?} is not a histogram") };
        histogram
    }

    /// The number of a `u64` point.
    ///
    /// # Panics
    /// If the point is not a `u64`.
    #[track_caller]
    pub fn u64(&self) -> u64 {
        let Self::U64(value) = self else { panic!("{self:?} is not a u64") };
        *value
    }
}

trait Number: Copy {
    fn point(self) -> Point;
    fn float(self) -> f64;
}

macro_rules! numbers {
    ($($number:ty, $point:ident);*) => {$(
        impl Number for $number {
            fn point(self) -> Point {
                Point::$point(self)
            }

            #[allow(clippy::cast_lossless, reason = "one of the types is a float already")]
            fn float(self) -> f64 {
                self as f64
            }
        }
    )*};
}

numbers!(u64, U64; i64, I64; f64, F64);

fn points(data: &AggregatedMetrics) -> Exported {
    match data {
        AggregatedMetrics::U64(data) => points_of(data),
        AggregatedMetrics::I64(data) => points_of(data),
        AggregatedMetrics::F64(data) => points_of(data),
    }
}

fn points_of<T: Number>(data: &MetricData<T>) -> Exported {
    let mut points = BTreeMap::new();
    let mut add = |labels: String, point| {
        let before = points.insert(labels.clone(), point);
        assert!(before.is_none(), "two points of `{labels}`");
    };
    let kind = match data {
        MetricData::Gauge(gauge) => {
            gauge.data_points().for_each(|p| add(labels(p.attributes()), p.value().point()));
            "gauge".to_owned()
        }
        MetricData::Sum(sum) => {
            sum.data_points().for_each(|p| add(labels(p.attributes()), p.value().point()));
            let kind = if sum.is_monotonic() { "counter" } else { "up_down_counter" };
            format!("{kind} {:?}", sum.temporality())
        }
        MetricData::Histogram(histogram) => {
            for p in histogram.data_points() {
                let point = Histogram {
                    count: p.count(),
                    sum: p.sum().float(),
                    min: p.min().map_or(f64::NAN, Number::float),
                    max: p.max().map_or(f64::NAN, Number::float),
                    bounds: p.bounds().collect(),
                    buckets: p.bucket_counts().collect(),
                    exponential: None,
                };
                add(labels(p.attributes()), Point::Histogram(point));
            }
            format!("histogram {:?}", histogram.temporality())
        }
        MetricData::ExponentialHistogram(histogram) => {
            for p in histogram.data_points() {
                let point = Histogram {
                    count: p.count() as u64,
                    sum: p.sum().float(),
                    min: p.min().map_or(f64::NAN, Number::float),
                    max: p.max().map_or(f64::NAN, Number::float),
                    bounds: Vec::new(),
                    buckets: Vec::new(),
                    exponential: Some(Exponential {
                        scale: p.scale().into(),
                        zeros: p.zero_count(),
                        zero_threshold: p.zero_threshold(),
                        positive: side(p.positive_bucket()),
                        negative: side(p.negative_bucket()),
                    }),
                };
                add(labels(p.attributes()), Point::Histogram(point));
            }
            format!("exponential_histogram {:?}", histogram.temporality())
        }
    };
    Exported { kind, points, ..Exported::default() }
}

fn side(bucket: &ExponentialBucket) -> BTreeMap<i32, u64> {
    indexed(bucket.offset(), bucket.counts())
}

fn labels<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let mut all: Vec<String> = attributes.map(|a| format!("{}={}", a.key, a.value)).collect();
    all.sort();
    all.join(" ")
}
