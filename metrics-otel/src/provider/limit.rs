//! Limits on the number of series of a metric, here and in the SDK.

use std::cell::Cell;

use log::Level;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, InstrumentKind, Stream};
use typed_metrics_core::{Descriptor, LabelDescriptor, report};

/// How many series the SDK keeps of a stream without a view that sets a limit. The SDK does not
/// export this constant.
pub(crate) const SDK_DEFAULT: usize = 2000;

thread_local! {
    /// The instrument that this thread builds.
    static BUILDING: Cell<Option<Building>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy)]
struct Building {
    series: usize,
    /// Whether the view was called, and the SDK therefore has the right limit.
    is_limited: bool,
}

/// A view that gives each stream of typed metrics the limit of its metric.
///
/// Without this view, the SDK keeps 2000 series of each metric, whatever limit the metric has.
/// Further series go to the SDK's overflow series. The SDK also reserves memory for 2000 series
/// even if a metric can only have two.
///
/// The view does not change other instruments. If a view of your own matches the same metrics, the
/// SDK makes two streams of each metric, as it does for any two views. In that case, leave this
/// view out and call `with_cardinality_limit` in your own.
///
/// ```
/// use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
/// use typed_metrics_otel::{OtelHandler, series_limits};
///
/// let provider = SdkMeterProvider::builder()
///     .with_reader(ManualReader::builder().build())
///     .with_view(series_limits())
///     .build();
/// typed_metrics_core::set_metric_handlers(OtelHandler::new(provider)).unwrap();
/// # typed_metrics_core::clear_metric_handlers();
/// ```
pub fn series_limits() -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    |_| Stream::builder().with_cardinality_limit(limit_of_building()?).build().ok()
}

/// The view of the OTLP pipeline: [`series_limits`], and exponential histograms if they are wanted.
pub(crate) fn pipeline_view(
    exponential: bool,
) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    move |instrument| {
        let stream = Stream::builder().with_cardinality_limit(limit_of_building()?);
        if !exponential || instrument.kind() != InstrumentKind::Histogram {
            return stream.build().ok();
        }
        // The defaults of OpenTelemetry's specification, "Base2 Exponential Bucket Histogram
        // Aggregation".
        let aggregation = Aggregation::Base2ExponentialHistogram {
            max_size: 160,
            max_scale: 20,
            record_min_max: true,
        };
        stream.with_aggregation(aggregation).build().ok()
    }
}

/// How many series the instrument that this thread builds can have; `None` if it is not an
/// instrument of this crate.
fn limit_of_building() -> Option<usize> {
    let building = BUILDING.get()?;
    BUILDING.set(Some(Building { is_limited: true, ..building }));
    Some(building.series)
}

/// Builds an instrument that can have this many series. Also returns whether a view of this file
/// set the limit.
pub(crate) fn building<R>(series: usize, build: impl FnOnce() -> R) -> (R, bool) {
    BUILDING.set(Some(Building { series, is_limited: false }));
    let instrument = build();
    (instrument, BUILDING.take().is_some_and(|building| building.is_limited))
}

/// How many series a metric can have at one time: the number of combinations of its labels if all
/// labels are fixed, else its series limit.
pub(crate) fn most_series(metric: &Descriptor) -> usize {
    let combinations = metric
        .labels()
        .iter()
        .try_fold(1_usize, |product, label| Some(product.saturating_mul(label.cardinality()?)));
    // The labels of a run-time metric are not known in advance, apart from constant labels.
    let are_known = metric.labels().iter().any(|label| label.cardinality() != Some(1));
    combinations.filter(|_| are_known).unwrap_or_else(|| {
        // The limit counts the combinations of the other labels.
        let states =
            metric.labels().iter().find(|label| Some(label.name()) == metric.state_label());
        let states = states.and_then(LabelDescriptor::cardinality).unwrap_or(1);
        metric.series_limit().saturating_mul(states)
    })
}

/// Warns if a metric can have more series than the SDK keeps.
pub(crate) fn warn_if_above(metric: &Descriptor, limit: usize) {
    let most = most_series(metric);
    if most > limit {
        let text = format_args!(
            "metric `{}` can have {most} series, but the OpenTelemetry SDK keeps {limit} and \
             counts further series in its overflow series. Add the view \
             `typed_metrics_otel::series_limits()` to the provider; or, if a view of yours sets \
             the limit, pass the limit to `OtelHandler::series_limit`",
            metric.name()
        );
        report(Level::Warn, &format!("otel: series limit of metric {}", metric.name()), text);
    }
}
