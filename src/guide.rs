//! The guide: how to declare, record, export and test metrics. Documentation only.
//!
//! Every example in it is run by `cargo test`.

pub mod cost;
pub mod declaring;
pub mod handlers;
#[cfg(feature = "llm")]
pub mod llm;
pub mod recording;
pub mod runtime;
pub mod shutdown;
pub mod testing;
pub mod timed;
