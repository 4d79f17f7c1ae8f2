//! Whether anything was recorded between two moments.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;

use super::progress::lock_readers;
use super::registry;
use crate::cells::change::Reading;
use crate::metric::kind::MetricType;
use crate::store::read::{View, histogram, read};

/// A number that changes when something is recorded.
///
/// Calls no callbacks, and ends no interval of a histogram.
pub(crate) fn recorded() -> u64 {
    let _collecting = lock_readers();
    let view = View::everything();
    let mut hasher = FixedState::default().build_hasher();
    for family in registry::families() {
        let is_histogram = family.descriptor().metric_type() == MetricType::Histogram;
        family.for_each_series(|series| {
            if is_histogram {
                histogram(series, &view, false).map(|totals| totals.count()).hash(&mut hasher);
            } else if let Some(Reading::Number(bits)) = read(series, &view) {
                (series.index, bits).hash(&mut hasher);
            }
        });
    }
    hasher.finish()
}
