//! From the metrics of core to encoded batches, at every interval.
//!
//! ```text
//! exporter ─→ source ─→ batches, encoded_labels ─→ data_point, head ─→ attribute ─→ wire
//! ```
//!
//! Each file uses only those to its right. This layer hands batches to `send`.

mod attribute;
mod batches;
mod data_point;
mod encoded_labels;
mod exemplar;
pub(crate) mod exporter;
#[cfg(all(fuzzing, feature = "grpc"))]
pub mod fuzzing;
mod head;
pub(crate) mod source;
mod wire;
