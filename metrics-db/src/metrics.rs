//! The metrics, declared with the derive.

mod operations;
mod pools;

pub use operations::{DbMetrics, DbOperation};
pub use pools::{ConnectionState, PoolMetrics};
