//! The collector in a registry of `prometheus-client`.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder};
use prometheus_client::metrics::MetricType;
use typed_metrics_core::{is_observing, snapshot_without_imports};

use crate::collector::MetricsCollector;
use crate::encode::plain::{PlainFamily, PlainValue, plain_families};
use crate::kind::Kind;

/// ```
/// use prometheus_client::encoding::text::encode;
/// use prometheus_client::registry::Registry;
/// use typed_metrics_core::{MetricType, attributes, record_metric};
/// use typed_metrics_prometheus::MetricsCollector;
///
/// record_metric("parcels", 2, MetricType::Counter, attributes!("to" => "a\"b")).unwrap();
///
/// let mut registry = Registry::default();
/// registry.register_collector(Box::new(MetricsCollector::default()));
/// let mut scrape = String::new();
/// encode(&mut scrape, &registry).unwrap();
/// assert!(scrape.contains("parcels_total{to=\"a\\\"b\"} 2.0\n"), "{scrape}");
/// ```
impl Collector for MetricsCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        // A collection reads the registry: it has all metrics already.
        if is_observing() {
            return Ok(());
        }
        for family in plain_families(&snapshot_without_imports(), &self.settings) {
            encode_family(&family, &mut encoder)?;
        }
        Ok(())
    }
}

fn encode_family(family: &PlainFamily, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    // The encoder adds the suffixes of a type.
    let without = |suffix| family.name.strip_suffix(suffix).unwrap_or(&family.name);
    let (name, metric_type) = match family.kind {
        Kind::Counter => (without("_total"), MetricType::Counter),
        Kind::Info => (without("_info"), MetricType::Info),
        Kind::Histogram => (&*family.name, MetricType::Histogram),
        Kind::Gauge | Kind::UpDownCounter | Kind::StateSet(_) => (&*family.name, MetricType::Gauge),
    };
    // The encoder writes the text as it is.
    let help = family.help.replace('\\', r"\\").replace('\n', r"\n").replace('"', "\\\"");
    let mut encoder = encoder.encode_descriptor(name, &help, None, metric_type)?;
    for series in &family.series {
        if family.kind == Kind::Info {
            encoder.encode_info(&series.labels)?;
        } else if series.labels.is_empty() {
            encode_value(&series.value, family.kind, &mut encoder)?;
        } else {
            let mut encoder = encoder.encode_family(&series.labels)?;
            encode_value(&series.value, family.kind, &mut encoder)?;
        }
    }
    Ok(())
}

fn encode_value(value: &PlainValue, kind: Kind, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
    type NoExemplar = [(&'static str, &'static str); 0];
    match (value, kind) {
        (PlainValue::U64(value), Kind::Counter) => {
            encoder.encode_counter::<NoExemplar, _, f64>(value, None)
        }
        (PlainValue::F64(value), Kind::Counter) => {
            encoder.encode_counter::<NoExemplar, _, f64>(value, None)
        }
        (PlainValue::U64(value), _) => encoder.encode_gauge(value),
        (PlainValue::I64(value), _) => encoder.encode_gauge(value),
        (PlainValue::F64(value), _) => encoder.encode_gauge(value),
        (PlainValue::Histogram { sum, buckets }, _) => {
            let count = buckets.iter().fold(0_u64, |sum, (_, count)| sum.wrapping_add(*count));
            encoder.encode_histogram::<NoExemplar>(*sum, count, buckets, None)
        }
    }
}
