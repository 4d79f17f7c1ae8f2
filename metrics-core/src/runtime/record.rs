//! Registering run-time metrics, and recording in them.

use std::panic::Location;

use super::metric::Metric;
use super::names;
use super::registered::RuntimeMetric;
use crate::error::Error;
use crate::handlers::list::announce_all;
use crate::labels::attributes::IntoAttributes;
use crate::labels::attributes::collected::collected;
use crate::metric::source::Source;
use crate::rules::kind::MetricType;
use crate::typed::value::AnyValue;

/// Registers a metric under a key. [`record_metric`] finds the metric by the key or by its name.
///
/// Registering the same definition again returns the same metric, also under another key. A new
/// metric is reported to handlers at once. Metrics stay registered for ever, so their number is
/// limited to [`MAX_RUNTIME_METRICS`](crate::MAX_RUNTIME_METRICS).
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, MetricType, attributes, record_metric, register_metric, snapshot};
///
/// let wait = Metric::histogram("queue.wait").unit("ms").buckets([10, 100, 1000]);
/// let wait = register_metric("wait", wait.description("Time that jobs wait."))?;
/// wait.record(12.5, attributes!("queue" => "mail"))?;
/// record_metric("wait", 40, MetricType::Histogram, attributes!("queue" => "mail"))?;
///
/// let snapshot = snapshot();
/// let wait = snapshot.get("queue.wait").unwrap().series[0].value.as_histogram().unwrap();
/// assert_eq!((wait.count, wait.sum), (2, 52.5));
///
/// let other = register_metric("wait", Metric::histogram("queue.wait").unit("s")).unwrap_err();
/// assert!(other.to_string().contains("defined twice with a different unit: \"ms\" in"));
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// # Errors
/// - [`Error::Name`], [`Error::Unit`] or [`Error::Buckets`] if the name, the unit or the buckets
///   break their rule. A key is any text of 1 to 255 bytes.
/// - [`Error::Conflict`] if a metric with this name is registered with another definition. The
///   error names the difference and both places in the source. Names that differ only in case are
///   the same name, as in OpenTelemetry.
/// - [`Error::Runtime`] if the definition does not fit the type, if the key or the name refers to
///   another metric or to a typed metric, or if too many metrics are registered.
#[track_caller]
pub fn register_metric(key: impl AsRef<str>, metric: Metric) -> Result<RuntimeMetric, Error> {
    register(key.as_ref(), metric, "register_metric", Location::caller())
}

/// Records `value` in the metric that is registered under `key`: adds it to a sum, sets a gauge, or
/// records it in a histogram.
///
/// A key that is not registered becomes the name of a new metric of this type, with values of
/// `f64`, without unit and description, and with the default buckets if it is a histogram. To
/// choose other settings, register the metric first.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{MetricType, attributes, record_metric, snapshot};
///
/// record_metric("cache.size", 20, MetricType::Gauge, attributes!("cache" => "users"))?;
/// record_metric("cache.size", 12, MetricType::Gauge, attributes!("cache" => "users"))?;
/// assert_eq!(snapshot().get("cache.size").unwrap().series[0].value.as_f64(), 12.0);
///
/// let error = record_metric("cache.size", 1, MetricType::Counter, attributes!()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "metric `cache.size`: it is registered as a gauge, not as a counter; \
///      record it as a gauge or choose another name"
/// );
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// # Errors
/// After any error, nothing is recorded.
///
/// - [`Error::Runtime`] if the metric has another type; if the metric cannot hold the value (NaN or
///   infinity in any metric, a negative number in a counter, 1.5 in a metric of integers, a
///   `Duration` in a metric whose unit is not a unit of time); if an
///   attribute breaks the rules of [`IntoAttributes`]; if a typed metric has that name; or if too
///   many metrics are registered. Bad values and attributes of a registered metric are also
///   counted, by [`DropReason`](crate::DropReason), so that they are visible even if the result is
///   ignored.
/// - [`Error::Name`] if `key` is not registered and cannot be the name of a metric.
#[track_caller]
pub fn record_metric(
    key: impl AsRef<str>,
    value: impl AnyValue,
    metric_type: MetricType,
    attributes: impl IntoAttributes,
) -> Result<(), Error> {
    let (key, value, caller) = (key.as_ref(), value.any(), Location::caller());
    let registered = names::find(key);
    if let Some(metric) = registered {
        metric.check_type(metric_type)?;
    }
    collected(
        |collected| attributes.collect(collected),
        |attributes| match (attributes, registered) {
            (attributes, Some(metric)) => metric.measure(value, attributes),
            (Err(error), None) => Err(Error::runtime(key, error.to_string())),
            (attributes, None) => {
                register_new(key, metric_type, caller)?.measure(value, attributes)
            }
        },
    )
}

/// Registers a metric of this type for a key that is not registered yet.
fn register_new(
    key: &str,
    metric_type: MetricType,
    caller: &'static Location<'static>,
) -> Result<RuntimeMetric, Error> {
    match register(key, Metric::new(metric_type, key), "record_metric", caller) {
        Ok(metric) => Ok(metric),
        // Another thread may have registered the key meanwhile, with a unit or another type.
        Err(error) => {
            let metric = names::find(key).ok_or(error)?;
            metric.check_type(metric_type)?;
            Ok(metric)
        }
    }
}

fn register(
    key: &str,
    metric: Metric,
    call: &'static str,
    caller: &'static Location<'static>,
) -> Result<RuntimeMetric, Error> {
    let source = Source { file: caller.file(), line: caller.line(), module: "", item: call };
    let (metric, is_new) = names::register(key, metric, source)?;
    if is_new {
        announce_all();
    }
    Ok(metric)
}
