//! Removing a series.

use crate::block::{FIXED, Removed};
use crate::descriptor::{MetricType, ValueType};
use crate::number::Number;
use crate::read::{self, View};
use crate::series::{Series, zero};
use crate::address::SHARED;
use crate::reader::{collecting, end_interval_of};

/// Removes `series`: it is there again when something is recorded in it, from zero.
pub(crate) fn remove(series: Series) {
    if series.tenancy != FIXED {
        series.block.family().remove_open(series.block);
        return;
    }
    // Its block goes on counting for other series, and its cells belong to other threads. So what
    // they hold now is remembered as counting for nothing.
    let place = series.place();
    let mut all = collecting();
    let removed = match series.block.descriptor().metric_type() {
        MetricType::Histogram => Some(Removed::Epoch(end_interval_of(series.block, &mut all))),
        MetricType::Counter | MetricType::UpDownCounter => Some(Removed::Baseline(baseline(series))),
        MetricType::Gauge => None,
    };
    series.block.clear_shared(place);
    if series.index < SHARED {
        zero::clear(series.index);
    }
    if let Some(removed) = removed {
        series.block.set_removed(place, removed);
    }
}

fn baseline(series: Series) -> u64 {
    fn sum<T: Number>(series: Series) -> u64 {
        read::cells_sum::<T>(series, &View::everything()).0.to_bits()
    }
    match series.value_type() {
        ValueType::U64 => sum::<u64>(series),
        ValueType::I64 => sum::<i64>(series),
        ValueType::F64 => sum::<f64>(series),
    }
}
