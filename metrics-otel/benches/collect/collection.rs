//! The time of a collection of 10,000 series, of which all or a few changed, and the time of the
//! SDK's own collection.

use std::sync::Arc;
use std::sync::Weak;
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    Instrument, InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Stream, Temporality,
};
use typed_metrics::{clear_metric_handlers, set_metric_handlers};
use typed_metrics_otel::{OtelHandler, series_limits};

use crate::measure::{promise, verdict};
use crate::{Bench, Method};

const SERIES: u32 = 10_000;
const ROUNDS: usize = 15;

pub(crate) fn report() {
    println!("\n{:<52} {:>9} {:>9}   promised", "10,000 series, 3 attributes", "ms", "ratio");
    for temporality in [Temporality::Cumulative, Temporality::Delta] {
        println!("{temporality:?}");
        counters(temporality);
        histograms(temporality);
    }
    replay();
}

fn counters(temporality: Temporality) {
    let (provider, reader) = their_provider(temporality);
    let counter = provider.meter("sdk").u64_counter("sdk.many").build();
    let attributes: Vec<_> = (0..SERIES).map(attributes).collect();
    let theirs = collections(&reader, |_| attributes.iter().for_each(|a| counter.add(1, a)));
    line("  counters of the SDK, all changed", theirs, None);
    let theirs_few =
        collections(&reader, |_| attributes.iter().step_by(100).for_each(|a| counter.add(1, a)));
    line("  counters of the SDK, 1 % changed", theirs_few, None);

    let reader = install(temporality, "bench.many");
    let add = |id: u32| Bench::many(id, "/api/v1/resource", Method::Get).inc();
    let ours = collections(&reader, |_| (0..SERIES).for_each(add));
    line("  ours, all changed", ours, Some((theirs, 2.0)));
    let ours_few = collections(&reader, |_| (0..SERIES).step_by(100).for_each(add));
    // Under delta temporality, the SDK's own collection of few series takes almost no time. So the
    // promise is relative to its collection of all series.
    line("  ours, 1 % changed, against all of the SDK's", ours_few, Some((theirs, 1.3)));
    line("  ours, 1 % changed, against 1 % of the SDK's", ours_few, Some((theirs_few, f64::NAN)));
    clear_metric_handlers();
}

fn histograms(temporality: Temporality) {
    let (provider, reader) = their_provider(temporality);
    let histogram = provider
        .meter("sdk")
        .f64_histogram("sdk.many_sizes")
        .with_boundaries(vec![5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0])
        .build();
    let attributes: Vec<_> = (0..SERIES).map(attributes).collect();
    let theirs = collections(&reader, |_| attributes.iter().for_each(|a| histogram.record(7.0, a)));
    line("  histograms of the SDK, all changed", theirs, None);

    let reader = install(temporality, "bench.many_sizes");
    let record = |id: u32| Bench::many_sizes(id, "/api/v1/resource", Method::Get).record(7.0);
    let ours = collections(&reader, |_| (0..SERIES).for_each(record));
    line("  ours, all changed", ours, Some((theirs, f64::NAN)));
    let ours = collections(&reader, |_| (0..SERIES).step_by(100).for_each(record));
    line("  ours, 1 % changed", ours, Some((theirs, f64::NAN)));
    clear_metric_handlers();
}

/// The SDK's time for one value, in nanoseconds: a lower bound for the replay.
fn bound_record(samples: u32) -> f64 {
    let (provider, _reader) = their_provider(Temporality::Cumulative);
    let histogram = provider.meter("sdk").f64_histogram("sdk.bound").build().bind(&[]);
    let round = |_| {
        let start = Instant::now();
        // In ascending order, as in a replay.
        (0..samples).for_each(|i| histogram.record(f64::from(i) * 12_000.0 / f64::from(samples)));
        start.elapsed()
    };
    let least = (0..ROUNDS).map(round).min().unwrap_or_default();
    least.as_secs_f64() * 1e9 / f64::from(samples)
}

fn replay() {
    const SAMPLES: u32 = 1_000_000;
    let reader = install(Temporality::Cumulative, "bench.replayed");
    let values = |round: usize| {
        (0..SAMPLES)
            .for_each(|i| Bench::replayed().record(f64::from(i * 7 % 12_000) + round as f64));
    };
    let idle = collections(&reader, |_| ());
    let busy = collections(&reader, values);
    let each = busy.saturating_sub(idle).as_secs_f64() * 1e9 / f64::from(SAMPLES);
    let theirs = bound_record(SAMPLES);
    println!(
        "\n{:<52} {each:>6.1} ns   at most 20 ns: {}; {:.2}x of the SDK's bound record alone \
         ({theirs:.1} ns)",
        "replay of a sample, 15 buckets",
        verdict(each <= 20.0),
        each / theirs
    );
    clear_metric_handlers();
}

fn line(name: &str, time: Duration, against: Option<(Duration, f64)>) {
    let ms = time.as_secs_f64() * 1e3;
    let Some((other, most)) = against else { return println!("{name:<52} {ms:>9.2}") };
    let ratio = ms / 1e3 / other.as_secs_f64();
    let promise = if most.is_nan() { String::new() } else { promise(ratio, most) };
    println!("{name:<52} {ms:>9.2} {ratio:>8.2}x   {promise}");
}

/// The shortest time of a collection after `change`.
fn collections(reader: &Shared, change: impl Fn(usize)) -> Duration {
    let mut metrics = ResourceMetrics::default();
    let rounds = (0..ROUNDS).map(|round| {
        change(round);
        let start = Instant::now();
        reader.collect(&mut metrics).expect("it is registered");
        start.elapsed()
    });
    rounds.min().unwrap_or_default()
}

fn attributes(id: u32) -> [KeyValue; 3] {
    [
        KeyValue::new("id", i64::from(id)),
        KeyValue::new("method", "get"),
        KeyValue::new("route", "/api/v1/resource"),
    ]
}

fn their_provider(temporality: Temporality) -> (SdkMeterProvider, Shared) {
    let reader = Shared::new(temporality);
    let limit = |_: &Instrument| Stream::builder().with_cardinality_limit(20_000).build().ok();
    (SdkMeterProvider::builder().with_reader(reader.clone()).with_view(limit).build(), reader)
}

/// Exports one metric, and returns its reader. The provider lives as long as the handler.
fn install(temporality: Temporality, metric: &'static str) -> Shared {
    let reader = Shared::new(temporality);
    let provider =
        SdkMeterProvider::builder().with_reader(reader.clone()).with_view(series_limits()).build();
    let handler = OtelHandler::new(provider).filter(move |m| m.name() == metric);
    set_metric_handlers(handler).expect("it is collected");
    reader
}

/// A reader. The benchmark keeps a clone of it.
#[derive(Debug, Clone)]
struct Shared(Arc<ManualReader>);

impl Shared {
    fn new(temporality: Temporality) -> Self {
        Self(Arc::new(ManualReader::builder().with_temporality(temporality).build()))
    }
}

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
