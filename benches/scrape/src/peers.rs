//! The crates. Each function records `series` series.

use typed_metrics_core::{LabelRef, Metric, RuntimeMetric, ValueType, register_metric, snapshot};
use typed_metrics_prometheus::{Format, Settings};

use crate::{BUCKETS, Peer, labels, values};

/// All crates, this one first. The function takes the number of series.
pub const LIST: [fn(usize) -> Peer; 7] = [
    typed,
    typed_snapshot,
    prometheus_client,
    prometheus,
    metrics_exporter,
    metrics_lib,
    fast_telemetry,
];

/// The counter and the histogram of typed-metrics.
fn metrics(series: usize) -> [RuntimeMetric; 2] {
    let requests = Metric::counter("requests").description("Requests.").series_limit(series);
    let requests = register_metric("requests", requests.value_type(ValueType::U64)).unwrap();
    let duration = Metric::histogram("duration").description("Durations.").series_limit(series);
    [requests, register_metric("duration", duration.buckets(BUCKETS)).unwrap()]
}

/// Records a measurement in a counter and in a histogram, for `count` series in turn.
pub fn record(series: usize, count: usize) {
    let metrics = metrics(series);
    for number in 0..count {
        let labels = labels(number % 16);
        let labels = labels.each_ref().map(|(name, value)| (*name, LabelRef::Str(value)));
        for _ in 0..100 {
            metrics.iter().for_each(|metric| metric.record(number as u64, &labels).unwrap());
        }
    }
}

fn typed(series: usize) -> Peer {
    let [requests, duration] = metrics(series);
    for number in 0..series / 2 {
        let labels = labels(number);
        let labels = labels.each_ref().map(|(name, value)| (*name, LabelRef::Str(value)));
        for value in values(number) {
            requests.record(value, &labels).unwrap();
            duration.record(value, &labels).unwrap();
        }
    }
    let settings = Settings::default();
    let scrape = move || {
        let mut out = Vec::new();
        Format::Text.encode_now(&settings, &mut out);
        out
    };
    Peer { name: "typed-metrics", scrape: Box::new(scrape) }
}

/// The same series, which `typed` has recorded.
fn typed_snapshot(_: usize) -> Peer {
    let settings = Settings::default();
    let scrape = move || {
        let mut out = Vec::new();
        Format::Text.encode(&snapshot(), &settings, &mut out);
        out
    };
    Peer { name: "typed-metrics, by a snapshot", scrape: Box::new(scrape) }
}

fn prometheus_client(series: usize) -> Peer {
    use prometheus_client::encoding::text::encode;
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::family::Family;
    use prometheus_client::metrics::histogram::Histogram;
    use prometheus_client::registry::Registry;

    type Labels = Vec<(String, String)>;
    let requests = Family::<Labels, Counter>::default();
    let bounds = || Histogram::new(BUCKETS.map(|limit| limit as f64));
    let duration = Family::<Labels, Histogram, fn() -> Histogram>::new_with_constructor(bounds);
    let mut registry = Registry::default();
    registry.register("requests", "Requests", requests.clone());
    registry.register("duration", "Durations", duration.clone());
    for number in 0..series / 2 {
        let labels: Labels =
            labels(number).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        for value in values(number) {
            requests.get_or_create(&labels).inc_by(value);
            duration.get_or_create(&labels).observe(value as f64);
        }
    }
    let scrape = move || {
        let mut out = String::new();
        encode(&mut out, &registry).unwrap();
        out.into_bytes()
    };
    Peer { name: "prometheus-client", scrape: Box::new(scrape) }
}

fn prometheus(series: usize) -> Peer {
    use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

    let names = ["method", "route"];
    let requests = IntCounterVec::new(Opts::new("requests_total", "Requests."), &names).unwrap();
    let buckets = BUCKETS.map(|limit| limit as f64).to_vec();
    let options = HistogramOpts::new("duration", "Durations.").buckets(buckets);
    let duration = HistogramVec::new(options, &names).unwrap();
    let registry = Registry::new();
    registry.register(Box::new(requests.clone())).unwrap();
    registry.register(Box::new(duration.clone())).unwrap();
    for number in 0..series / 2 {
        let labels = labels(number);
        let labels = labels.each_ref().map(|(_, value)| &**value);
        for value in values(number) {
            requests.with_label_values(&labels).inc_by(value);
            duration.with_label_values(&labels).observe(value as f64);
        }
    }
    let scrape = move || {
        let mut out = String::new();
        TextEncoder::new().encode_utf8(&registry.gather(), &mut out).unwrap();
        out.into_bytes()
    };
    Peer { name: "prometheus", scrape: Box::new(scrape) }
}

fn metrics_exporter(series: usize) -> Peer {
    use metrics::{counter, histogram};
    use metrics_exporter_prometheus::PrometheusBuilder;

    let builder = PrometheusBuilder::new().set_buckets(&BUCKETS.map(|limit| limit as f64)).unwrap();
    let handle = builder.install_recorder().unwrap();
    for number in 0..series / 2 {
        let labels = labels(number);
        for value in values(number) {
            counter!("requests_total", &labels).increment(value);
            histogram!("duration", &labels).record(value as f64);
        }
    }
    handle.run_upkeep();
    Peer {
        name: "metrics-exporter-prometheus",
        scrape: Box::new(move || handle.render().into_bytes()),
    }
}

fn metrics_lib(series: usize) -> Peer {
    use metrics_lib::{LabelSet, Registry, exporters};

    let registry = Registry::with_cardinality_cap(2 * series);
    registry.configure_histogram("duration", BUCKETS.map(|limit| limit as f64)).unwrap();
    for number in 0..series / 2 {
        let labels = LabelSet::from(labels(number));
        for value in values(number) {
            registry.counter_with("requests", &labels).add(value);
            registry.histogram_with("duration", &labels).observe(value as f64);
        }
    }
    let scrape = move || exporters::prometheus::render(&registry).into_bytes();
    Peer { name: "metrics-lib", scrape: Box::new(scrape) }
}

fn fast_telemetry(series: usize) -> Peer {
    use fast_telemetry::{DynamicCounter, DynamicHistogram, PrometheusExport};

    let requests = DynamicCounter::with_max_series(2, 2 * series);
    let duration = DynamicHistogram::with_limits(&BUCKETS, 2, 2 * series);
    for number in 0..series / 2 {
        let labels = labels(number);
        let labels = labels.each_ref().map(|(name, value)| (*name, &**value));
        for value in values(number) {
            requests.add(&labels, value as isize);
            duration.record(&labels, value);
        }
    }
    let scrape = move || {
        let mut out = String::new();
        requests.export_prometheus(&mut out, "requests_total", "Requests.");
        duration.export_prometheus(&mut out, "duration", "Durations.");
        out.into_bytes()
    };
    Peer { name: "fast-telemetry", scrape: Box::new(scrape) }
}
