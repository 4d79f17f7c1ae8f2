//! A pipeline of this crate: an SDK provider whose metrics are sent by OTLP.
//!
//! ```text
//! SDK's reader ─→ export ─→ spool ─→ send ─→ collector
//! ```
//!
//! The reader's thread only encodes requests. A thread of the sender sends them. So a slow or
//! broken collector delays no collection, and the program needs no async runtime. Each folder uses
//! only the folders after it: `export`, `send`, `spool`, `config`. The pipeline puts the parts
//! together; it uses `provider` for views of the SDK, and does not know handlers.

pub(crate) mod config;
pub(crate) mod export;
pub(crate) mod pipeline;
mod send;
mod spool;
