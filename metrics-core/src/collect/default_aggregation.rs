//! The aggregation of histograms whose definition leaves it open.

use super::registry;
use crate::metric::descriptor::Descriptor;
use crate::metric::kind::MetricType;
use crate::metric::settings;

/// Makes every histogram exponential that is not in use yet and whose buckets the program does not
/// override, also those that are registered later.
///
/// Returns the histograms that keep their buckets because they are in use already.
#[doc(hidden)]
pub fn exponential_by_default() -> Vec<&'static Descriptor> {
    settings::set_exponential_by_default();
    let families = registry::all_families().into_iter();
    let histograms = families
        .map(|family| family.descriptor())
        .filter(|metric| metric.metric_type() == MetricType::Histogram);
    histograms.filter(|metric| metric.keeps_its_boundaries()).collect()
}
