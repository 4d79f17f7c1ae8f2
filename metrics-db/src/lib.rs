//! Database metrics for [typed-metrics]: operations of any client, and connection pools.
//!
//! Programs use this crate through the feature `db` of the facade, as `typed_metrics::db`.
//!
//! ```
//! # use typed_metrics_core as typed_metrics;
//! # use typed_metrics_db as db;
//! use db::{Database, DbMetrics, DbOperation, System};
//! use rusqlite::Connection;
//! use typed_metrics::testing::capture;
//!
//! static NOTES: Database = Database::new(System::SQLITE);
//!
//! let connection = Connection::open_in_memory()?;
//! let seen = capture(|| {
//!     let select = NOTES.operation("SELECT").summary("answer");
//!     select.run(|| connection.query_row("SELECT 42", [], |row| row.get::<_, i64>(0)))
//! });
//! assert_eq!(seen.returned, Ok(42));
//! let labels = DbOperation {
//!     operation: Some("SELECT"),
//!     summary: Some("answer"),
//!     ..DbOperation::of(System::SQLITE)
//! };
//! seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
//! # Ok::<(), rusqlite::Error>(())
//! ```
//!
//! | type | measures | feature |
//! |---|---|---|
//! | [`Operation`] | a future, a stream, a closure, or the time between two places | |
//! | [`MeasuredPool`] | a pool of deadpool, of bb8, or of the program | `deadpool`, `bb8` |
//! | `SqlxPool`, its connections and transactions | every query of sqlx, and the pool | `sqlx` |
//!
//! Names, units, labels and buckets are those of [OpenTelemetry's conventions][conventions], which
//! give no buckets for the times of pools. [`DbMetrics`] and [`PoolMetrics`] declare the metrics.
//!
//! # The end of an operation
//!
//! | | recorded |
//! |---|---|
//! | success | without `error.type` |
//! | an error with a code of the database | the code as `db.response.status_code` and `error.type` |
//! | any other error | `error.type`, by [`Database::errors`] or else by the type of the error |
//! | an error that says that there is no row | as a success: [`Failure::none`] |
//! | a future that is dropped after its first poll | `error.type` is [`CANCELLED`] |
//! | a stream that is dropped after a row | as a success: the program has seen enough |
//! | a panic | `error.type` is [`PANICKED`] |
//!
//! A future or a stream that is never polled is not recorded: it has sent nothing.
//!
//! # The number of series
//!
//! The text of a query is never a label. The names of operations, of collections and of summaries
//! are `&'static str`, so the program's code bounds them. A query of sqlx without a name has the
//! operations in the first 4 KiB of its text as `db.query.summary`, which are words of a fixed
//! list; at most 128 combinations of several words are kept, and a further one gives no summary.
//! Codes of errors are those of the database.
//!
//! # sqlx
//!
//! With the feature `sqlx`, `SqlxPool` takes the place of `Pool`: it is an executor, and so are
//! its connections and transactions. They dereference to a `SqlxConnection`, which is measured too;
//! the types of sqlx are reached by the method `unmeasured` alone. None of them is an
//! [`Acquire`](https://docs.rs/sqlx/latest/sqlx/trait.Acquire.html), because that trait hands out
//! sqlx's own connections. Two other ways were tried and left:
//!
//! - **The events of sqlx** (`tracing`, target `sqlx::query`) need a subscriber. They are off for
//!   a statement if its log level is, they do not tell errors, and they name neither the pool nor
//!   the database.
//! - **A wrapper of each future** ([`Operation::measure`]) works with any executor of sqlx, and
//!   allocates nothing. But a query that nobody wrapped is not measured, and the wait for a
//!   connection is part of its duration. It is the way for a driver's connection without a pool.
//!
//! A query on a pool allocates no more often than with sqlx alone, and neither do the begin and the
//! end of a transaction. A query on a connection or in a transaction allocates once more: the trait
//! `Executor` returns a box, and the box of the driver is inside of the measured one. Labels of the
//! program change none of these numbers.
//!
//! [conventions]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod by_type;
mod database;
mod failure;
mod interned;
mod measured;
mod metrics;
mod operation;
mod pool;
mod recent;
mod running;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "sqlx")]
mod sqlx_error;
mod system;
mod target;

pub use by_type::ByType;
pub use database::Database;
pub use failure::{CANCELLED, Failure, NameError, PANICKED};
pub use measured::{MeasuredFuture, MeasuredStream};
pub use metrics::{ConnectionState, DbMetrics, DbOperation, PoolMetrics};
pub use operation::Operation;
pub use pool::{ConnectionPool, MeasuredConnection, MeasuredPool, PoolReading};
pub use running::Running;
#[cfg(feature = "sqlx")]
pub use sqlx::{Annotated, SqlxConnection, SqlxPool, SqlxPoolConnection, SqlxTransaction};
pub use system::System;
