//! Pools of the crate `bb8`.

use ::bb8::{ManageConnection, Pool, PooledConnection, RunError};

use super::connection::MeasuredConnection;
use super::measured::MeasuredPool;
use super::reading::{ConnectionPool, PoolReading};

impl<M: ManageConnection> ConnectionPool for Pool<M> {
    fn read(&self) -> PoolReading {
        let (state, config) = (self.state(), self.config());
        PoolReading::new()
            .idle(state.idle_connections.into())
            .used(state.connections.saturating_sub(state.idle_connections).into())
            .max(config.max_size.into())
            .idle_min(config.min_idle.unwrap_or_default().into())
    }
}

impl<M: ManageConnection> MeasuredPool<Pool<M>> {
    /// Takes a connection out of the pool, as [`Pool::get_owned`] does, and measures the wait and
    /// the use.
    ///
    /// # Errors
    ///
    /// As for [`Pool::get_owned`].
    pub async fn get(
        &self,
    ) -> Result<MeasuredConnection<PooledConnection<'static, M>>, RunError<M::Error>> {
        let is_timeout = |error: &RunError<M::Error>| matches!(error, RunError::TimedOut);
        self.lend(self.get_owned(), is_timeout).await
    }
}
