//! The OpenTelemetry SDK, twice: with attributes for each record, which is its stable interface,
//! and with bound instruments, which are experimental and the SDK's fastest.

use std::sync::{Arc, LazyLock, Weak};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Temporality,
};

use crate::input::{BUCKETS, FIXED, Input, distinct};
use crate::memory::SERIES;
use crate::peer::{Case, Job, Kind, Memory, Peer};

pub fn attributes() -> Peer {
    let fixed = METER.u64_counter("fixed").build();
    let histogram = METER.f64_histogram("duration").with_boundaries(BUCKETS.to_vec()).build();
    let three = ["first", "second", "third"].map(|name| METER.u64_counter(name).build());
    let gauge = METER.f64_gauge("level").build();
    let counter = move |i: &Input<'_>| fixed.add(1, &fixed_labels(i.fixed()));
    let histogram = move |i: &Input<'_>| {
        histogram.record(f64::from(i.value), &fixed_labels(i.fixed()));
    };
    let three = move |i: &Input<'_>| {
        let labels = open_labels(i);
        three.iter().for_each(|counter| counter.add(1, &labels));
    };
    let counted = || read("first") + read("second") + read("third");
    let gauge = move |i: &Input<'_>| gauge.record(f64::from(i.value), &open_labels(i));
    Peer::new("opentelemetry, attributes", "opentelemetry_sdk", Kind::SharedCells)
        .job(Job::Counter, Case::new(counter, || read("fixed")))
        .job(Job::Histogram, Case::new(histogram, || read("duration")))
        .job(Job::Open, open())
        .job(Job::Three, Case::new(three, move || counted() / 3.0))
        .job(Job::Gauge, Case::new(gauge, || read("level")))
        .memory(Memory::Counters, many_counters)
        .memory(Memory::Histograms, many_histograms)
}

pub fn bound() -> Peer {
    let counter = METER.u64_counter("bound").build();
    let counters: [_; 6] = std::array::from_fn(|i| counter.bind(&fixed_labels(i)));
    let histogram = METER.f64_histogram("bound_duration").with_boundaries(BUCKETS.to_vec()).build();
    let histograms: [_; 6] = std::array::from_fn(|i| histogram.bind(&fixed_labels(i)));
    let counter = move |i: &Input<'_>| counters[i.fixed()].add(1);
    let histogram = move |i: &Input<'_>| histograms[i.fixed()].record(f64::from(i.value));
    Peer::new("opentelemetry, bound", "opentelemetry_sdk", Kind::SharedCells)
        .job(Job::Counter, Case::new(counter, || read("bound")))
        .job(Job::Histogram, Case::new(histogram, || read("bound_duration")))
        .memory(Memory::Counters, many_bound_counters)
        .memory(Memory::Histograms, many_bound_histograms)
}

fn open() -> Case {
    let open = METER.u64_counter("open").build();
    Case::new(move |i| open.add(1, &open_labels(i)), || read("open"))
}

fn many_counters() -> Case {
    let many = METER.u64_counter("many").build();
    Case::new(move |i| many.add(1, &open_labels(i)), || read("many"))
}

fn many_histograms() -> Case {
    let many = METER.f64_histogram("many_durations").with_boundaries(BUCKETS.to_vec()).build();
    let record = move |i: &Input<'_>| many.record(f64::from(i.value), &open_labels(i));
    Case::new(record, || read("many_durations"))
}

fn many_bound_counters() -> Case {
    let many = METER.u64_counter("many_bound").build();
    let many: Vec<_> = distinct(SERIES).iter().map(|i| many.bind(&open_labels(i))).collect();
    Case::new(move |i| many[i.value as usize].add(1), || read("many_bound"))
}

fn many_bound_histograms() -> Case {
    let many = METER.f64_histogram("many_bound_durations");
    let many = many.with_boundaries(BUCKETS.to_vec()).build();
    let many: Vec<_> = distinct(SERIES).iter().map(|i| many.bind(&open_labels(i))).collect();
    let record = move |i: &Input<'_>| many[i.value as usize].record(f64::from(i.value));
    Case::new(record, || read("many_bound_durations"))
}

#[inline(always)]
fn fixed_labels(fixed: usize) -> [KeyValue; 2] {
    let (method, outcome) = FIXED[fixed];
    [KeyValue::new("method", method), KeyValue::new("outcome", outcome)]
}

#[inline(always)]
fn open_labels(i: &Input<'_>) -> [KeyValue; 2] {
    let status = KeyValue::new("status", i64::from(i.status));
    [status, KeyValue::new("route", i.route.to_owned())]
}

static READER: LazyLock<Arc<ManualReader>> = LazyLock::new(Arc::default);
static PROVIDER: LazyLock<SdkMeterProvider> =
    LazyLock::new(|| SdkMeterProvider::builder().with_reader(Shared(Arc::clone(&READER))).build());
static METER: LazyLock<Meter> = LazyLock::new(|| PROVIDER.meter("peers"));

/// The reader belongs to the provider, and the totals are read through this second owner.
#[derive(Debug)]
struct Shared(Arc<ManualReader>);

impl MetricReader for Shared {
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

/// The sum of a counter, the count of a histogram, or the value of a gauge with one series.
fn read(name: &str) -> f64 {
    let mut metrics = ResourceMetrics::default();
    READER.collect(&mut metrics).expect("the provider runs");
    let found = metrics.scope_metrics().flat_map(|scope| scope.metrics());
    let metric = found.into_iter().find(|metric| metric.name() == name);
    match metric.map(|metric| metric.data()) {
        Some(AggregatedMetrics::U64(MetricData::Sum(sum))) => {
            sum.data_points().map(|point| point.value() as f64).sum()
        }
        Some(AggregatedMetrics::F64(MetricData::Histogram(histogram))) => {
            histogram.data_points().map(|point| point.count() as f64).sum()
        }
        Some(AggregatedMetrics::F64(MetricData::Gauge(gauge))) => {
            gauge.data_points().map(|point| point.value()).sum()
        }
        _ => 0.0,
    }
}
