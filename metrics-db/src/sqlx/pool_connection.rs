//! A connection that a measured pool lent.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ::sqlx::Database as Sqlx;
use ::sqlx::pool::PoolConnection;

use super::connection::SqlxConnection;
use super::executor::delegate;
use crate::database::Database;
use crate::pool::MeasuredConnection;

/// A connection that a [`SqlxPool`](crate::SqlxPool) lent. The drop records the use time.
///
/// `&mut *connection` and `&mut connection` are executors whose queries are measured. The
/// connection dereferences to a [`SqlxConnection`], and no further: sqlx's own connection is
/// reached by [`unmeasured`](SqlxConnection::unmeasured) alone.
///
/// ```compile_fail,E0614
/// # use typed_metrics_db::SqlxPool;
/// # async fn f(pool: SqlxPool<sqlx::Sqlite>) -> Result<(), sqlx::Error> {
/// let mut connection = pool.acquire().await?;
/// sqlx::query("SELECT 1").execute(&mut **connection).await?;
/// # Ok(())
/// # }
/// ```
pub struct SqlxPoolConnection<DB: Sqlx>(
    MeasuredConnection<SqlxConnection<'static, DB, PoolConnection<DB>>>,
);

impl<DB: Sqlx> SqlxPoolConnection<DB> {
    pub(super) fn new(
        connection: MeasuredConnection<PoolConnection<DB>>,
        database: Arc<Database>,
    ) -> Self {
        Self(connection.map(|connection| SqlxConnection::of_pool(connection, database)))
    }
}

impl<DB: Sqlx> Deref for SqlxPoolConnection<DB> {
    type Target = SqlxConnection<'static, DB>;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl<DB: Sqlx> DerefMut for SqlxPoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.0
    }
}

delegate!(&'c mut SqlxPoolConnection<DB>, connection => &mut **connection);

impl<DB: Sqlx> fmt::Debug for SqlxPoolConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlxPoolConnection").field(&self.0).finish()
    }
}
