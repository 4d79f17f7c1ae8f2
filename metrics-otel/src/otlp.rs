//! OTLP: a pipeline of our own, from the collection to the collector.
//!
//! ```text
//! SDK's reader ─ exporter.rs ─→ spool.rs ─ sender.rs ─→ http.rs, grpc.rs
//! ```
//!
//! The reader's thread only encodes; a thread of the sender sends. So a collector that is slow or
//! down holds up nothing, and no async runtime of the program is needed.

mod answer;
mod builder;
mod dropped;
mod endpoint;
mod exporter;
mod folder;
#[cfg(feature = "grpc")]
mod grpc;
mod http;
mod mistakes;
mod pipeline;
mod resource;
mod sender;
mod settings;
mod split;
mod spool;
mod tls;
mod vars;
mod vendor;

pub use builder::OtlpBuilder;
pub use mistakes::OtlpError;
pub(crate) use pipeline::{InUse, Pipeline};
pub use vendor::Vendor;

/// How OTLP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Protobuf over HTTP, `http/protobuf`.
    HttpProtobuf,
    /// gRPC, `grpc`. It needs the feature `otel-grpc`.
    Grpc,
}

/// How what is sent is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    None,
    /// By gzip.
    Gzip,
}
