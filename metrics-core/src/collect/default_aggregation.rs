//! The aggregation of histograms whose definition leaves it open.

use super::registry;
use crate::metric::descriptor::Descriptor;
use crate::metric::settings;
use crate::rules::kind::MetricType;

/// Makes every histogram exponential that is not in use yet and whose buckets the program does not
/// override, also those that are registered later. A histogram is in use if one of its definitions
/// is.
///
/// Returns the histograms that keep their buckets because they are in use already, each once.
#[doc(hidden)]
pub fn exponential_by_default() -> Vec<&'static Descriptor> {
    settings::set_exponential_by_default();
    let families = registry::all_families().into_iter();
    let mut histograms: Vec<_> = families
        .map(|family| family.descriptor())
        .filter(|metric| metric.metric_type() == MetricType::Histogram)
        .collect();
    histograms.sort_by_key(|metric| (metric.name(), metric.scope_number()));
    for definitions in histograms.chunk_by(|a, b| a.id() == b.id()) {
        for twin in definitions {
            definitions.iter().for_each(|metric| metric.decide_grid_as(twin));
        }
    }
    histograms.retain(|metric| metric.keeps_its_boundaries());
    histograms.dedup_by_key(|metric| metric.id());
    histograms
}
