//! Warnings about measurements that could not be recorded as intended.

use log::Level;

use super::merge::MergedMetrics;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::report::report;

/// Logs dropped measurements, once for each metric and reason.
pub(super) fn warn_of_news(metrics: &MergedMetrics) {
    for (family, metric) in metrics.iter() {
        let is_news = |(reason, _): &&(DropReason, u64)| family.dropped().is_news(*reason);
        for &(reason, count) in metric.dropped.iter().filter(is_news) {
            warn(metric.descriptor, reason, count);
        }
    }
}

fn warn(metric: &'static Descriptor, reason: DropReason, count: u64) {
    let name = metric.name_in_prose();
    report(
        Level::Warn,
        &format!("metric `{name}`: {reason}"),
        format_args!("metric `{name}`: {count} {reason} (reported once; the snapshot counts them)"),
    );
}
