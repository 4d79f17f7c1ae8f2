//! A registry of `prometheus`, read at every collection.
//!
//! The crate has two forms of its data, with and without its feature `protobuf`. Any crate of a
//! program may choose, so this file uses what both have.

#![allow(deprecated, reason = "one form deprecates what the other form has")]

use prometheus::Registry;
use prometheus::proto::{self, MetricFamily, MetricType};
use typed_metrics_core::{
    GivenHistogram, ImportedLabels, ImportedMetric, ImportedValue, Metric, Observation,
    observe_imported,
};

use crate::otel_name::otel_name;

/// Reads a registry of `prometheus` at the beginning of every collection: its metrics reach every
/// handler, until the result is dropped.
///
/// For an application that is migrating: it keeps the metrics that it has, and one endpoint shows
/// them beside the new ones.
///
/// ```
/// use prometheus::{IntCounter, default_registry, register_int_counter};
/// use typed_metrics_bridge::observe_prometheus;
///
/// let mails = register_int_counter!("mails_total", "Mails that were sent.").unwrap();
/// let _observation = observe_prometheus(default_registry());
///
/// mails.inc_by(2);
/// let snapshot = typed_metrics_core::snapshot();
/// let mails = snapshot.get("mails_total").unwrap();
/// assert_eq!(mails.descriptor.description(), "Mails that were sent.");
/// assert_eq!(mails.series[0].value.as_f64(), 2.0);
/// ```
///
/// - In Prometheus, the metrics keep their names: nothing is added. Elsewhere too, but a character
///   that OpenTelemetry does not allow, such as `:`, is `_` there, and a name that begins with `_`
///   gets the prefix `metric`.
/// - A registry does not know the minimum and the maximum of a histogram. Handlers that export them
///   get the nearest values that the buckets and the mean allow.
/// - A counter or a histogram that falls has started from zero. A series that the registry no
///   longer has is removed.
/// - A summary, which custom collectors may have, is three metrics: the counters `_sum` and
///   `_count`, and a gauge with the label `quantile`.
/// - Untyped metrics are left out.
/// - A metric whose name a metric of this framework has is left out, and so is one that another
///   registry has which is read; both are reported.
/// - A gauge `connections` and a counter `connections_total` conflict in a scrape: in OpenMetrics,
///   which Prometheus asks for first, the family of both is `connections`, and two families must
///   not have one name. So one is left out of every format, which is reported. All other handlers
///   get both. Rename one.
/// - Values that are NaN or infinite are dropped, and counted by
///   [`DropReason`](typed_metrics_core::DropReason). A histogram with such a sum keeps its buckets:
///   its new values count as the middles of their buckets.
pub fn observe_prometheus(registry: &Registry) -> Observation {
    let registry = registry.clone();
    observe_imported("the crate prometheus", move || {
        registry.gather().iter().flat_map(imported).collect()
    })
}

fn imported(family: &MetricFamily) -> Vec<ImportedMetric> {
    let name = family.name();
    let define = |metric: fn(String) -> Metric, name: &str| {
        metric(otel_name(name).into_owned()).description(family.help()).exposed_as(name)
    };
    let numbers = |metric: Metric, value: &dyn Fn(&proto::Metric) -> f64| {
        let number = |series| (labels(series), ImportedValue::Number(value(series)));
        ImportedMetric { metric, series: family.get_metric().iter().map(number).collect() }
    };
    match family.get_field_type() {
        MetricType::COUNTER => {
            vec![numbers(define(Metric::counter, name), &|series| series.get_counter().value())]
        }
        MetricType::GAUGE => {
            vec![numbers(define(Metric::gauge, name), &|series| series.get_gauge().value())]
        }
        // The two forms have no way in common to read them, and `prometheus` makes none.
        MetricType::UNTYPED => Vec::new(),
        MetricType::HISTOGRAM => vec![histogram(define(Metric::histogram, name), family)],
        MetricType::SUMMARY => {
            let (sum, count) = (format!("{name}_sum"), format!("{name}_count"));
            vec![
                quantiles(define(Metric::gauge, name), family),
                numbers(define(Metric::counter, &sum), &|series| series.get_summary().sample_sum()),
                numbers(define(Metric::counter, &count), &|series| {
                    series.get_summary().sample_count() as f64
                }),
            ]
        }
    }
}

/// The value of a counter or a gauge. With `protobuf`, these types have the method `value`, and
/// otherwise `get_value`. A type's own method comes before that of a trait, so neither of these
/// methods calls itself.
#[allow(dead_code, reason = "only the form without `protobuf` calls it")]
trait Value {
    fn value(&self) -> f64;
}

#[allow(dead_code, reason = "only the form with `protobuf` calls it")]
trait GetValue {
    fn get_value(&self) -> f64;
}

macro_rules! values {
    ($($number:ident),*) => {$(
        impl Value for proto::$number {
            fn value(&self) -> f64 {
                self.get_value()
            }
        }

        impl GetValue for proto::$number {
            fn get_value(&self) -> f64 {
                self.value()
            }
        }
    )*};
}

values!(Counter, Gauge);

fn labels(series: &proto::Metric) -> ImportedLabels {
    let pairs = series.get_label().iter();
    ImportedLabels(pairs.map(|pair| (pair.name().to_owned(), pair.value().to_owned())).collect())
}

fn histogram(metric: Metric, family: &MetricFamily) -> ImportedMetric {
    let histogram = |series: &proto::Metric| {
        let histogram = series.get_histogram();
        let mut buckets = Vec::with_capacity(histogram.get_bucket().len() + 1);
        let mut below = 0;
        for bucket in histogram.get_bucket().iter().filter(|b| b.upper_bound().is_finite()) {
            let count = bucket.cumulative_count();
            buckets.push((bucket.upper_bound(), count.saturating_sub(below)));
            below = count;
        }
        buckets.push((f64::INFINITY, histogram.get_sample_count().saturating_sub(below)));
        GivenHistogram { buckets, sum: histogram.get_sample_sum() }
    };
    let histograms: Vec<_> =
        family.get_metric().iter().map(|series| (labels(series), histogram(series))).collect();
    let metric = match histograms.first() {
        Some((_, first)) => metric.buckets(first.limits()),
        None => metric,
    };
    let value = |(labels, histogram)| (labels, ImportedValue::Histogram(histogram));
    ImportedMetric { metric, series: histograms.into_iter().map(value).collect() }
}

fn quantiles(metric: Metric, family: &MetricFamily) -> ImportedMetric {
    let quantiles = family.get_metric().iter().flat_map(|series| {
        series.get_summary().get_quantile().iter().map(|quantile| {
            let mut labels = labels(series);
            labels.0.push(("quantile".to_owned(), quantile.quantile().to_string()));
            (labels, ImportedValue::Number(quantile.value()))
        })
    });
    ImportedMetric { metric, series: quantiles.collect() }
}
