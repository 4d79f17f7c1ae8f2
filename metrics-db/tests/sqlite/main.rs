//! Queries, transactions and pools of sqlx on a real SQLite.

mod pools;
mod queries;
mod transactions;

use sqlx::Sqlite;
use sqlx::sqlite::SqlitePoolOptions;
use typed_metrics_core::HistogramSnapshot;
use typed_metrics_core::testing::Captured;
use typed_metrics_db::{DbMetrics, DbOperation, SqlxPool, System};

/// A pool with a table of three notes.
async fn notes(name: &'static str) -> SqlxPool<Sqlite> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await;
    let pool = pool.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE note (text TEXT UNIQUE); INSERT INTO note VALUES ('a'), ('b'), ('c')",
    )
    .execute(&pool)
    .await
    .unwrap();
    SqlxPool::new(name, pool)
}

/// The labels of a query that the program does not name: the operations in its text.
fn labels(summary: &'static str) -> DbOperation<'static> {
    DbOperation { summary: Some(summary), ..DbOperation::of(System::SQLITE) }
}

/// The labels of an operation that has a name.
fn named(operation: &'static str) -> DbOperation<'static> {
    DbOperation { operation: Some(operation), ..DbOperation::of(System::SQLITE) }
}

fn durations(seen: &Captured<impl Sized>, labels: DbOperation<'_>) -> u64 {
    seen.histogram(DbMetrics::OperationDuration(labels)).count
}

fn rows(seen: &Captured<impl Sized>, labels: DbOperation<'_>) -> HistogramSnapshot {
    seen.histogram(DbMetrics::ReturnedRows(labels))
}
