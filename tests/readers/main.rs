//! Readers: what they collect, what changed, and callbacks that are read at every collection.
//!
//! One test at a time. While another thread collects, values that are recorded at that moment may
//! be known by their buckets only, if there are several; and a collection passes over a callback
//! that runs in another one at the moment.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod changes;
mod intervals;
mod observed;
