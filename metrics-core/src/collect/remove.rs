//! Removing a series.

use super::last_values;
use super::progress::{Readers, lock_readers};
use crate::store::series::Series;

/// Removes `series`. The next measurement in the series brings it back, from zero.
pub(crate) fn remove(series: Series) {
    // Readers, and the ends of captures, which move counts, see the series before the removal or
    // after it.
    remove_under_lock(series, &mut lock_readers());
}

/// Removes `series`, and hands what was recorded in it to every reader.
pub(super) fn remove_under_lock(series: Series, readers: &mut Readers) {
    // The overflow series holds measurements of other label values, so it is not removed.
    if series.is_overflow() || !series.has_its_labels() {
        return;
    }
    last_values::forget(series);
    // A handle may be older than an earlier removal.
    let ending = if series.is_fixed() { series } else { Series::of(series.block) };
    let (id, labels) = (ending.id(), ending.labels());
    let reading = ending.end_life();
    readers.end(ending, id, &labels, reading.as_ref());
}
