//! A pool of sqlx whose queries are measured.

use std::fmt;
use std::sync::Arc;

use ::sqlx::{Database as Sqlx, Pool};

use super::annotated::Annotated;
use crate::database::Database;
use crate::pool::{ConnectionPool, MeasuredPool, PoolReading};
use crate::system::System;

impl<DB: Sqlx> ConnectionPool for Pool<DB> {
    fn read(&self) -> PoolReading {
        // Two reads: a connection may come or go between them.
        let (size, idle) = (u64::from(self.size()), self.num_idle() as u64);
        PoolReading::new()
            .idle(idle.min(size))
            .used(size.saturating_sub(idle))
            .max(self.options().get_max_connections().into())
            .idle_min(self.options().get_min_connections().into())
    }

    fn shared(&self) -> Option<*const ()> {
        Some(std::ptr::from_ref(self.options()).cast())
    }
}

/// A pool of sqlx that is measured, with all of its queries: records
/// [`DbMetrics`](crate::DbMetrics) and [`PoolMetrics`](crate::PoolMetrics).
///
/// `&SqlxPool` is an executor, as `&Pool` is: queries of all kinds and the macros take it.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_db as db;
/// use db::{DbMetrics, DbOperation, PoolMetrics, SqlxPool, System};
/// use sqlx::SqlitePool;
/// use typed_metrics::testing::capture_async;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), sqlx::Error> {
/// let pool = SqlxPool::new("notes", SqlitePool::connect("sqlite::memory:").await?);
/// let seen = capture_async(async {
///     let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?;
///     let mut transaction = pool.begin().await?;
///     sqlx::query("CREATE TABLE note (text TEXT)").execute(&mut *transaction).await?;
///     // The program adds labels where it wants them.
///     let note = sqlx::query("INSERT INTO note VALUES (?)").bind("milk");
///     note.execute(transaction.collection("note")).await?;
///     transaction.commit().await?;
///     Ok::<_, sqlx::Error>(one)
/// })
/// .await;
/// assert_eq!(seen.returned.as_ref().unwrap(), &1);
///
/// let sqlite = DbOperation::of(System::SQLITE);
/// for name in ["BEGIN", "COMMIT"] {
///     let labels = DbOperation { operation: Some(name), ..sqlite };
///     seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
/// }
/// for summary in ["SELECT", "CREATE"] {
///     let labels = DbOperation { summary: Some(summary), ..sqlite };
///     seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
/// }
/// let insert = DbOperation { summary: Some("INSERT"), collection: Some("note"), ..sqlite };
/// seen.assert_histogram_count(DbMetrics::OperationDuration(insert), 1);
/// seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "notes" }, 2);
/// # Ok(())
/// # }
/// ```
///
/// A query that the program does not name has the operations in its text as `db.query.summary`,
/// such as `SELECT`, or `CREATE INSERT` for two statements. Only the first 4 KiB of a text are
/// read, in the dialect of sqlx's driver for PostgreSQL, MySQL or SQLite; with another driver, a
/// query has no summary. The program names a query with [`summary`](Self::summary),
/// [`operation`](Self::operation) and [`collection`](Self::collection).
///
/// sqlx's own pool is reached by [`unmeasured`](Self::unmeasured) alone:
///
/// ```compile_fail,E0614
/// # use typed_metrics_db::SqlxPool;
/// # async fn f(pool: SqlxPool<sqlx::Sqlite>) -> Result<(), sqlx::Error> {
/// sqlx::query("SELECT 1").execute(&*pool).await?;
/// # Ok(())
/// # }
/// ```
pub struct SqlxPool<DB: Sqlx> {
    pub(super) pool: MeasuredPool<Pool<DB>>,
    pub(super) database: Arc<Database>,
}

impl<DB: Sqlx> SqlxPool<DB> {
    /// Measures a pool under a name, which should be unique in the program. The label
    /// `db.system.name` is that of the driver, and the database has no other label.
    ///
    /// A pool that is measured already keeps its name and is counted once, as
    /// [`MeasuredPool`] says.
    pub fn new(name: impl Into<Arc<str>>, pool: Pool<DB>) -> Self {
        let system = match DB::NAME {
            "PostgreSQL" => System::POSTGRESQL,
            "SQLite" => System::SQLITE,
            "MySQL" => System::MYSQL,
            _ => System::OTHER_SQL,
        };
        Self::with_database(name, pool, Database::new(system))
    }

    /// Measures a pool with the labels of `database`.
    ///
    /// ```
    /// # use typed_metrics_db as db;
    /// use db::{Database, SqlxPool, System};
    /// use sqlx::PgPool;
    /// use sqlx::postgres::PgConnectOptions;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), sqlx::Error> {
    /// let options: PgConnectOptions = "postgres://shop@db.internal/shop".parse()?;
    /// let database = Database::new(System::POSTGRESQL)
    ///     .namespace(options.get_database().unwrap_or("shop"))
    ///     .server(options.get_host(), options.get_port());
    /// let pool = SqlxPool::with_database("shop", PgPool::connect_lazy_with(options), database);
    /// # drop(pool);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_database(name: impl Into<Arc<str>>, pool: Pool<DB>, database: Database) -> Self {
        Self { pool: MeasuredPool::new(name, pool), database: Arc::new(database) }
    }

    /// The name of the pool.
    #[must_use]
    pub fn name(&self) -> &str {
        self.pool.name()
    }

    /// The pool of sqlx. **Its queries are not measured**, nor are the connections that it lends.
    /// It is for code that takes no other pool, such as migrations:
    ///
    /// ```
    /// # use typed_metrics_db as db;
    /// use db::SqlxPool;
    /// use sqlx::SqlitePool;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), sqlx::Error> {
    /// let pool = SqlxPool::new("sizes", SqlitePool::connect("sqlite::memory:").await?);
    /// assert_eq!(pool.unmeasured().size(), 1);
    /// // sqlx::migrate!().run(pool.unmeasured()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn unmeasured(&self) -> &Pool<DB> {
        &self.pool
    }

    /// Closes the pool, as [`Pool::close`] does.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether the pool is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    /// Sets the label `db.operation.name` of one query.
    pub fn operation(&self, name: &'static str) -> Annotated<&Self> {
        Annotated::new(self).operation(name)
    }

    /// Sets the label `db.collection.name` of one query.
    pub fn collection(&self, name: &'static str) -> Annotated<&Self> {
        Annotated::new(self).collection(name)
    }

    /// Sets the label `db.query.summary` of one query.
    pub fn summary(&self, summary: &'static str) -> Annotated<&Self> {
        Annotated::new(self).summary(summary)
    }
}

impl<DB: Sqlx> Clone for SqlxPool<DB> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), database: Arc::clone(&self.database) }
    }
}

impl<DB: Sqlx> fmt::Debug for SqlxPool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxPool")
            .field("name", &self.name())
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}
