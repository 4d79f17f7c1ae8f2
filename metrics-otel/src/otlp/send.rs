//! From the spool to the collector.
//!
//! One thread sends the batches in order, by HTTP or gRPC, and decides after each answer whether to
//! remove the batch or to try again. This layer uses `spool` and `config`.

mod answer;
#[cfg(feature = "grpc")]
pub(crate) mod grpc;
pub(crate) mod http;
pub(crate) mod sender;
mod state;
mod transport;
mod undelivered;
