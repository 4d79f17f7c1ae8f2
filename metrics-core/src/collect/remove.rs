//! Removing a series.

use super::last_values;
use super::progress::lock_readers;
use crate::metric::kind::with_number;
use crate::number::Number;
use crate::store::read::{View, cells_sum};
use crate::store::series::Series;

/// Removes `series`. The next measurement in the series brings it back, from zero.
pub(crate) fn remove(series: Series) {
    if series.is_overflow() {
        // The overflow series holds measurements of other label values, so it is not removed.
        return;
    }
    // Readers, and the ends of captures, which move counts, see the series before the removal or
    // after it.
    let mut readers = lock_readers();
    if !series.has_its_labels() {
        return;
    }
    last_values::forget(series);
    // A handle may be older than an earlier removal.
    let current = if series.is_fixed() { series } else { Series::of(series.block) };
    readers.forget(current.id());
    if series.is_fixed() {
        // The block continues to count for other series, and its cells belong to other threads. So
        // a plain cell keeps its contents, and reads subtract them.
        let baseline = if series.is_plain() { total(series) } else { 0 };
        series.block.remove(series.position(), baseline);
    } else {
        series.block.owner().remove(series.block, series.life());
    }
}

/// The current total of the cells of a plain sum.
fn total(series: Series) -> u64 {
    with_number!(series.value_type(), N => {
        cells_sum::<N>(series, &View::everything()).0.to_bits()
    })
}
