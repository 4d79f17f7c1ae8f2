//! A connection as a measured executor.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use ::sqlx::Database as Sqlx;

use super::annotated::Annotated;
use super::executor::{MeasuredExecutor, delegate};
use crate::database::Database;
use crate::target::Naming;

/// A connection whose queries are measured. A [`SqlxPoolConnection`](crate::SqlxPoolConnection) and
/// a [`SqlxTransaction`](crate::SqlxTransaction) dereference to it, so a function takes both as
/// `&mut SqlxConnection`.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_db as db;
/// use db::{DbMetrics, DbOperation, SqlxConnection, SqlxPool, System};
/// use sqlx::{Sqlite, SqlitePool};
/// use typed_metrics::testing::capture_async;
///
/// async fn answer(connection: &mut SqlxConnection<'_, Sqlite>) -> Result<i64, sqlx::Error> {
///     sqlx::query_scalar("SELECT 42").fetch_one(connection).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), sqlx::Error> {
/// let pool = SqlxPool::new("answers", SqlitePool::connect("sqlite::memory:").await?);
/// let seen = capture_async(async {
///     let mut connection = pool.acquire().await?;
///     assert_eq!(answer(&mut connection).await?, 42);
///     let mut transaction = connection.begin().await?;
///     assert_eq!(answer(&mut transaction).await?, 42);
///     transaction.commit().await
/// })
/// .await;
/// assert!(seen.returned.is_ok());
/// let select = DbOperation { summary: Some("SELECT"), ..DbOperation::of(System::SQLITE) };
/// seen.assert_histogram_count(DbMetrics::OperationDuration(select), 2);
/// # Ok(())
/// # }
/// ```
///
/// The connection is a part of the handle that dereferences to it, and has no size of its own: `C`
/// is the default for every `SqlxConnection` of a program. So no safe code moves a connection out
/// of its handle, or puts another one there:
///
/// ```compile_fail,E0277
/// # use typed_metrics_db::SqlxPool;
/// # async fn f(pool: SqlxPool<sqlx::Sqlite>) -> Result<(), sqlx::Error> {
/// let (mut connection, mut transaction) = (pool.acquire().await?, pool.begin().await?);
/// std::mem::swap(&mut *connection, &mut *transaction);
/// # Ok(())
/// # }
/// ```
pub struct SqlxConnection<'c, DB: Sqlx, C: ?Sized = dyn AsMut<<DB as Sqlx>::Connection> + Send + 'c>
{
    database: Arc<Database>,
    is_in_transaction: bool,
    names: PhantomData<fn() -> &'c DB>,
    connection: C,
}

impl<DB: Sqlx, C> SqlxConnection<'_, DB, C> {
    pub(super) fn of_pool(connection: C, database: Arc<Database>) -> Self {
        Self { database, is_in_transaction: false, names: PhantomData, connection }
    }

    pub(super) fn in_transaction(connection: C, database: Arc<Database>) -> Self {
        Self { database, is_in_transaction: true, names: PhantomData, connection }
    }

    pub(super) fn into_parts(self) -> (C, Arc<Database>) {
        (self.connection, self.database)
    }
}

impl<DB: Sqlx> SqlxConnection<'_, DB> {
    pub(super) fn is_in_transaction(&self) -> bool {
        self.is_in_transaction
    }

    pub(super) fn database(&self) -> &Arc<Database> {
        &self.database
    }

    /// The connection of sqlx. **Its queries are not measured.** It is for code that takes no other
    /// connection, such as the listener of a driver.
    ///
    /// ```
    /// # use typed_metrics_db as db;
    /// use db::SqlxPool;
    /// use sqlx::{Connection, SqlitePool};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), sqlx::Error> {
    /// let pool = SqlxPool::new("pings", SqlitePool::connect("sqlite::memory:").await?);
    /// let mut connection = pool.acquire().await?;
    /// connection.unmeasured().ping().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn unmeasured(&mut self) -> &mut DB::Connection {
        self.connection.as_mut()
    }

    pub(super) fn executor(&mut self, naming: Naming) -> MeasuredExecutor<'_, DB> {
        let Self { connection, database, .. } = self;
        MeasuredExecutor { connection: connection.as_mut(), database, naming }
    }

    /// Sets the label `db.operation.name` of one query.
    pub fn operation(&mut self, name: &'static str) -> Annotated<&mut Self> {
        Annotated::new(self).operation(name)
    }

    /// Sets the label `db.collection.name` of one query.
    pub fn collection(&mut self, name: &'static str) -> Annotated<&mut Self> {
        Annotated::new(self).collection(name)
    }

    /// Sets the label `db.query.summary` of one query.
    pub fn summary(&mut self, summary: &'static str) -> Annotated<&mut Self> {
        Annotated::new(self).summary(summary)
    }
}

delegate!(&'c mut SqlxConnection<'_, DB>, executor => Annotated::new(executor));
delegate!(Annotated<&'c mut SqlxConnection<'_, DB>>, annotated => {
    annotated.executor.executor(annotated.naming)
});

impl<DB: Sqlx, C: ?Sized> fmt::Debug for SqlxConnection<'_, DB, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxConnection").field("database", &self.database).finish_non_exhaustive()
    }
}
