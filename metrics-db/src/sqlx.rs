//! The crate `sqlx`: pools, connections and transactions as measured executors.

mod annotated;
mod connection;
mod dialect;
mod executor;
mod keyword;
mod lending;
mod pool;
mod pool_connection;
mod pool_executor;
mod recent_texts;
mod statement;
mod summary;
mod transaction;
mod words;

pub use annotated::Annotated;
pub use connection::SqlxConnection;
pub use pool::SqlxPool;
pub use pool_connection::SqlxPoolConnection;
pub use transaction::SqlxTransaction;
