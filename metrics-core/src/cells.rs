//! How measurements lie in memory: protocols over plain runs of 64-bit cells.
//!
//! Nothing here knows of threads, metrics or labels; that is what lets loom check these protocols
//! as they are. *Single-writer* runs belong to one thread's shard: the owner writes with relaxed
//! loads and stores, anyone reads. *Shared* cells take writes from any thread, by
//! read-modify-write.

pub(crate) mod change;
pub(crate) mod histogram;
pub(crate) mod shared;
pub(crate) mod sum;
pub(crate) mod totals;
