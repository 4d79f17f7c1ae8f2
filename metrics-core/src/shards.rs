//! The memory of each thread: which cells there are, who writes to them, and which of them belong to
//! a capture.
//!
//! This layer knows where cells lie, and not what they mean. It may use `cells`, and the facts of
//! `metric` that decide on the layout.

pub(crate) mod layout;
pub(crate) mod scope;
pub(crate) mod shard;
pub(crate) mod written;
