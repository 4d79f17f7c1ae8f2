//! The memory of each thread: where cells are, which thread writes to them, and which cells belong
//! to a capture.
//!
//! This layer knows the positions of cells, but not their meaning. It may use `cells`, and the
//! facts of `metric` that determine the layout.

pub(crate) mod layout;
pub(crate) mod scope;
pub(crate) mod shard;
