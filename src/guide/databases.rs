//! Measure databases: operations of any client, and connection pools.
//!
//! The feature `db` adds the module [`db`](crate::db). You declare nothing: the metrics are those
//! of OpenTelemetry's conventions for [databases].
//!
//! | type | metrics | unit |
//! |---|---|---|
//! | [`Operation`], `SqlxPool` | `db.client.operation.duration` | `s` |
//! | | `db.client.response.returned_rows` | `{row}` |
//! | [`MeasuredPool`], `SqlxPool` | `db.client.connection.count`, `.max`, `.idle.min` | `{connection}` |
//! | | `db.client.connection.pending_requests` | `{request}` |
//! | | `db.client.connection.timeouts` | `{timeout}` |
//! | | `db.client.connection.wait_time`, `.use_time` | `s` |
//!
//! # Any client
//!
//! A [`Database`] names the system, the server and the errors of a client. An operation of it
//! measures a future ([`measure`]), a stream of rows ([`measure_stream`]), a blocking call
//! ([`run`]) or the time to the end of a guard ([`start`]):
//!
#![cfg_attr(feature = "db", doc = "```ignore")]
#![cfg_attr(not(feature = "db"), doc = "```")]
//! use rusqlite::{Connection, Error};
//! use typed_metrics::db::{Database, DbMetrics, DbOperation, Failure, System};
//! use typed_metrics::testing::capture;
//!
//! /// The codes of SQLite are the codes of the database. A missing row is no failure.
//! fn failure(error: &Error) -> Failure<'_> {
//!     match error {
//!         Error::SqliteFailure(error, _) => Failure::status(error.extended_code.to_string()),
//!         Error::QueryReturnedNoRows => Failure::none(),
//!         _ => Failure::of_type("rusqlite"),
//!     }
//! }
//!
//! let notes = Database::new(System::SQLITE).namespace("notes").errors(failure);
//! let connection = Connection::open_in_memory()?;
//! connection.execute_batch("CREATE TABLE note (text TEXT UNIQUE)")?;
//!
//! let seen = capture(|| {
//!     for _ in 0..2 {
//!         let insert = notes.operation("INSERT").collection("note");
//!         let _ = insert.run(|| connection.execute("INSERT INTO note VALUES ('milk')", []));
//!     }
//! });
//! let insert = DbOperation {
//!     namespace: Some("notes"),
//!     operation: Some("INSERT"),
//!     collection: Some("note"),
//!     ..DbOperation::of(System::SQLITE)
//! };
//! seen.assert_histogram_count(DbMetrics::OperationDuration(insert), 1);
//! // SQLITE_CONSTRAINT_UNIQUE
//! let failed = DbOperation { status: Some("2067"), error_type: Some("2067"), ..insert };
//! seen.assert_histogram_count(DbMetrics::OperationDuration(failed), 1);
//! # Ok::<(), Error>(())
//! ```
//!
//! An asynchronous client is measured in the same way. Of `tokio-postgres`, for example:
//!
//! ```text
//! static SHOP: LazyLock<Database> =
//!     LazyLock::new(|| Database::new(System::POSTGRESQL).namespace("shop"));
//! let select = SHOP.operation("SELECT").collection("users");
//! let rows = select.measure(client.query("SELECT * FROM users", &[])).await?;
//! ```
//!
//! The names of operations and collections are `&'static str`, so the program bounds the number of
//! series. The text of a query is never a label; a [`summary`] describes a query, if the program
//! gives it one.
//!
//! # sqlx
//!
//! The feature `sqlx` of the crate `typed-metrics-db` adds `SqlxPool`. It needs Rust 1.94, so it is
//! no feature of this crate: `cargo add typed-metrics-db --features sqlx`. A `&SqlxPool` takes the
//! place of a `&Pool`, and `&mut *connection` and `&mut *transaction` are written as with sqlx:
//!
#![cfg_attr(feature = "db", doc = "```ignore")]
#![cfg_attr(not(feature = "db"), doc = "```")]
//! use sqlx::SqlitePool;
//! use typed_metrics::db::{DbMetrics, DbOperation, PoolMetrics, SqlxPool, System};
//! use typed_metrics::testing::capture_async;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sqlx::Error> {
//! let pool = SqlxPool::new("guide", SqlitePool::connect("sqlite::memory:").await?);
//! let seen = capture_async(async {
//!     sqlx::query("CREATE TABLE note (text TEXT)").execute(&pool).await?;
//!     let mut transaction = pool.begin().await?;
//!     let insert = sqlx::query("INSERT INTO note VALUES (?)").bind("milk");
//!     insert.execute(transaction.collection("note")).await?;
//!     sqlx::query("DELETE FROM note").execute(&mut *transaction).await?;
//!     transaction.commit().await
//! })
//! .await;
//! assert!(seen.returned.is_ok());
//! let sqlite = DbOperation::of(System::SQLITE);
//! let insert = DbOperation { summary: Some("INSERT"), collection: Some("note"), ..sqlite };
//! seen.assert_histogram_count(DbMetrics::OperationDuration(insert), 1);
//! let delete = DbOperation { summary: Some("DELETE"), ..sqlite };
//! seen.assert_histogram_count(DbMetrics::OperationDuration(delete), 1);
//! let commit = DbOperation { operation: Some("COMMIT"), ..sqlite };
//! seen.assert_histogram_count(DbMetrics::OperationDuration(commit), 1);
//! seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "guide" }, 2);
//! # Ok(())
//! # }
//! ```
//!
//! **Names.** `operation`, `collection` and `summary` of the pool, of a connection and of a
//! transaction set the labels of one query:
//! `sqlx::query(…).fetch_one(pool.summary("find user by id"))`. OpenTelemetry wants no
//! `db.operation.name` out of a text that may have several statements. So a query without a name
//! has only a `db.query.summary`: the operations of its statements, such as `SELECT`, or
//! `CREATE INSERT` for two. A statement that begins with `WITH` counts as the operation that uses
//! the tables, and comments and quoted texts do not count. At most four different operations are
//! named, out of a fixed list; a text with a statement of another kind has no summary. Tables are
//! not read from the text: `collection` states one.
//!
//! Only the first 4 KiB of a text are read. Statements that begin later are not named, and a text
//! with a statement whose `WITH` is longer has no summary. The text is read in the dialect of sqlx's
//! driver for PostgreSQL, MySQL or SQLite, which a connection of `Any` tells; with another driver, a
//! query has no summary.
//!
//! `BEGIN`, `COMMIT` and `ROLLBACK` are operations too, and so are `SAVEPOINT`, `RELEASE SAVEPOINT`
//! and `ROLLBACK TO SAVEPOINT`. `begin_with` begins with a statement such as `BEGIN IMMEDIATE`. The
//! wait for a connection is no part of a query's duration. `SqlxPool::with_database` adds the
//! labels of the server and of the database.
//!
//! **Queries that are not measured say so.** A transaction and a connection of a pool dereference
//! to a `SqlxConnection`, which a function takes for both, and the types of sqlx are reached by
//! `unmeasured` alone: `sqlx::migrate!().run(pool.unmeasured())`. `&mut **transaction` and `&*pool`
//! do not compile.
//!
//! # Pools
//!
//! [`MeasuredPool`] measures a pool of deadpool (feature `db-deadpool`), of bb8 (`db-bb8`), or a
//! pool that implements [`ConnectionPool`]. Its method `get` measures the wait and the use:
//!
#![cfg_attr(feature = "db", doc = "```ignore")]
#![cfg_attr(not(feature = "db"), doc = "```")]
//! use std::convert::Infallible;
//!
//! use deadpool::managed::{Manager, Metrics, Pool, RecycleResult};
//! use typed_metrics::db::{MeasuredPool, PoolMetrics};
//! use typed_metrics::testing::capture_async;
//!
//! struct Sessions;
//!
//! impl Manager for Sessions {
//!     type Type = String;
//!     type Error = Infallible;
//!
//!     async fn create(&self) -> Result<String, Infallible> {
//!         Ok("session".to_owned())
//!     }
//!
//!     async fn recycle(&self, _: &mut String, _: &Metrics) -> RecycleResult<Infallible> {
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let pool: Pool<Sessions> = Pool::builder(Sessions).max_size(4).build().unwrap();
//! let pool = MeasuredPool::new("guide sessions", pool);
//! let seen = capture_async(async {
//!     let session = pool.get().await.unwrap();
//!     assert_eq!(session.as_str(), "session");
//! })
//! .await;
//! seen.assert_histogram_count(PoolMetrics::UseTime { pool: "guide sessions" }, 1);
//! # }
//! ```
//!
//! A pool is counted once: a second `MeasuredPool` or `SqlxPool` of a pool of sqlx or deadpool has
//! the name of the first one, and another name is reported. bb8 does not show which pools are one.
//!
//! The numbers of connections are read at each collection, and go back to zero when the last handle
//! of the pool is dropped. No pool tells when it begins to open a connection, so a program that
//! wants `db.client.connection.create_time` records it in its manager: `PoolMetrics::create_time`.
//!
//! # Cost
//!
//! An operation costs two readings of the clock and one record, or two if its rows are counted, and
//! allocates nothing once its series exist. A query on a `SqlxPool` allocates no more often than
//! with sqlx alone, and neither do the begin and the end of a transaction. A query on a connection
//! or in a transaction allocates once more, because the trait `Executor` returns a box, and the box
//! of the driver is inside of the measured one.
//!
//! Each execution of a query without a name reads its text: the first word and a search for `;`
//! if there is one statement, more if there are several, and never more than 4 KiB. `operation` and
//! `summary` of the query save the reading.
//!
//! [databases]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/
//! [`ConnectionPool`]: crate::db::ConnectionPool
//! [`Database`]: crate::db::Database
//! [`MeasuredPool`]: crate::db::MeasuredPool
//! [`Operation`]: crate::db::Operation
//! [`measure_stream`]: crate::db::Operation::measure_stream
//! [`measure`]: crate::db::Operation::measure
//! [`run`]: crate::db::Operation::run
//! [`start`]: crate::db::Operation::start
//! [`summary`]: crate::db::Operation::summary
