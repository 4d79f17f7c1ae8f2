//! A pipeline of this crate: it collects metrics of core, and sends them by OTLP.
//!
//! ```text
//! core ─→ export ─→ spool ─→ send ─→ collector
//! ```
//!
//! A thread of `export` collects and encodes. A thread of `send` sends. So a slow or broken
//! collector delays no collection, and the program needs no async runtime. Each folder uses only
//! the folders after it: `export`, `send`, `spool`, `config`. The pipeline puts the parts together;
//! it does not know handlers.

pub(crate) mod config;
pub(crate) mod export;
pub(crate) mod pipeline;
mod send;
mod spool;

#[cfg(all(fuzzing, feature = "grpc"))]
pub use export::fuzzing as encoder;
#[cfg(all(fuzzing, feature = "grpc"))]
pub use send::fuzzing;
