//! Pools of the crate `deadpool`.

use ::deadpool::managed::{Manager, Object, Pool, PoolError};

use super::connection::MeasuredConnection;
use super::measured::MeasuredPool;
use super::reading::{ConnectionPool, PoolReading};

impl<M, W> ConnectionPool for Pool<M, W>
where
    M: Manager + 'static,
    W: From<Object<M>> + 'static,
    Self: Send + Sync,
{
    fn read(&self) -> PoolReading {
        let status = self.status();
        PoolReading::new()
            .idle(status.available as u64)
            .used(status.size.saturating_sub(status.available) as u64)
            .max(status.max_size as u64)
    }

    fn shared(&self) -> Option<*const ()> {
        Some(std::ptr::from_ref(self.manager()).cast())
    }
}

impl<M: Manager, W: From<Object<M>>> MeasuredPool<Pool<M, W>> {
    /// Takes a connection out of the pool, as [`Pool::get`] does, and measures the wait and the
    /// use.
    ///
    /// # Errors
    ///
    /// As for [`Pool::get`].
    pub async fn get(&self) -> Result<MeasuredConnection<W>, PoolError<M::Error>> {
        let is_timeout = |error: &PoolError<M::Error>| matches!(error, PoolError::Timeout(_));
        self.lend(Pool::get(self), is_timeout).await
    }
}
