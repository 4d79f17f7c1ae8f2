//! A connection as a measured executor.

use std::fmt;
use std::sync::Arc;

use ::sqlx::pool::PoolConnection;
use ::sqlx::{Database as Sqlx, Transaction};

use super::annotated::{Annotated, Annotations};
use super::executor::{MeasuredExecutor, delegate};
use crate::database::Database;

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
pub struct SqlxConnection<'c, DB: Sqlx> {
    held: Held<'c, DB>,
    database: Arc<Database>,
}

/// What a connection is to sqlx.
enum Held<'c, DB: Sqlx> {
    Connection(PoolConnection<DB>),
    Transaction(Transaction<'c, DB>),
}

impl<'c, DB: Sqlx> SqlxConnection<'c, DB> {
    pub(super) fn of_pool(connection: PoolConnection<DB>, database: Arc<Database>) -> Self {
        Self { held: Held::Connection(connection), database }
    }

    pub(super) fn in_transaction(
        transaction: Transaction<'c, DB>,
        database: Arc<Database>,
    ) -> Self {
        Self { held: Held::Transaction(transaction), database }
    }

    /// The transaction that the connection is in, if it was made so.
    pub(super) fn into_transaction(self) -> (Option<Transaction<'c, DB>>, Arc<Database>) {
        let transaction = match self.held {
            Held::Transaction(transaction) => Some(transaction),
            Held::Connection(_) => None,
        };
        (transaction, self.database)
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
        match &mut self.held {
            Held::Connection(connection) => connection,
            Held::Transaction(transaction) => transaction,
        }
    }

    pub(super) fn executor(&mut self, annotations: Annotations) -> MeasuredExecutor<'_, DB> {
        let Self { held, database } = self;
        let connection: &mut DB::Connection = match held {
            Held::Connection(connection) => connection,
            Held::Transaction(transaction) => transaction,
        };
        MeasuredExecutor { connection, database, annotations }
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
    annotated.executor.executor(annotated.annotations)
});

impl<DB: Sqlx> fmt::Debug for SqlxConnection<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxConnection").field("database", &self.database).finish_non_exhaustive()
    }
}
