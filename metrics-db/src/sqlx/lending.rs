//! The connections and transactions that a pool lends.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use ::sqlx::pool::PoolConnection;
use ::sqlx::{Database as Sqlx, Error, SqlSafeStr};

use super::pool::SqlxPool;
use super::pool_connection::SqlxPoolConnection;
use super::transaction::SqlxTransaction;
use crate::pool::MeasuredConnection;

/// A connection that a pool lent.
pub(super) type Lent<DB> = MeasuredConnection<PoolConnection<DB>>;

/// Connections and transactions.
impl<DB: Sqlx> SqlxPool<DB> {
    /// The same as [`MeasuredPool::lend`](crate::MeasuredPool::lend), to which the future of sqlx
    /// would have to be moved: it has some hundred bytes.
    pub(super) async fn lend(&self) -> Result<Lent<DB>, Error> {
        let mut waiting = self.pool.wait();
        let mut connection = pin!(self.pool.acquire());
        match poll_fn(|context| waiting.poll(connection.as_mut(), context)).await {
            Ok(connection) => Ok(self.pool.lent(waiting, connection)),
            Err(error) => {
                waiting.fail(matches!(error, Error::PoolTimedOut));
                Err(error)
            }
        }
    }

    fn try_lend(&self) -> Option<Lent<DB>> {
        let waiting = self.pool.wait();
        Some(self.pool.lent(waiting, self.pool.try_acquire()?))
    }

    /// Takes a connection out of the pool, and measures the wait and the use.
    ///
    /// # Errors
    ///
    /// As for [`Pool::acquire`](sqlx::Pool::acquire).
    pub async fn acquire(&self) -> Result<SqlxPoolConnection<DB>, Error> {
        Ok(SqlxPoolConnection::new(self.lend().await?, Arc::clone(&self.database)))
    }

    /// Takes an idle connection out of the pool, if there is one, as
    /// [`Pool::try_acquire`](sqlx::Pool::try_acquire) does. Without one, nothing is recorded.
    pub fn try_acquire(&self) -> Option<SqlxPoolConnection<DB>> {
        Some(SqlxPoolConnection::new(self.try_lend()?, Arc::clone(&self.database)))
    }

    /// Takes a connection out of the pool, and begins a transaction.
    ///
    /// # Errors
    ///
    /// As for [`Pool::begin`](sqlx::Pool::begin).
    pub async fn begin(&self) -> Result<SqlxTransaction<'static, DB>, Error> {
        SqlxTransaction::begin_lent(self.lend().await?, &self.database, None).await
    }

    /// Takes a connection out of the pool, and begins a transaction with a statement of the
    /// program, such as `BEGIN IMMEDIATE` of SQLite. It is measured as `BEGIN`.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_db as db;
    /// use db::{DbMetrics, DbOperation, SqlxPool, System};
    /// use sqlx::SqlitePool;
    /// use typed_metrics::testing::capture_async;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), sqlx::Error> {
    /// let pool = SqlxPool::new("writes", SqlitePool::connect("sqlite::memory:").await?);
    /// let seen = capture_async(async {
    ///     pool.begin_with("BEGIN IMMEDIATE").await?.commit().await
    /// })
    /// .await;
    /// assert!(seen.returned.is_ok());
    /// let begin = DbOperation { operation: Some("BEGIN"), ..DbOperation::of(System::SQLITE) };
    /// seen.assert_histogram_count(DbMetrics::OperationDuration(begin), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Pool::begin_with`](sqlx::Pool::begin_with): also if the statement begins no
    /// transaction.
    pub async fn begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<SqlxTransaction<'static, DB>, Error> {
        let statement = Some(statement.into_sql_str());
        SqlxTransaction::begin_lent(self.lend().await?, &self.database, statement).await
    }

    /// Begins a transaction on an idle connection of the pool, if there is one. Without one,
    /// nothing is recorded.
    ///
    /// # Errors
    ///
    /// As for [`Pool::try_begin`](sqlx::Pool::try_begin).
    pub async fn try_begin(&self) -> Result<Option<SqlxTransaction<'static, DB>>, Error> {
        let Some(lent) = self.try_lend() else { return Ok(None) };
        SqlxTransaction::begin_lent(lent, &self.database, None).await.map(Some)
    }

    /// Begins a transaction with a statement of the program on an idle connection of the pool, if
    /// there is one. Without one, nothing is recorded.
    ///
    /// # Errors
    ///
    /// As for [`Pool::try_begin_with`](sqlx::Pool::try_begin_with): also if the statement begins no
    /// transaction.
    pub async fn try_begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Option<SqlxTransaction<'static, DB>>, Error> {
        let Some(lent) = self.try_lend() else { return Ok(None) };
        let statement = Some(statement.into_sql_str());
        SqlxTransaction::begin_lent(lent, &self.database, statement).await.map(Some)
    }
}
