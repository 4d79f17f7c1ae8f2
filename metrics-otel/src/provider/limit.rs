//! Limits on the number of series of a metric, here and in the SDK.

use log::Level;
#[cfg(not(feature = "sdk"))]
use typed_metrics_core::ExponentialSettings;
use typed_metrics_core::{Descriptor, LabelDescriptor, report};

/// How many series the SDK keeps of a stream without a view that sets a limit. The SDK does not
/// export this constant.
pub(crate) const SDK_DEFAULT: usize = 2000;

/// Builds an instrument. Without the feature `sdk`, no view of this crate sets a limit.
#[cfg(not(feature = "sdk"))]
pub(crate) fn building<R>(
    _series: usize,
    _exponential: Option<ExponentialSettings>,
    build: impl FnOnce() -> R,
) -> (R, bool) {
    (build(), false)
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
             `typed_metrics_otel::series_limits()` to the provider (feature `otel-sdk`); or, if a \
             view of yours sets the limit, pass the limit to `OtelHandler::series_limit`",
            metric.name()
        );
        report(Level::Warn, &format!("otel: series limit of metric {}", metric.name()), text);
    }
}
