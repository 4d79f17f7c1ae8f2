//! The collector in a registry of `prometheus`.

use std::collections::HashMap;
use std::sync::LazyLock;

use prometheus::core::{Collector, Desc};
use prometheus::proto;
use typed_metrics_core::{is_observing, snapshot_without_imports};

use crate::collector::MetricsCollector;
use crate::encode::plain::{PlainFamily, PlainSeries, PlainValue, plain_families};
use crate::kind::Kind;

/// The registry asks for descriptions before the program has recorded anything, and refuses a
/// collector whose descriptions it has. So this one stands for all metrics.
static ALL: LazyLock<Option<Desc>> = LazyLock::new(|| {
    let help = "All metrics of typed-metrics.".to_owned();
    Desc::new("typed_metrics".to_owned(), help, Vec::new(), HashMap::new()).ok()
});

/// ```
/// use prometheus::{Registry, TextEncoder};
/// use typed_metrics_core::{MetricType, attributes, record_metric};
/// use typed_metrics_prometheus::MetricsCollector;
///
/// record_metric("parcels", 2, MetricType::Counter, attributes!("to" => "a\"b")).unwrap();
///
/// let registry = Registry::new();
/// registry.register(Box::new(MetricsCollector::default())).unwrap();
/// let scrape = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
/// assert!(scrape.contains("parcels_total{to=\"a\\\"b\"} 2\n"), "{scrape}");
/// ```
impl Collector for MetricsCollector {
    fn desc(&self) -> Vec<&Desc> {
        ALL.iter().collect()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        // A collection reads the registry: it has all metrics already.
        if is_observing() {
            return Vec::new();
        }
        plain_families(&snapshot_without_imports(), &self.settings)
            .into_iter()
            .map(family)
            .collect()
    }
}

fn family(family: PlainFamily) -> proto::MetricFamily {
    let metric_type = match family.kind {
        Kind::Counter => proto::MetricType::COUNTER,
        Kind::Histogram => proto::MetricType::HISTOGRAM,
        Kind::Gauge | Kind::UpDownCounter | Kind::Info | Kind::StateSet(_) => {
            proto::MetricType::GAUGE
        }
    };
    let mut proto = proto::MetricFamily::default();
    proto.set_name(family.name);
    proto.set_help(family.help);
    proto.set_field_type(metric_type);
    let kind = family.kind;
    proto.set_metric(family.series.into_iter().map(|series| metric(series, kind)).collect());
    proto
}

fn metric(series: PlainSeries, kind: Kind) -> proto::Metric {
    let label = |(name, value)| {
        let mut pair = proto::LabelPair::default();
        pair.set_name(name);
        pair.set_value(value);
        pair
    };
    let mut metric = proto::Metric::from_label(series.labels.into_iter().map(label).collect());
    match series.value {
        PlainValue::U64(value) => set_number(&mut metric, value as f64, kind),
        PlainValue::I64(value) => set_number(&mut metric, value as f64, kind),
        PlainValue::F64(value) => set_number(&mut metric, value, kind),
        PlainValue::Histogram { sum, buckets } => {
            let mut total = 0_u64;
            let bucket = |(limit, count): (f64, u64)| {
                total = total.wrapping_add(count);
                let mut bucket = proto::Bucket::default();
                bucket.set_upper_bound(limit);
                bucket.set_cumulative_count(total);
                bucket
            };
            let mut histogram = proto::Histogram::default();
            let mut cumulated: Vec<_> = buckets.into_iter().map(bucket).collect();
            // The encoder adds the last bucket by itself, and would write another limit.
            cumulated.pop();
            histogram.set_bucket(cumulated);
            histogram.set_sample_sum(sum);
            histogram.set_sample_count(total);
            metric.set_histogram(histogram);
        }
    }
    metric
}

fn set_number(metric: &mut proto::Metric, value: f64, kind: Kind) {
    if kind == Kind::Counter {
        let mut counter = proto::Counter::default();
        counter.set_value(value);
        metric.set_counter(counter);
    } else {
        let mut gauge = proto::Gauge::default();
        gauge.set_value(value);
        metric.set_gauge(gauge);
    }
}
