//! Labels of the process, set at the start of the program.

use crate::error::Error;
use crate::labels::attributes::IntoAttributes;
use crate::labels::attributes::collected::collected;
use crate::labels::process;

/// Gives every series of every metric these labels, for every handler.
///
/// Call this once, at the start of the program, before anything is recorded. The labels stand after
/// those of the series. If a series has a label of the same name, its own value stays. Recording
/// costs nothing more.
///
/// Labels that name the process, such as `service.version`, are attributes of the resource in
/// OpenTelemetry: receivers of OTLP keep those once for all series. Use this function for labels
/// that queries need in every series, or where there is no resource.
///
/// ```standalone_crate
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{MetricType, attributes, record_metric, set_process_labels, snapshot};
///
/// set_process_labels(attributes!("region" => "eu", "shard" => 7))?;
/// record_metric("served", 1, MetricType::Counter, attributes!("shard" => 8, "user" => "eve"))?;
///
/// let snapshot = snapshot();
/// let labels = &snapshot.get("served").unwrap().series[0].labels;
/// assert_eq!(labels.to_string(), "shard=8 user=eve region=eu");
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::ProcessLabels`] if a name breaks the [rule for labels](crate::name::check_label_name) or
/// is given twice, if a value is nested, or if the program has recorded already, or set other
/// labels.
pub fn set_process_labels(labels: impl IntoAttributes) -> Result<(), Error> {
    let refused = |reason: String| Error::ProcessLabels { reason };
    let labels: process::Pairs = collected(
        |collected| labels.collect(collected),
        |labels| {
            let labels = labels.map_err(|error| refused(error.to_string()))?;
            let owned = labels
                .iter()
                .filter_map(|(name, value)| Some((name.to_owned().into(), value.to_value()?)));
            Ok(owned.collect())
        },
    )?;
    process::set(labels).map_err(|decided| {
        refused(if decided.is_empty() {
            "the program has recorded already; set them before anything is recorded".to_owned()
        } else {
            let decided: Vec<_> =
                decided.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("they are `{}` already; set them once", decided.join(" "))
        })
    })
}
