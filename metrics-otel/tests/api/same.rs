//! The same calls arrive as the same by OTLP, whether the provider is that of this crate or that of
//! the SDK with the exporter of `opentelemetry-otlp`.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use opentelemetry::metrics::{
    BoundCounter, BoundHistogram, Counter, Gauge, Histogram, Meter, MeterProvider, UpDownCounter,
};
use opentelemetry::{Array, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_proto::tonic::common::v1::KeyValue as Decoded;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_sdk::metrics::Temporality as SdkTemporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::reader::MetricReader;
use typed_metrics::{Descriptor, flush, set_metric_handlers};
use typed_metrics_otel::{OtelHandler, Temporality, meter_provider};
use typed_metrics_receiver::{Receiver, Seen};
use typed_metrics_turn::my_turn;

/// A library that records through the API.
struct Library {
    requests: Counter<u64>,
    busy: Counter<f64>,
    in_flight: UpDownCounter<i64>,
    level: UpDownCounter<f64>,
    size: Gauge<u64>,
    offset: Gauge<i64>,
    load: Gauge<f64>,
    duration: Histogram<f64>,
    sizes: Histogram<u64>,
    bound: BoundCounter<u64>,
    bound_duration: BoundHistogram<f64>,
    /// The values that callbacks observe.
    observed: Arc<AtomicI64>,
}

impl Library {
    fn new(meter: &Meter) -> Self {
        let observed = Arc::new(AtomicI64::new(5));
        let read = || {
            let observed = Arc::clone(&observed);
            move || observed.load(Relaxed)
        };
        let labels = [KeyValue::new("z", "last"), KeyValue::new("cpu", 3)];
        macro_rules! observe {
            ($call:ident, $name:literal, $of:expr) => {{
                let (read, labels) = (read(), labels.clone());
                let builder = meter.$call($name).with_unit("By").with_description("Observed.");
                let _ = builder
                    .with_callback(move |observer| {
                        let value: i64 = read();
                        observer.observe($of(value), &labels);
                        // A sum that is not observed any more is exported once more, so that
                        // every reader has its last value. The SDK does not do that.
                        if value % 2 == 1 && $name.contains("gauge") {
                            observer.observe($of(value), &[]);
                        }
                    })
                    .build();
            }};
        }
        observe!(u64_observable_counter, "observed.u64", i64::cast_unsigned);
        observe!(f64_observable_counter, "observed.f64", |value| value as f64 / 2.0);
        observe!(i64_observable_up_down_counter, "observed.level.i64", |value: i64| -value);
        observe!(f64_observable_up_down_counter, "observed.level.f64", |value| value as f64 / -2.0);
        observe!(u64_observable_gauge, "observed.gauge.u64", i64::cast_unsigned);
        observe!(i64_observable_gauge, "observed.gauge.i64", |value: i64| -value);
        observe!(f64_observable_gauge, "observed.gauge.f64", |value| value as f64 / 2.0);
        let requests = meter.u64_counter("requests").with_unit("{request}").build();
        let duration = meter.f64_histogram("duration").with_unit("s");
        let duration = duration.with_boundaries(vec![0.1, 0.5, 2.5]).build();
        Self {
            bound: requests.bind(&[KeyValue::new("b", 1), KeyValue::new("a", "bound")]),
            bound_duration: duration.bind(&[KeyValue::new("bound", true)]),
            requests,
            busy: meter.f64_counter("Busy/time-total_1").with_description("Busy.").build(),
            in_flight: meter.i64_up_down_counter("in_flight").build(),
            level: meter.f64_up_down_counter("level").build(),
            size: meter.u64_gauge("size").build(),
            offset: meter.i64_gauge("offset").build(),
            load: meter.f64_gauge("load").build(),
            duration,
            sizes: meter.u64_histogram("sizes").build(),
            observed,
        }
    }

    fn record(&self, round: u32) {
        // No name twice: the SDK exports both, which the specification forbids.
        let texts = vec![StringValue::from("a"), StringValue::from("ü\"")];
        let attributes = [
            KeyValue::new("z.last", "ä"),
            KeyValue::new("le", 0.5),
            KeyValue::new("otel.flag", true),
            KeyValue::new("Any Name!", i64::MIN),
            KeyValue::new("texts", Value::Array(Array::String(texts))),
            KeyValue::new("ints", Value::Array(Array::I64(vec![1, -1]))),
            KeyValue::new("floats", Value::Array(Array::F64(vec![1.0, -0.5]))),
            KeyValue::new("flags", Value::Array(Array::Bool(vec![true, false]))),
            KeyValue::new("empty", ""),
        ];
        let round_only = [KeyValue::new("round", i64::from(round))];
        self.requests.add(3, &attributes);
        self.requests.add(1, &round_only);
        self.busy.add(0.25, &attributes[..2]);
        self.busy.add(f64::NAN, &round_only);
        self.in_flight.add(-4, &attributes);
        self.in_flight.add(3, &[]);
        self.level.add(1.5, &round_only);
        self.size.record(u64::from(round), &[]);
        self.offset.record(-i64::from(round), &attributes[..1]);
        self.load.record(0.5, &round_only);
        for value in [0.05, 0.1, 0.7, 100.0] {
            self.duration.record(value, &attributes);
        }
        self.duration.record(f64::INFINITY, &attributes);
        [0, 5, 7, 123_456].into_iter().for_each(|value| self.sizes.record(value, &[]));
        self.bound.add(u64::from(round));
        self.bound_duration.record(0.3);
        self.requests.add(1, &[KeyValue::new("a", "bound"), KeyValue::new("b", 1)]);
    }
}

fn scope(name: &str) -> InstrumentationScope {
    InstrumentationScope::builder(name.to_owned())
        .with_version("1.2.3")
        .with_schema_url("https://opentelemetry.io/schemas/1.37.0")
        .with_attributes([
            KeyValue::new("team", "mail"),
            KeyValue::new("list", Value::Array(Array::I64(vec![1]))),
        ])
        .build()
}

/// The metrics by scope and name, with points in order and without times.
fn normal(seen: &Seen) -> BTreeMap<String, Metric> {
    let [resource] = &*seen.body.resource_metrics else { panic!("one resource") };
    let mut metrics = BTreeMap::new();
    for of_scope in &resource.scope_metrics {
        let mut scope = of_scope.scope.clone().unwrap();
        scope.attributes.sort_by(|a, b| a.key.cmp(&b.key));
        for mut metric in of_scope.metrics.clone() {
            macro_rules! points {
                ($data:expr) => {{
                    for point in &mut $data.data_points {
                        point.attributes.sort_by(|a, b| a.key.cmp(&b.key));
                        assert!(point.start_time_unix_nano <= point.time_unix_nano);
                        point.start_time_unix_nano = 0;
                        point.time_unix_nano = 0;
                    }
                    $data.data_points.sort_by_key(|point| text(&point.attributes));
                }};
            }
            match metric.data.as_mut().unwrap() {
                Data::Gauge(data) => points!(data),
                Data::Sum(data) => points!(data),
                Data::Histogram(data) => points!(data),
                other => panic!("{other:?}"),
            }
            let name = format!("{scope:?} {} {}", of_scope.schema_url, metric.name);
            assert!(metrics.insert(name, metric).is_none(), "a metric is sent once");
        }
    }
    metrics
}

/// Leaves out the points of a gauge that the other one lacks. Unless the temporality is cumulative,
/// the SDK exports a synchronous gauge only if it was recorded since the last export; this crate
/// always exports the last value. Returns whether points are left.
fn keep_recorded(metric: &mut Metric, other: Option<&Metric>) -> bool {
    let Some(Data::Gauge(gauge)) = &mut metric.data else { return true };
    let Some(Data::Gauge(other)) = other.and_then(|other| other.data.as_ref()) else {
        return false;
    };
    gauge
        .data_points
        .retain(|point| other.data_points.iter().any(|other| other.attributes == point.attributes));
    true
}

fn text(attributes: &[Decoded]) -> String {
    format!("{attributes:?}")
}

#[test]
fn the_same_calls_arrive_as_the_same() {
    let _turn = my_turn();
    let cases = [
        (Temporality::Cumulative, SdkTemporality::Cumulative, "same.cumulative"),
        (Temporality::Delta, SdkTemporality::Delta, "same.delta"),
        (Temporality::LowMemory, SdkTemporality::LowMemory, "same.low_memory"),
    ];
    for (ours, theirs, name) in cases {
        let (at_theirs, at_ours) = (Receiver::start(), Receiver::start());
        let (sdk, collector) = typed_metrics_receiver::provider::provider(theirs);
        let their_library = Library::new(&sdk.meter_with_scope(scope(name)));
        let our_library = Library::new(&meter_provider().meter_with_scope(scope(name)));
        let builder = OtelHandler::otlp().endpoint(at_ours.http_endpoint()).temporality(ours);
        let builder = builder.interval(Duration::from_secs(3600));
        let mine = move |metric: &Descriptor| metric.scope().is_some_and(|of| of.name() == name);
        set_metric_handlers(builder.build().unwrap().filter(mine)).unwrap();
        for round in 1..=4 {
            // Only the observed values change in the second round.
            for library in [&their_library, &our_library] {
                library.observed.store(i64::from(round) * 7, Relaxed);
                if round != 2 {
                    library.record(round);
                }
            }
            flush().unwrap();
            let mut metrics = ResourceMetrics::default();
            collector.collect(&mut metrics).unwrap();
            let endpoint = format!("{}/v1/metrics", at_theirs.http_endpoint());
            let exporter = MetricExporter::builder().with_http().with_endpoint(endpoint).build();
            // The client blocks, so the first poll completes the export.
            let (exporter, mut context) = (exporter.unwrap(), Context::from_waker(Waker::noop()));
            let result = pin!(exporter.export(&metrics)).poll(&mut context);
            assert!(matches!(result, Poll::Ready(Ok(()))), "{result:?}");
            let their_metrics = normal(at_theirs.requests().last().unwrap());
            let mut our_metrics = normal(at_ours.requests().last().unwrap());
            if ours != Temporality::Cumulative {
                our_metrics.retain(|name, metric| keep_recorded(metric, their_metrics.get(name)));
            }
            let names =
                |metrics: &BTreeMap<String, Metric>| metrics.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&our_metrics), names(&their_metrics), "{ours:?}, round {round}");
            for (name, metric) in &their_metrics {
                assert_eq!(our_metrics[name], *metric, "{ours:?}, round {round}");
            }
        }
        typed_metrics::clear_metric_handlers();
    }
}
