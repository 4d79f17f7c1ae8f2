//! Database metrics for [typed-metrics].
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod database;
mod failure;
mod measured;
mod metrics;
mod operation;
mod pool;
mod running;
#[cfg(feature = "sqlx")]
mod sqlx;
mod system;

pub use database::Database;
pub use failure::{ByType, CANCELLED, Failure, NameError, PANICKED};
pub use measured::{MeasuredFuture, MeasuredStream};
pub use metrics::{ConnectionState, DbMetrics, DbOperation, PoolMetrics};
pub use operation::Operation;
pub use pool::{ConnectionPool, MeasuredConnection, MeasuredPool, PoolReading};
pub use running::Running;
#[cfg(feature = "sqlx")]
pub use sqlx::{Annotated, SqlxConnection, SqlxPool, SqlxTransaction};
pub use system::System;
