//! The end of a capture: its counts are moved to the scope or thread in which the capture began.

use super::progress::lock_readers;
use super::registry;
use crate::cells::histogram::copied::Copied;
use crate::metric::value_type::with_number;
use crate::number::Number;
use crate::rules::kind::MetricType;
use crate::shards::scope::Scope;
use crate::store::read::{View, cells_sum};
use crate::store::series::Series;

/// Adds everything that was recorded in `scope` to the scope around it, or to the thread's own
/// shard.
pub(crate) fn absorb(scope: &Scope) {
    let inside = scope.enter_outer();
    // Readers are kept out: otherwise they would see counts twice, or not at all.
    let mut readers = lock_readers();
    readers.note_moved();
    absorb_all(&View::of(scope));
    scope.recycle();
    drop(readers);
    // Dropped last: `inside` may hold the last reference to the outer scope, and the end of that
    // scope takes the lock too.
    drop(inside);
}

/// Adds everything in `view` to the shard that this thread writes to. The caller keeps readers out.
pub(super) fn absorb_all(view: &View<'_>) {
    for family in registry::all_families() {
        family.for_each_series(|series| absorb_series(series, view));
    }
}

fn absorb_series(series: Series, view: &View<'_>) {
    series.settle();
    match series.descriptor().stored_type() {
        MetricType::Gauge => {}
        MetricType::Histogram => absorb_histogram(series, view),
        MetricType::Counter | MetricType::UpDownCounter => {
            let (bits, recorded) = with_number!(series.value_type(), N => {
                let (total, recorded) = cells_sum::<N>(series, view);
                (total.to_bits(), recorded)
            });
            if recorded {
                series.absorb_sum(bits);
            }
        }
    }
}

fn absorb_histogram(series: Series, view: &View<'_>) {
    let mut copied = Copied::of(series.block.grid());
    for run in view.runs(series) {
        if let Some(copied) = copied.read(run) {
            series.absorb(copied);
        }
    }
}
