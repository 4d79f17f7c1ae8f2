//! Removing a series.

use super::progress::lock_readers;
use crate::metric::kind::{MetricType, with_number};
use crate::number::Number;
use crate::shards::layout::SHARED;
use crate::shards::written;
use crate::store::read::{View, cells_sum};
use crate::store::series::Series;
use crate::store::state::{NEVER_RECYCLED, Removed, State};

/// Removes `series`. The next measurement in the series brings it back, from zero.
pub(crate) fn remove(series: Series) {
    if series.is_overflow() {
        // The overflow series holds measurements of other label values, so it is not removed.
        return;
    }
    if series.tenancy != NEVER_RECYCLED {
        let id = series.id();
        series.block.owner().remove(series.block, series.tenancy);
        lock_readers().forget(id);
        return;
    }
    // The block continues to count for other series, and its cells belong to other threads. So the
    // removal stores the current total as a baseline, or starts an epoch that voids older runs.
    let (block, position) = (series.block, series.position());
    let mut all = lock_readers();
    all.forget(series.id());
    match block.descriptor().metric_type() {
        MetricType::Gauge => block.clear_shared(position),
        _ if !series.is_plain() => {
            block.clear_shared(position);
            // Stored before the epoch begins: a thread that tags its run with the new epoch must
            // know that the contents of the run are void.
            let epoch = State::epoch_of(block.state().next_epoch().tag());
            block.set_removed(position, Removed::Epoch(epoch));
            block.next_epoch();
        }
        _ => {
            let baseline = baseline(series);
            block.clear_shared(position);
            if series.index < SHARED {
                written::clear(series.index);
            }
            block.set_removed(position, Removed::Baseline(baseline));
        }
    }
}

/// The current total of the cells of a plain sum. Sums of `f64` have a tag instead.
fn baseline(series: Series) -> u64 {
    with_number!(series.value_type(), N => {
        cells_sum::<N>(series, &View::everything()).0.to_bits()
    })
}
