//! Readers: collections, changes, and callbacks that are called at every collection.
//!
//! The tests run one at a time, because collections of other threads change results. If several
//! values are recorded during another collection, a reader may know only their buckets. A
//! collection also skips the callback of a series if another collection is running this callback.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod changes;
mod declared_expiry;
mod expiry;
mod intervals;
mod observed;
mod removed;
mod steady;
