//! Whether anything was recorded between two moments.

use std::hash::{BuildHasher, Hash, Hasher};

use super::progress::try_lock_readers;
use super::registry;
use crate::cells::change::Reading;
use crate::labels::hash::Seeded;
use crate::rules::kind::{MetricType, ValueType};
use crate::store::read::{View, histogram, read};

/// A number that changes when something is recorded; `None` if a reader is reading now.
///
/// Calls no callbacks, and ends no interval of a histogram. Sums of `f64` are left out: their last
/// bits also change when a thread ends and its share is added in another order.
pub(crate) fn recorded() -> Option<u64> {
    let _collecting = try_lock_readers()?;
    let view = View::everything();
    let mut hasher = Seeded.build_hasher();
    for family in registry::families() {
        let (metric_type, value_type) =
            (family.descriptor().stored_type(), family.descriptor().value_type());
        let is_histogram = metric_type == MetricType::Histogram;
        if value_type == ValueType::F64 && !is_histogram && metric_type != MetricType::Gauge {
            continue;
        }
        family.for_each_series(|series| {
            if is_histogram {
                histogram(series, &view, false).map(|totals| totals.count()).hash(&mut hasher);
            } else if let Some(Reading::Number(bits)) = read(series, &view) {
                (series.id(), bits).hash(&mut hasher);
            }
        });
    }
    Some(hasher.finish())
}
