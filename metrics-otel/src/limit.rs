//! How many series a metric may have, here and in the SDK.

use std::cell::Cell;

use opentelemetry_sdk::metrics::{Aggregation, Instrument, InstrumentKind, Stream};
use typed_metrics_core::Descriptor;

/// How many series the SDK keeps of a stream unless a view says otherwise; it exports nothing of
/// that name.
pub(crate) const SDK_DEFAULT: usize = 2000;

thread_local! {
    /// What is known of the instrument that this thread builds.
    static BUILDING: Cell<Option<Building>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy)]
struct Building {
    series: usize,
    /// Whether the view was asked, and so the SDK has the right limit.
    asked: bool,
}

/// A view that gives each stream of typed metrics the limit of its metric.
///
/// Without it, the SDK keeps 2000 series of each metric, whatever the metric says; more go to its
/// overflow series, and memory is reserved for 2000 even if a metric can only have two. It leaves
/// all other instruments alone. A view of your own for the same metrics makes a second stream of
/// them, as any two views do; give that one `with_cardinality_limit` instead.
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
    |_| Stream::builder().with_cardinality_limit(asked()?).build().ok()
}

/// The view of our own pipelines: the same, and exponential histograms if they are wanted.
pub(crate) fn pipeline_view(
    exponential: bool,
) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    move |instrument| {
        let stream = Stream::builder().with_cardinality_limit(asked()?);
        if !exponential || instrument.kind() != InstrumentKind::Histogram {
            return stream.build().ok();
        }
        // The defaults of OpenTelemetry's specification.
        let aggregation = Aggregation::Base2ExponentialHistogram {
            max_size: 160,
            max_scale: 20,
            record_min_max: true,
        };
        stream.with_aggregation(aggregation).build().ok()
    }
}

/// How many series the instrument that this thread builds can have; `None` if it is none of ours.
fn asked() -> Option<usize> {
    let building = BUILDING.get()?;
    BUILDING.set(Some(Building { asked: true, ..building }));
    Some(building.series)
}

/// Builds an instrument that can have this many series; tells whether [`series_limits`] was asked.
pub(crate) fn building<R>(series: usize, build: impl FnOnce() -> R) -> (R, bool) {
    BUILDING.set(Some(Building { series, asked: false }));
    let instrument = build();
    (instrument, BUILDING.take().is_some_and(|building| building.asked))
}

/// How many series a metric can have at one time: as many as its labels have combinations, if they
/// are all fixed.
pub(crate) fn most_series(metric: &Descriptor) -> usize {
    let combinations = metric
        .labels()
        .iter()
        .try_fold(1_usize, |product, label| Some(product.saturating_mul(label.cardinality()?)));
    // A run-time metric has no labels that are known.
    combinations.filter(|_| !metric.labels().is_empty()).unwrap_or(metric.series_limit())
}

/// Warns of a metric that can have more series than the SDK keeps.
pub(crate) fn warn_if_above(metric: &Descriptor, limit: usize) {
    let most = most_series(metric);
    if most > limit {
        log::warn!(
            target: "typed_metrics",
            "metric `{}` can have {most} series, of which the OpenTelemetry SDK keeps {limit}: what \
             comes in more of them, it counts in its overflow series. Give the provider the view \
             `typed_metrics_otel::series_limits()`; or, if a view of yours sets the limit, say so \
             with `OtelHandler::series_limit`",
            metric.name()
        );
    }
}
