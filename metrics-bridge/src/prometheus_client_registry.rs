//! A registry of `prometheus-client`, read at every collection.

mod parse;
mod sample;

use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use log::Level;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use typed_metrics_core::{Observation, in_section, observe_imported, report};

/// Reads a registry of `prometheus-client` at the beginning of every collection: its metrics reach
/// every handler, until the result is dropped.
///
/// ```
/// use std::sync::Arc;
/// use prometheus_client::metrics::counter::Counter;
/// use prometheus_client::registry::Registry;
/// use typed_metrics_bridge::observe_prometheus_client;
///
/// let (mut registry, mails) = (Registry::default(), Counter::<u64>::default());
/// registry.register("mails", "Mails that were sent", mails.clone());
/// let _observation = observe_prometheus_client(Arc::new(registry));
///
/// mails.inc_by(2);
/// let snapshot = typed_metrics_core::snapshot();
/// let mails = snapshot.get("mails").unwrap();
/// assert_eq!(mails.descriptor.description(), "Mails that were sent.");
/// assert_eq!(mails.series[0].value.as_f64(), 2.0);
/// ```
///
/// The rules of [`observe_openmetrics`] hold, which also reads a registry behind a lock.
pub fn observe_prometheus_client<R>(registry: R) -> Observation
where
    R: Deref<Target = Registry> + Send + Sync + 'static,
{
    observe_openmetrics(move |text| encode(text, &registry))
}

/// Reads metrics in the text format of OpenMetrics 1.0 at the beginning of every collection, until
/// the result is dropped. `encode` writes them.
///
/// This reads a registry of any version of `prometheus-client`, also one behind a lock:
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use prometheus_client::encoding::text::encode;
/// use prometheus_client::metrics::gauge::Gauge;
/// use prometheus_client::registry::{Registry, Unit};
/// use typed_metrics_bridge::observe_openmetrics;
///
/// let registry = Arc::new(Mutex::new(Registry::default()));
/// let registered = Arc::clone(&registry);
/// let _observation = observe_openmetrics(move |text| encode(text, &registered.lock().unwrap()));
///
/// let size: Gauge = Gauge::default();
/// let mut registry = registry.lock().unwrap();
/// registry.register_with_unit("cache", "Size of the cache", Unit::Bytes, size.clone());
/// drop(registry);
/// size.set(7);
/// let snapshot = typed_metrics_core::snapshot();
/// let size = snapshot.get("cache_bytes").unwrap();
/// assert_eq!((size.descriptor.unit(), size.series[0].value.as_f64()), ("By", 7.0));
/// ```
///
/// - In Prometheus, the metrics keep their names. Elsewhere a metric has the name of its family,
///   without `_total`, in which a character that OpenTelemetry does not allow is `_`; a name that
///   begins with `_` gets the prefix `metric`.
/// - Descriptions may have several lines, and lose the escapes `\n`, `\"` and `\\` of OpenMetrics.
///   `prometheus-client` writes a description as it is, without escapes, so one of its own that
///   contains `\n` as two characters has an end of line there. A line of a description that looks
///   like a line of the format, such as `# TYPE x gauge`, is read as one.
/// - Units become UCUM codes: `seconds` is `s`, `bytes` is `By`. A unit that is not one of
///   OpenMetrics' base units is an annotation, such as `{request}`.
/// - An info is a gauge with the value 1. A family of another or no type is a gauge.
/// - Exemplars and the times of creation are left out.
/// - Minimum and maximum of a histogram, values that fall, series that are gone, names that are in
///   use, and values that are not finite: as in `observe_prometheus`.
///
/// If `encode` fails, or writes something else, all series of the source are as at the last
/// collection, which is reported.
pub fn observe_openmetrics(
    encode: impl Fn(&mut String) -> fmt::Result + Send + Sync + 'static,
) -> Observation {
    let last = Mutex::new(Vec::new());
    observe_imported("the crate prometheus-client", move || {
        let mut text = String::new();
        let read = match encode(&mut text) {
            Ok(()) => parse::families(&text),
            Err(error) => Err(error.to_string()),
        };
        let new = match read {
            Ok(families) => Some(families),
            Err(reason) => {
                let text = format_args!(
                    "metrics in the format of OpenMetrics cannot be read: {reason}; their values \
                     stay as they are"
                );
                report(Level::Warn, "text of OpenMetrics", text);
                None
            }
        };
        // No foreign code runs under the lock, and no other thread holds it when the process is
        // forked under a guard.
        in_section(|| {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(families) = new {
                *last = families;
            }
            last.iter().filter_map(parse::Family::imported).collect()
        })
    })
}
