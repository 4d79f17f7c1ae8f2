//! Connection pools: their gauges, and the loans of their connections.

mod connection;
mod known;
mod measured;
mod reading;
mod waiting;

#[cfg(feature = "bb8")]
mod bb8;
#[cfg(feature = "deadpool")]
mod deadpool;

#[cfg(feature = "sqlx")]
pub(crate) use connection::Loan;
pub use connection::MeasuredConnection;
pub use measured::MeasuredPool;
pub use reading::{ConnectionPool, PoolReading};
