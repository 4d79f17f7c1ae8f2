//! A transaction whose queries are measured.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ::sqlx::pool::PoolConnection;
use ::sqlx::{Database as Sqlx, Error, SqlSafeStr, SqlStr, Transaction};
use futures_core::future::BoxFuture;

use super::connection::SqlxConnection;
use super::executor::delegate;
use crate::database::Database;
use crate::pool::{Loan, MeasuredConnection};

/// A transaction of a [`SqlxPool`](crate::SqlxPool) or of a connection.
///
/// `&mut *transaction` and `&mut transaction` are executors whose queries are measured. The
/// transaction dereferences to a [`SqlxConnection`], which begins savepoints and sets labels:
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
/// let pool = SqlxPool::new("drafts", SqlitePool::connect("sqlite::memory:").await?);
/// let seen = capture_async(async {
///     let mut transaction = pool.begin().await?;
///     sqlx::query("CREATE TABLE draft (text TEXT)").execute(&mut *transaction).await?;
///     let mut savepoint = transaction.begin().await?;
///     sqlx::query("DROP TABLE draft").execute(savepoint.collection("draft")).await?;
///     savepoint.rollback().await?;
///     transaction.commit().await
/// })
/// .await;
/// assert!(seen.returned.is_ok());
///
/// let sqlite = DbOperation::of(System::SQLITE);
/// for name in ["BEGIN", "SAVEPOINT", "ROLLBACK TO SAVEPOINT", "COMMIT"] {
///     let labels = DbOperation { operation: Some(name), ..sqlite };
///     seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
/// }
/// let create = DbOperation { summary: Some("CREATE"), ..sqlite };
/// seen.assert_histogram_count(DbMetrics::OperationDuration(create), 1);
/// let drop = DbOperation { summary: Some("DROP"), collection: Some("draft"), ..sqlite };
/// seen.assert_histogram_count(DbMetrics::OperationDuration(drop), 1);
/// # Ok(())
/// # }
/// ```
///
/// sqlx's own connection is reached by [`unmeasured`](SqlxConnection::unmeasured) alone:
///
/// ```compile_fail,E0614
/// # use typed_metrics_db::SqlxPool;
/// # async fn f(pool: SqlxPool<sqlx::Sqlite>) -> Result<(), sqlx::Error> {
/// let mut transaction = pool.begin().await?;
/// sqlx::query("SELECT 1").execute(&mut **transaction).await?;
/// # Ok(())
/// # }
/// ```
///
/// `BEGIN`, `COMMIT` and `ROLLBACK` are operations too, and so are `SAVEPOINT`, `RELEASE SAVEPOINT`
/// and `ROLLBACK TO SAVEPOINT`, as which a savepoint begins and ends. A transaction that is dropped
/// is rolled back by sqlx when its connection is used again, and that is not measured.
pub struct SqlxTransaction<'c, DB: Sqlx> {
    connection: SqlxConnection<'c, DB, Transaction<'c, DB>>,
    level: Level,
    // `None` if the loan of the connection goes on. Dropped after the connection, which goes back
    // to the pool first.
    loan: Option<Loan>,
}

/// A transaction of a connection, or a savepoint within one. The handle that begins it decides: the
/// depth that the driver counts is late on SQLite, where another thread rolls a dropped transaction
/// back.
#[derive(Debug, Clone, Copy)]
enum Level {
    Connection,
    Savepoint,
}

impl Level {
    /// The names of the operations that begin, commit and roll back.
    const fn operations(self) -> [&'static str; 3] {
        match self {
            Self::Connection => ["BEGIN", "COMMIT", "ROLLBACK"],
            Self::Savepoint => ["SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"],
        }
    }
}

/// The beginning.
impl<DB: Sqlx> SqlxConnection<'_, DB> {
    /// Begins a transaction, measured as `BEGIN`, or a savepoint of the transaction that the
    /// connection is in, measured as `SAVEPOINT`.
    ///
    /// # Errors
    ///
    /// The error of the statement.
    pub async fn begin(&mut self) -> Result<SqlxTransaction<'_, DB>, Error> {
        self.begin_by(None).await
    }

    /// Begins a transaction with a statement of the program, such as `BEGIN ISOLATION LEVEL
    /// SERIALIZABLE` of PostgreSQL. It is measured as `BEGIN`.
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
    /// let pool = SqlxPool::new("exclusive", SqlitePool::connect("sqlite::memory:").await?);
    /// let mut connection = pool.acquire().await?;
    /// let seen = capture_async(async {
    ///     connection.begin_with("BEGIN EXCLUSIVE").await?.commit().await
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
    /// The error of the statement; [`Error::BeginFailed`] if it begins no transaction, and
    /// [`Error::InvalidSavePointStatement`] if the connection is in one.
    pub async fn begin_with(
        &mut self,
        statement: impl SqlSafeStr,
    ) -> Result<SqlxTransaction<'_, DB>, Error> {
        self.begin_by(Some(statement.into_sql_str())).await
    }

    fn begin_by(
        &mut self,
        statement: Option<SqlStr>,
    ) -> impl Future<Output = Result<SqlxTransaction<'_, DB>, Error>> {
        let level = if self.is_in_transaction() { Level::Savepoint } else { Level::Connection };
        let database = Arc::clone(self.database());
        let beginning = Transaction::begin(self.unmeasured(), statement);
        SqlxTransaction::begin_by(beginning, level, database, None)
    }
}

impl<'c, DB: Sqlx> SqlxTransaction<'c, DB> {
    /// Begins a transaction on a connection that a pool lent. A connection of PostgreSQL has some
    /// hundred bytes, so it goes into the box of sqlx at once, and the future does not hold it.
    pub(super) fn begin_lent(
        lent: MeasuredConnection<PoolConnection<DB>>,
        database: &Arc<Database>,
        statement: Option<SqlStr>,
    ) -> impl Future<Output = Result<Self, Error>> + use<'c, DB> {
        let (connection, loan) = lent.into_parts();
        let beginning = Transaction::begin(connection, statement);
        Self::begin_by(beginning, Level::Connection, Arc::clone(database), Some(loan))
    }

    async fn begin_by(
        beginning: BoxFuture<'c, Result<Transaction<'c, DB>, Error>>,
        level: Level,
        database: Arc<Database>,
        loan: Option<Loan>,
    ) -> Result<Self, Error> {
        let [begin, ..] = level.operations();
        let transaction = database.operation(begin).measure(beginning).await?;
        let connection = SqlxConnection::in_transaction(transaction, database);
        Ok(Self { connection, level, loan })
    }

    /// Commits the transaction, or releases the savepoint.
    ///
    /// # Errors
    ///
    /// The error of the statement `COMMIT` or `RELEASE SAVEPOINT`.
    pub fn commit(self) -> impl Future<Output = Result<(), Error>> {
        let [_, commit, _] = self.level.operations();
        self.end(commit, Transaction::commit)
    }

    /// Takes the changes of the transaction back, or those since the savepoint.
    ///
    /// # Errors
    ///
    /// The error of the statement `ROLLBACK` or `ROLLBACK TO SAVEPOINT`.
    pub fn rollback(self) -> impl Future<Output = Result<(), Error>> {
        let [.., rollback] = self.level.operations();
        self.end(rollback, Transaction::rollback)
    }

    /// `commit` and `rollback` are no `async fn` around this one: each would hold the transaction
    /// once more, beside the future of sqlx.
    async fn end<F>(
        self,
        name: &'static str,
        end: impl FnOnce(Transaction<'c, DB>) -> F,
    ) -> Result<(), Error>
    where
        F: Future<Output = Result<(), Error>>,
    {
        // The loan, which is dropped last, ends after the transaction.
        let Self { loan: _loan, connection, .. } = self;
        let (transaction, database) = connection.into_parts();
        database.operation(name).measure(end(transaction)).await
    }
}

impl<'c, DB: Sqlx> Deref for SqlxTransaction<'c, DB> {
    type Target = SqlxConnection<'c, DB>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Sqlx> DerefMut for SqlxTransaction<'_, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

delegate!(&'c mut SqlxTransaction<'_, DB>, transaction => &mut **transaction);

impl<DB: Sqlx> fmt::Debug for SqlxTransaction<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlxTransaction").field(&self.connection).finish()
    }
}
