//! The three jobs in each crate, written as its documentation recommends.

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};
use typed_metrics::{Label, Metrics};

use crate::Peer;

pub const METHODS: [&str; 2] = ["get", "put"];
pub const OUTCOMES: [&str; 3] = ["hit", "miss", "error"];
pub const ROUTES: [&str; 18] = [
    "/a",
    "/b",
    "/c",
    "/d",
    "/e",
    "/f",
    "/api/a",
    "/api/b",
    "/api/c",
    "/api/d",
    "/api/e",
    "/api/f",
    "/api/v2/a",
    "/api/v2/b",
    "/api/v2/c",
    "/api/v2/d",
    "/api/v2/e",
    "/api/v2/f",
];
const BUCKETS: [f64; 8] = [5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0];

pub fn all() -> Vec<Peer> {
    vec![typed(), otel(), otel_bound(), prometheus(), prometheus_client(), metrics_rs()]
}

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
    Put,
}

#[derive(Clone, Copy, Label)]
enum Outcome {
    Hit,
    Miss,
    Error,
}

const TYPED_METHODS: [Method; 2] = [Method::Get, Method::Put];
const TYPED_OUTCOMES: [Outcome; 3] = [Outcome::Hit, Outcome::Miss, Outcome::Error];

#[derive(Metrics)]
enum Typed<'a> {
    #[counter]
    Fixed { method: Method, outcome: Outcome },
    #[counter]
    Open { status: u16, route: &'a str },
    #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250, 500, 1000])]
    Duration { method: Method },
}

fn typed() -> Peer {
    Peer {
        name: "typed-metrics",
        fixed: Some(Box::new(|m, o| Typed::fixed(TYPED_METHODS[m], TYPED_OUTCOMES[o]).inc())),
        open: Some(Box::new(|status, route| Typed::open(status, route).inc())),
        histogram: Some(Box::new(|m, v| Typed::duration(TYPED_METHODS[m]).record(v))),
    }
}

fn otel_meter() -> opentelemetry::metrics::Meter {
    let provider = SdkMeterProvider::builder().with_reader(ManualReader::builder().build()).build();
    let meter = provider.meter("peers");
    // Dropping the last clone would shut the provider down.
    std::mem::forget(provider);
    meter
}

fn otel() -> Peer {
    let meter = otel_meter();
    let fixed = meter.u64_counter("fixed").build();
    let open = meter.u64_counter("open").build();
    let histogram = meter.f64_histogram("duration").with_boundaries(BUCKETS.to_vec()).build();
    Peer {
        name: "opentelemetry, attributes",
        fixed: Some(Box::new(move |m, o| {
            let attributes =
                [KeyValue::new("method", METHODS[m]), KeyValue::new("outcome", OUTCOMES[o])];
            fixed.add(1, &attributes);
        })),
        open: Some(Box::new(move |status, route| {
            let attributes = [
                KeyValue::new("status", i64::from(status)),
                KeyValue::new("route", route.to_owned()),
            ];
            open.add(1, &attributes);
        })),
        histogram: Some(Box::new(move |m, v| {
            histogram.record(v, &[KeyValue::new("method", METHODS[m])]);
        })),
    }
}

fn otel_bound() -> Peer {
    let meter = otel_meter();
    let fixed = meter.u64_counter("fixed").build();
    let fixed: Vec<_> = (0..6)
        .map(|i| {
            fixed.bind(&[
                KeyValue::new("method", METHODS[i / 3]),
                KeyValue::new("outcome", OUTCOMES[i % 3]),
            ])
        })
        .collect();
    let histogram = meter.f64_histogram("duration").with_boundaries(BUCKETS.to_vec()).build();
    let histogram = METHODS.map(|method| histogram.bind(&[KeyValue::new("method", method)]));
    Peer {
        name: "opentelemetry, bound by hand (experimental)",
        fixed: Some(Box::new(move |m, o| fixed[m * 3 + o].add(1))),
        open: None,
        histogram: Some(Box::new(move |m, v| histogram[m].record(v))),
    }
}

fn prometheus() -> Peer {
    let opts = |name: &str| prometheus::Opts::new(name, "help");
    let fixed = prometheus::IntCounterVec::new(opts("fixed"), &["method", "outcome"]);
    let fixed = fixed.expect("the names are valid");
    let open = prometheus::IntCounterVec::new(opts("open"), &["status", "route"]);
    let open = open.expect("the names are valid");
    let histogram = prometheus::HistogramVec::new(
        prometheus::HistogramOpts::new("duration", "help").buckets(BUCKETS.to_vec()),
        &["method"],
    );
    let histogram = histogram.expect("the names are valid");
    Peer {
        name: "prometheus",
        fixed: Some(Box::new(move |m, o| {
            fixed.with_label_values(&[METHODS[m], OUTCOMES[o]]).inc();
        })),
        open: Some(Box::new(move |status, route| {
            open.with_label_values(&[status.to_string().as_str(), route]).inc();
        })),
        histogram: Some(Box::new(move |m, v| {
            histogram.with_label_values(&[METHODS[m]]).observe(v);
        })),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum ClientMethod {
    Get,
    Put,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum ClientOutcome {
    Hit,
    Miss,
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClientFixed {
    method: ClientMethod,
    outcome: ClientOutcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClientOpen {
    status: u16,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClientHistogram {
    method: ClientMethod,
}

fn prometheus_client() -> Peer {
    const METHODS: [ClientMethod; 2] = [ClientMethod::Get, ClientMethod::Put];
    const OUTCOMES: [ClientOutcome; 3] =
        [ClientOutcome::Hit, ClientOutcome::Miss, ClientOutcome::Error];
    let fixed = Family::<ClientFixed, Counter>::default();
    let open = Family::<ClientOpen, Counter>::default();
    let histogram =
        Family::<ClientHistogram, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
    Peer {
        name: "prometheus-client",
        fixed: Some(Box::new(move |m, o| {
            let labels = ClientFixed { method: METHODS[m], outcome: OUTCOMES[o] };
            fixed.get_or_create(&labels).inc();
        })),
        open: Some(Box::new(move |status, route| {
            open.get_or_create(&ClientOpen { status, route: route.to_owned() }).inc();
        })),
        histogram: Some(Box::new(move |m, v| {
            histogram.get_or_create(&ClientHistogram { method: METHODS[m] }).observe(v);
        })),
    }
}

fn metrics_rs() -> Peer {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .expect("there are buckets")
        .build_recorder();
    metrics::set_global_recorder(recorder).expect("it is the first");
    Peer {
        name: "metrics, Prometheus recorder",
        fixed: Some(Box::new(|m, o| {
            metrics::counter!("fixed", "method" => METHODS[m], "outcome" => OUTCOMES[o])
                .increment(1);
        })),
        open: Some(Box::new(|status, route| {
            let labels = [("status", status.to_string()), ("route", route.to_owned())];
            metrics::counter!("open", &labels).increment(1);
        })),
        // The histograms of this crate keep every sample until a scrape, so memory grows in this
        // run.
        histogram: Some(Box::new(|m, v| {
            metrics::histogram!("duration", "method" => METHODS[m]).record(v);
        })),
    }
}
