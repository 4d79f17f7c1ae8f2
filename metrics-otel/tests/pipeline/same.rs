//! A pipeline sends the same, field by field, as the exporter of `opentelemetry-otlp`.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{ExponentialHistogramDataPoint, Metric};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream, Temporality as SdkTemporality};
use typed_metrics::{
    Descriptor, MetricType, Observation, add_metric_handler, attributes, flush, record_metric,
    set_metric_handlers,
};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::{OtelHandler, Protocol, Temporality};
use typed_metrics_receiver::provider::{Collector, provider_with};
use typed_metrics_receiver::{Receiver, Seen};
use typed_metrics_turn::my_turn;

use crate::pipelines::to;

#[derive(Clone, Copy, Label)]
enum Endpoint {
    Search,
    Checkout,
}

#[derive(Metrics)]
#[metrics(prefix = "same")]
enum Same<'a> {
    /// Duration of requests.
    #[histogram(unit = "ms", buckets = [10, 100, 1000])]
    Duration { endpoint: Endpoint, is_hit: bool },
    /// Requests.
    #[counter(unit = "{request}", series_limit = 2)]
    Requests { route: &'a str, status: u16 },
    #[counter(value = f64, unit = "s")]
    Busy,
    #[counter]
    Observed,
    #[up_down_counter]
    InFlight,
    #[up_down_counter(value = f64)]
    Level { tank: Option<&'a str> },
    #[gauge(value = f64)]
    Load,
    #[gauge(value = i64)]
    Offset,
    #[gauge(value = u64)]
    Size { disk: u8 },
    #[histogram(value = u64, buckets = [1])]
    Sizes,
}

fn observe() -> Observation {
    static TOTAL: AtomicU64 = AtomicU64::new(0);
    TOTAL.fetch_add(7, Relaxed);
    Same::observed().observe(|| TOTAL.load(Relaxed))
}

fn record(round: u16) {
    Same::duration(Endpoint::Search, true).record(Duration::from_millis(150));
    Same::duration(Endpoint::Search, false).record(0.0);
    Same::duration(Endpoint::Checkout, false).record(2000.0 + f64::from(round));
    Same::requests("/a", 200).add(7);
    // Over the limit in the second round.
    Same::requests("/ä", 404 + round).add(1);
    Same::busy().add(0.5);
    Same::in_flight().add(3);
    Same::in_flight().add(-5);
    Same::level(None).add(-1.5);
    Same::level(Some("")).add(1.5);
    Same::load().set(0.75);
    Same::offset().set(-3);
    Same::size(u8::from(round == 2)).set(u64::from(round) << 40);
    Same::sizes().record(round);
    let labels = attributes!("is" => true, "count" => -3_i64, "share" => 0.5, "name" => "x");
    record_metric("same.at_run_time", round, MetricType::Counter, labels).unwrap();
}

/// The metrics of an export by name, with attributes and points in order and without times; and the
/// start and the time of each point.
type Normal = (BTreeMap<String, Metric>, BTreeMap<String, (u64, u64)>);

fn normal(seen: &Seen) -> Normal {
    let [resource] = &*seen.body.resource_metrics else { panic!("one resource") };
    let [scope] = &*resource.scope_metrics else { panic!("one scope") };
    let InstrumentationScope { name, version, .. } = scope.scope.clone().unwrap();
    assert_eq!((&*name, &*version), ("typed-metrics", env!("CARGO_PKG_VERSION")));
    let (mut metrics, mut times) = (BTreeMap::new(), BTreeMap::new());
    for mut metric in scope.metrics.clone() {
        let name = metric.name.clone();
        macro_rules! points {
            ($data:expr) => {{
                for point in &mut $data.data_points {
                    point.attributes.sort_by(|a, b| a.key.cmp(&b.key));
                    let start = std::mem::take(&mut point.start_time_unix_nano);
                    let time = std::mem::take(&mut point.time_unix_nano);
                    assert!(0 < start && start <= time, "{name}");
                    times.insert(format!("{name} {}", text(&point.attributes)), (start, time));
                }
                $data.data_points.sort_by_key(|point| text(&point.attributes));
            }};
        }
        match metric.data.as_mut().unwrap() {
            Data::Gauge(data) => points!(data),
            Data::Sum(data) => points!(data),
            Data::Histogram(data) => points!(data),
            Data::ExponentialHistogram(data) => points!(data),
            other @ Data::Summary(_) => panic!("{other:?}"),
        }
        assert!(metrics.insert(name, metric).is_none(), "a metric is sent once");
    }
    (metrics, times)
}

/// Whether a metric that is no gauge is exported as changes.
fn is_delta(metric: &Metric) -> bool {
    match metric.data.as_ref().unwrap() {
        Data::Sum(sum) => sum.aggregation_temporality == 1,
        Data::Histogram(histogram) => histogram.aggregation_temporality == 1,
        Data::ExponentialHistogram(histogram) => histogram.aggregation_temporality == 1,
        _ => false,
    }
}

/// Sends what an SDK has collected.
fn export(collector: &Collector, to: &Receiver) {
    let mut metrics = ResourceMetrics::default();
    collector.collect(&mut metrics).unwrap();
    let endpoint = format!("{}/v1/metrics", to.http_endpoint());
    let exporter = MetricExporter::builder().with_http().with_endpoint(endpoint).build();
    // The client blocks, so the first poll completes the export.
    let (exporter, mut context) = (exporter.unwrap(), Context::from_waker(Waker::noop()));
    let result = pin!(exporter.export(&metrics)).poll(&mut context);
    assert!(matches!(result, Poll::Ready(Ok(()))), "{result:?}");
}

fn text(attributes: &[KeyValue]) -> String {
    format!("{attributes:?}")
}

#[test]
fn the_same_is_sent_as_by_the_exporter_of_opentelemetry_otlp() {
    let _turn = my_turn();
    let cases = [
        (Temporality::Cumulative, SdkTemporality::Cumulative),
        (Temporality::Delta, SdkTemporality::Delta),
        (Temporality::LowMemory, SdkTemporality::LowMemory),
    ];
    for (ours, theirs) in cases {
        let (at_theirs, at_ours) = (Receiver::start(), Receiver::start());
        let (provider, collector) = typed_metrics_receiver::provider::provider(theirs);
        let mine = |metric: &Descriptor| metric.name().starts_with("same.");
        set_metric_handlers(OtelHandler::new(provider).filter(mine)).unwrap();
        let pipeline = to(&at_ours, Protocol::HttpProtobuf).temporality(ours);
        add_metric_handler(pipeline.build().unwrap().filter(mine)).unwrap();
        let mut last: Option<BTreeMap<String, (u64, u64)>> = None;
        for round in 1..=3 {
            let observation = observe();
            // Only the observed counter changes in the second interval.
            if round != 2 {
                record(round);
            }
            flush().unwrap();
            export(&collector, &at_theirs);
            drop(observation);
            let (mut their_metrics, _) = normal(at_theirs.requests().last().unwrap());
            let (mut our_metrics, times) = normal(at_ours.requests().last().unwrap());
            for (point, (start, time)) in &times {
                let name = point.split_once(' ').unwrap().0;
                let Some(last) = &last else { continue };
                let ends: Vec<_> = last.values().map(|(_, time)| *time).collect();
                if is_delta(&our_metrics[name]) {
                    assert!(ends.contains(start), "{point} begins at {start}, not at {ends:?}");
                } else if let Some((before, end)) = last.get(point) {
                    assert_eq!(start, before, "{point}");
                    assert!(end < time, "{point}");
                }
            }
            if ours == Temporality::LowMemory {
                // The bridge hands observed totals to a synchronous counter, which the SDK exports
                // as changes. The specification wants the total.
                let observed = our_metrics.remove("same.observed").unwrap();
                assert!(!is_delta(&observed) && is_delta(&their_metrics["same.observed"]));
                their_metrics.remove("same.observed");
            }
            let names =
                |metrics: &BTreeMap<String, Metric>| metrics.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&our_metrics), names(&their_metrics), "{ours:?}, round {round}");
            for (name, metric) in &their_metrics {
                assert_eq!(our_metrics[name], *metric, "{ours:?}, round {round}");
            }
            last = Some(times);
        }
        typed_metrics::clear_metric_handlers();
    }
}

#[derive(Metrics)]
#[metrics(prefix = "of_sdk")]
enum Exponential<'a> {
    /// Distances.
    #[histogram(exponential, unit = "m")]
    Distance { kind: &'a str },
    /// Few buckets.
    #[histogram(exponential, max_size = 4)]
    Coarse,
}

/// The values of a round. The range grows from round to round.
fn values(kind: &str, round: i32) -> Vec<f64> {
    let step = 10_f64.powi(round);
    match kind {
        "few" => vec![3.0],
        "zero" => vec![0.0, -0.0],
        "negative" => vec![-step, -3.0 * step, -0.1],
        "both" => vec![-7.5, 0.0, 2.5, 1e-3 / step, 64.0, 5.5 * step],
        "far" => vec![1e-300, 1e300 / step],
        _ => (1..1000).map(|n| f64::from(n * n % 997) * 0.37 * step).collect(),
    }
}

const KINDS: [&str; 6] = ["few", "zero", "negative", "both", "far", "many"];

/// Gives a data point the scale of another one.
fn lower(point: &mut ExponentialHistogramDataPoint, scale: i32) {
    let less = point.scale - scale;
    for buckets in [&mut point.positive, &mut point.negative].into_iter().flatten() {
        let first = buckets.offset >> less;
        let mut counts = Vec::new();
        for (index, count) in (buckets.offset..).zip(&buckets.bucket_counts) {
            let at = usize::try_from((index >> less) - first).unwrap();
            counts.resize(counts.len().max(at + 1), 0);
            counts[at] += count;
        }
        (buckets.offset, buckets.bucket_counts) = (first, counts);
    }
    point.scale = scale;
}

fn points(metric: &mut Metric) -> &mut Vec<ExponentialHistogramDataPoint> {
    match metric.data.as_mut() {
        Some(Data::ExponentialHistogram(data)) => &mut data.data_points,
        other => panic!("{other:?}"),
    }
}

#[test]
fn exponential_histograms_are_those_of_the_sdk() {
    let _turn = my_turn();
    let cases = [
        (Temporality::Cumulative, SdkTemporality::Cumulative),
        (Temporality::Delta, SdkTemporality::Delta),
    ];
    let aggregations = [("of_sdk.distance", 160), ("of_sdk.coarse", 4)];
    for (ours, theirs) in cases {
        let (at_theirs, at_ours) = (Receiver::start(), Receiver::start());
        let (provider, collector) = provider_with(theirs, |builder| {
            builder.with_view(move |instrument: &Instrument| {
                let known = aggregations.iter().find(|(name, _)| *name == instrument.name());
                let aggregation = Aggregation::Base2ExponentialHistogram {
                    max_size: known?.1,
                    max_scale: 20,
                    record_min_max: true,
                };
                Stream::builder().with_aggregation(aggregation).build().ok()
            })
        });
        let scope = opentelemetry::InstrumentationScope::builder("typed-metrics")
            .with_version(env!("CARGO_PKG_VERSION"));
        let meter = provider.meter_with_scope(scope.build());
        let distance = meter.f64_histogram("of_sdk.distance").with_unit("m");
        let distance = distance.with_description("Distances.").build();
        let coarse = meter.f64_histogram("of_sdk.coarse").with_description("Few buckets.").build();
        // The SDK begins to count here.
        KINDS.iter().for_each(|kind| Exponential::distance(kind).remove());
        Exponential::coarse().remove();
        let mine = move |metric: &Descriptor| aggregations.iter().any(|a| a.0 == metric.name());
        let pipeline = to(&at_ours, Protocol::HttpProtobuf).temporality(ours);
        set_metric_handlers(pipeline.build().unwrap().filter(mine)).unwrap();
        flush().unwrap();
        for round in 0..4 {
            for kind in KINDS {
                // Not every series changes in every round.
                for value in
                    values(kind, round).into_iter().filter(|_| round != 2 || kind == "both")
                {
                    Exponential::distance(kind).record(value);
                    distance.record(value, &[opentelemetry::KeyValue::new("kind", kind)]);
                    Exponential::coarse().record(value);
                    coarse.record(value, &[]);
                }
            }
            flush().unwrap();
            export(&collector, &at_theirs);
            let (mut their_metrics, _) = normal(at_theirs.requests().last().unwrap());
            let (our_metrics, _) = normal(at_ours.requests().last().unwrap());
            assert_eq!(our_metrics.len(), 2);
            for (name, metric) in &mut their_metrics {
                let theirs = points(metric);
                let same = points(&mut our_metrics[name].clone()).clone();
                for (point, same) in theirs.iter_mut().zip(&same) {
                    // The SDK counts the buckets of each sign alone, and begins every interval at
                    // the largest scale.
                    let has_signs = same.positive.is_some() && same.negative.is_some();
                    if has_signs || ours == Temporality::Delta {
                        assert!(same.scale <= point.scale, "{name}, round {round}");
                        lower(point, same.scale);
                    }
                    // Buckets without counts need no message.
                    for side in [&mut point.positive, &mut point.negative] {
                        side.take_if(|buckets| buckets.bucket_counts.is_empty());
                    }
                    // The SDK rounds after each addition.
                    let (Some(sum), Some(exact)) = (point.sum, same.sum) else { panic!() };
                    assert!((sum - exact).abs() <= 1e-12 * exact.abs(), "{sum} is not {exact}");
                    point.sum = same.sum;
                    assert_eq!(same, point, "{ours:?}, round {round}");
                }
                assert_eq!(our_metrics[name], *metric, "{ours:?}, round {round}");
            }
        }
        typed_metrics::clear_metric_handlers();
    }
}
