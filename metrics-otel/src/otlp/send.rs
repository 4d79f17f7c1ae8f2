//! From the spool to the collector.
//!
//! One thread sends the batches in order, by HTTP or gRPC, and decides after each answer whether to
//! remove the batch or to try again (`worker`). Another thread writes and removes the files of the
//! spool's folder (`files`), so a slow disk delays nothing. This layer uses `spool` and `config`.

mod answer;
mod files;
mod forward;
#[cfg(all(fuzzing, feature = "grpc"))]
pub mod fuzzing;
#[cfg(feature = "grpc")]
pub(crate) mod grpc;
pub(crate) mod http;
mod losses;
pub(crate) mod sender;
mod shared;
mod state;
mod stuck;
mod transport;
mod undelivered;
mod worker;
