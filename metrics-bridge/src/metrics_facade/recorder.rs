//! The recorder.

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use typed_metrics_core::{MetricType, ScopedMetric};

use super::found::{Found, found};
use super::handle::{CounterHandle, Handle};
use super::settings::Settings;
use super::units::ucum;
use crate::imports::{Description, Imports};
use crate::otel_name::otel_name;

/// The recorder for the crate `metrics`: whatever is recorded with its macros is a metric of this
/// framework, and reaches every handler.
///
/// ```
/// use typed_metrics_bridge::MetricsRecorder;
///
/// MetricsRecorder::install()?;
/// metrics::describe_counter!("mails_sent", metrics::Unit::Count, "Mails that were sent.");
/// metrics::counter!("mails_sent", "to" => "ann").increment(2);
///
/// let snapshot = typed_metrics_core::snapshot();
/// let sent = snapshot.get("mails_sent").unwrap();
/// assert_eq!(sent.descriptor.description(), "Mails that were sent.");
/// assert_eq!(sent.series_with(&[("to", "ann")]).unwrap().value.as_f64(), 2.0);
/// # Ok::<(), typed_metrics_bridge::RecorderError>(())
/// ```
///
/// - A metric may be described before or after its first use; the first description counts.
/// - Names are kept. OpenTelemetry allows ASCII letters, digits, `_`, `.`, `-` and `/`, and a
///   letter at the beginning: another character becomes `_`, and a name with another beginning gets
///   the prefix `metric_`. A name of more than 255 bytes is not recorded, which is reported.
/// - A counter, a gauge and a histogram with one name are three metrics in `metrics`, but a
///   receiver takes one of them only. So the second one is recorded under its name and kind, such
///   as `jobs.gauge`, which is reported.
/// - `absolute` of a counter adds what is more than the greatest number that any handle of the
///   series was given, so that the total follows a total that something else counts. A series that
///   has expired comes back from zero, so it does not have the whole total again: do not combine
///   `absolute` with an [idle timeout](crate::RecorderBuilder::idle_timeout).
/// - All recorders record into the same metrics. The settings of the recorder count that uses a
///   metric first.
#[derive(Debug)]
pub struct MetricsRecorder {
    settings: Settings,
}

static IMPORTS: Imports = Imports::new("the crate metrics");

impl MetricsRecorder {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    fn metric(&self, kind: MetricType, key: &Key) -> Option<ScopedMetric> {
        let given = key.name();
        IMPORTS.metric(kind, &otel_name(given), |name, described| {
            self.settings.define(kind, given, name, described)
        })
    }
}

fn describe(kind: MetricType, name: &KeyName, unit: Option<Unit>, text: &SharedString) {
    let unit = unit.map_or("", ucum);
    let description = Description { unit, text: text.to_string() };
    IMPORTS.describe(kind, &otel_name(name.as_str()), description);
}

impl Recorder for MetricsRecorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        describe(MetricType::Counter, &name, unit, &description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        describe(MetricType::Gauge, &name, unit, &description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        describe(MetricType::Histogram, &name, unit, &description);
    }

    #[inline]
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        found(Found::counters, key, || match self.metric(MetricType::Counter, key) {
            Some(metric) => Counter::from_arc(CounterHandle::new(metric, key).into()),
            None => Counter::noop(),
        })
    }

    #[inline]
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        found(Found::gauges, key, || match self.metric(MetricType::Gauge, key) {
            Some(metric) => Gauge::from_arc(Handle::new(metric, key).into()),
            None => Gauge::noop(),
        })
    }

    #[inline]
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        found(Found::histograms, key, || match self.metric(MetricType::Histogram, key) {
            Some(metric) => Histogram::from_arc(Handle::new(metric, key).into()),
            None => Histogram::noop(),
        })
    }
}
