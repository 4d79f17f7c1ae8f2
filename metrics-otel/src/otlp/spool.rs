//! Batches that wait to be sent, in memory or in a folder.
//!
//! This layer also counts the data points that were dropped. It uses `config`.

pub(crate) mod amount;
pub(crate) mod dropped;
pub(crate) mod folder;
pub(crate) mod queue;
