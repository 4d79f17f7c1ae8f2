//! The numbers of a pool at one moment.

/// The numbers of a pool at one moment, as [`ConnectionPool::read`] returns them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolReading {
    /// The connections in the pool.
    pub idle: u64,
    /// The connections that are lent.
    pub used: u64,
    /// The largest number of connections.
    pub max: u64,
    /// The smallest number of idle connections that the pool keeps; zero if it keeps none.
    pub idle_min: u64,
}

/// A pool of connections, or of anything else that is lent.
///
/// With the features `sqlx`, `deadpool` and `bb8`, the pools of these crates implement this trait.
/// A program implements it for a pool of its own.
pub trait ConnectionPool: Send + Sync + 'static {
    /// The numbers of the pool now. Each collection calls this, so it should neither wait nor
    /// block.
    fn read(&self) -> PoolReading;
}
