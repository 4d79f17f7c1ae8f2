//! Recording allocates nothing once the metric, the series and the thread's own cells are there. A
//! process of its own: few threads, so that few shards are in use.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod removal;
mod run_time;
mod threads;
mod typed;

/// Allocations of a thousand calls, after one that makes the series and one that the thread
/// remembers it by.
fn allocations(mut record: impl FnMut()) -> u64 {
    record();
    record();
    allocation_counter::measure(|| (0..1000).for_each(|_| record())).count_total
}
