//! Recording allocates nothing once the metric, the series and the cells of the thread exist. These
//! tests have their own process, so that few threads run and few shards are in use.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod removal;
mod run_time;
mod threads;
mod typed;

/// The allocations of a thousand calls. Of the two calls before, the first one makes the series,
/// and with the second one the thread remembers the series.
fn allocations(mut record: impl FnMut()) -> u64 {
    record();
    record();
    allocation_counter::measure(|| (0..1000).for_each(|_| record())).count_total
}
