//! Removing a series.

use crate::address::SHARED;
use crate::block::{FIXED, Removed, State};
use crate::descriptor::{MetricType, ValueType};
use crate::number::Number;
use crate::read::{self, View};
use crate::reader::collecting;
use crate::series::Series;
use crate::zero;

/// Removes `series`: it is there again when something is recorded in it, from zero.
pub(crate) fn remove(series: Series) {
    if series.block.family().is_overflow(series.block) {
        // It holds what others recorded; the labels that were meant have no series of their own.
        return;
    }
    if series.tenancy != FIXED {
        let id = series.id();
        series.block.family().remove_open(series);
        collecting().forget(id);
        return;
    }
    // Its block goes on counting for other series, and its cells belong to other threads. So what
    // they hold now is remembered as counting for nothing.
    let (block, place) = (series.block, series.place());
    let mut all = collecting();
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
                zero::clear(series.index);
            }
            block.set_removed(place, Removed::Baseline(baseline));
        }
    }
}

fn baseline(series: Series) -> u64 {
    fn sum<T: Number>(series: Series) -> u64 {
        read::cells_sum::<T>(series, &View::everything()).0.to_bits()
    }
    match series.value_type() {
        ValueType::U64 => sum::<u64>(series),
        // Sums of `f64` have a tag instead.
        ValueType::I64 | ValueType::F64 => sum::<i64>(series),
    }
}
