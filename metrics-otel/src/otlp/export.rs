//! From the metrics that the SDK's reader collected to encoded batches.
//!
//! This layer hands batches to `send`, and knows which scopes have an installed handler.

mod split;

pub(crate) mod exporter;
pub(crate) mod scopes;
