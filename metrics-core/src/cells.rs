//! How measurements are stored in memory: protocols over plain runs of 64-bit cells.
//!
//! Nothing in this folder knows threads, metrics or labels, so loom can check these protocols as
//! they are. *Single-writer* runs belong to one thread's shard: the owner writes with relaxed loads
//! and stores, and any thread reads. *Shared* cells take writes from any thread, by
//! read-modify-write.

pub(crate) mod adjustment;
pub(crate) mod candidate;
pub(crate) mod change;
pub(crate) mod exponential;
pub(crate) mod filled;
pub(crate) mod gate;
pub(crate) mod grid;
pub(crate) mod histogram;
pub(crate) mod plain;
pub(crate) mod shared_gauge;
pub(crate) mod shared_histogram;
pub(crate) mod shared_sum;
pub(crate) mod sum;
pub(crate) mod totals;
pub(crate) mod wide_sum;
