//! The numbers of a pool at one moment.

/// The numbers of a pool at one moment, as [`ConnectionPool::read`] returns them. Each is zero
/// until it is set.
///
/// ```
/// use typed_metrics_db::PoolReading;
///
/// let reading = PoolReading::new().idle(2).used(3).max(8);
/// assert_eq!((reading.idle, reading.used, reading.max, reading.idle_min), (2, 3, 8, 0));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
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

impl PoolReading {
    /// A reading in which each number is zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { idle: 0, used: 0, max: 0, idle_min: 0 }
    }

    /// Sets the number of connections in the pool.
    #[must_use]
    pub const fn idle(mut self, connections: u64) -> Self {
        self.idle = connections;
        self
    }

    /// Sets the number of connections that are lent.
    #[must_use]
    pub const fn used(mut self, connections: u64) -> Self {
        self.used = connections;
        self
    }

    /// Sets the largest number of connections.
    #[must_use]
    pub const fn max(mut self, connections: u64) -> Self {
        self.max = connections;
        self
    }

    /// Sets the smallest number of idle connections that the pool keeps.
    #[must_use]
    pub const fn idle_min(mut self, connections: u64) -> Self {
        self.idle_min = connections;
        self
    }
}

/// A pool of connections, or of anything else that is lent.
///
/// With the features `sqlx`, `deadpool` and `bb8`, the pools of these crates implement this trait.
/// A program implements it for a pool of its own.
pub trait ConnectionPool: Send + Sync + 'static {
    /// The numbers of the pool now. Each collection calls this, so it should neither wait nor
    /// block.
    fn read(&self) -> PoolReading;

    /// The address of a part that all clones of a handle share, by which a second
    /// [`MeasuredPool`](crate::MeasuredPool) of the same pool is found. With `None`, the default,
    /// no second one is found: it counts the pool again.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use typed_metrics_db::{ConnectionPool, PoolReading};
    ///
    /// #[derive(Clone)]
    /// struct Sessions(Arc<Vec<u64>>);
    ///
    /// impl ConnectionPool for Sessions {
    ///     fn read(&self) -> PoolReading {
    ///         PoolReading::new().max(self.0.len() as u64)
    ///     }
    ///
    ///     fn shared(&self) -> Option<*const ()> {
    ///         Some(Arc::as_ptr(&self.0).cast())
    ///     }
    /// }
    /// # let sessions = Sessions(Arc::default());
    /// # assert_eq!(sessions.shared(), sessions.clone().shared());
    /// ```
    fn shared(&self) -> Option<*const ()> {
        None
    }
}
