//! Removing a series.

use super::progress::lock_readers;
use crate::metric::kind::{MetricType, with_number};
use crate::number::Number;
use crate::shards::layout::SHARED;
use crate::shards::written;
use crate::store::read::{View, cells_sum};
use crate::store::series::Series;
use crate::store::state::{NEVER_RECYCLED, Removed, State};

/// Removes `series`: it is there again when something is recorded in it, from zero.
pub(crate) fn remove(series: Series) {
    if series.is_overflow() {
        // It holds what others recorded; the labels that were meant have no series of their own.
        return;
    }
    if series.tenancy != NEVER_RECYCLED {
        let id = series.id();
        series.block.owner().remove(series.block, series.tenancy);
        lock_readers().forget(id);
        return;
    }
    // Its block goes on counting for other series, and its cells belong to other threads. So what
    // they hold now is remembered as counting for nothing.
    let (block, place) = (series.block, series.position());
    let mut all = lock_readers();
    all.forget(series.id());
    match block.descriptor().metric_type() {
        MetricType::Gauge => block.clear_shared(place),
        _ if !series.is_plain() => {
            block.clear_shared(place);
            // Before that epoch begins: a thread that brings its run to it has to know that what the
            // run holds is void.
            let epoch = State::epoch_of(block.state().next_epoch().tag());
            block.set_removed(place, Removed::Epoch(epoch));
            block.next_epoch();
        }
        _ => {
            let baseline = baseline(series);
            block.clear_shared(place);
            if series.index < SHARED {
                written::clear(series.index);
            }
            block.set_removed(place, Removed::Baseline(baseline));
        }
    }
}

/// What the cells of a plain sum hold now. Sums of `f64` have a tag instead.
fn baseline(series: Series) -> u64 {
    with_number!(series.value_type(), N => {
        cells_sum::<N>(series, &View::everything()).0.to_bits()
    })
}
