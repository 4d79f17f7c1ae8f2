//! The view of OpenTelemetry's SDK that gives each metric its own limit on series, and exponential
//! histograms their aggregation.

use std::cell::Cell;

use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};
use typed_metrics_core::ExponentialSettings;

thread_local! {
    /// The instrument that this thread builds.
    static BUILDING: Cell<Option<Building>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy)]
struct Building {
    series: usize,
    exponential: Option<ExponentialSettings>,
    /// Whether the view was called, and the SDK therefore has the right limit.
    is_limited: bool,
}

/// A view that gives each stream of typed metrics the limit of its metric, and makes exponential
/// histograms exponential in the SDK, with the same number of buckets. The SDK knows no
/// `zero_threshold`: values up to the threshold arrive in buckets near zero.
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
    |_| {
        let Building { series, exponential, .. } = building_now()?;
        let mut stream = Stream::builder().with_cardinality_limit(series);
        if let Some(ExponentialSettings { max_size, .. }) = exponential {
            // The largest scale of the SDK, and of exponential histograms in core.
            stream = stream.with_aggregation(Aggregation::Base2ExponentialHistogram {
                max_size: max_size.into(),
                max_scale: 20,
                record_min_max: true,
            });
        }
        stream.build().ok()
    }
}

/// The instrument that this thread builds; `None` if it is not an instrument of this crate.
fn building_now() -> Option<Building> {
    let building = BUILDING.get()?;
    BUILDING.set(Some(Building { is_limited: true, ..building }));
    Some(building)
}

/// Builds an instrument that can have this many series. Also returns whether a view of this file
/// set the limit.
pub(crate) fn building<R>(
    series: usize,
    exponential: Option<ExponentialSettings>,
    build: impl FnOnce() -> R,
) -> (R, bool) {
    BUILDING.set(Some(Building { series, exponential, is_limited: false }));
    let instrument = build();
    (instrument, BUILDING.take().is_some_and(|building| building.is_limited))
}
