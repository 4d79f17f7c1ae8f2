//! Queries on a pool and on a connection.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::any::AnyPoolOptions;
use sqlx::{Connection, Error, Executor, Row, SqlSafeStr, SqlitePool};
use typed_metrics_core::testing::capture_async;
use typed_metrics_db::{CANCELLED, Database, DbOperation, PoolMetrics, SqlxPool, System};

use crate::{durations, labels, named, notes, rows};

#[tokio::test]
async fn every_kind_of_fetch_is_one_operation_with_its_rows() {
    let pool = notes("fetches").await;
    let seen = capture_async(async {
        let all = sqlx::query("SELECT text FROM note").fetch_all(&pool).await.unwrap();
        assert_eq!(all.len(), 3);
        let one = sqlx::query("SELECT text FROM note").fetch_one(&pool).await.unwrap();
        assert_eq!(one.get::<String, _>(0), "a");
        let none = "SELECT text FROM note WHERE text = 'x'";
        assert!(sqlx::query(none).fetch_optional(&pool).await.unwrap().is_none());
        assert!(matches!(sqlx::query(none).fetch_one(&pool).await, Err(Error::RowNotFound)));
        let texts: Vec<String> =
            sqlx::query_scalar("SELECT text FROM note").fetch(&pool).try_collect().await.unwrap();
        assert_eq!(texts, ["a", "b", "c"]);
        let pair: (String,) = sqlx::query_as("SELECT text FROM note WHERE text = ?")
            .bind("b")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(pair.0, "b");
    })
    .await;
    assert_eq!(durations(&seen, labels("SELECT")), 6);
    let rows = rows(&seen, labels("SELECT"));
    assert_eq!((rows.count, rows.sum), (6, 8.0));
}

#[tokio::test]
async fn an_execution_has_no_rows() {
    let pool = notes("executions").await;
    let seen = capture_async(async {
        let insert = sqlx::query("INSERT INTO note VALUES (?), (?)").bind("d").bind("e");
        assert_eq!(insert.execute(&pool).await.unwrap().rows_affected(), 2);
        (&pool).execute("DELETE FROM note").await.unwrap();
    })
    .await;
    for operation in ["INSERT", "DELETE"] {
        assert_eq!(durations(&seen, labels(operation)), 1);
        assert_eq!(rows(&seen, labels(operation)).count, 0);
    }
}

#[tokio::test]
async fn an_error_has_the_code_of_the_database() {
    let pool = notes("errors").await;
    let seen = capture_async(async {
        let insert = || sqlx::query("INSERT INTO note VALUES ('a')");
        assert!(insert().execute(&pool).await.is_err());
        assert!(insert().fetch_optional(&pool).await.is_err());
        let mut connection = pool.acquire().await.unwrap();
        assert!(insert().execute(&mut connection).await.is_err());
        // The type of a column is an error after the answer of the database.
        let wrong = sqlx::query_scalar::<_, i64>("SELECT text FROM note");
        assert!(wrong.fetch_one(&mut connection).await.is_err());
        assert!(sqlx::query("SELEC").execute(&mut connection).await.is_err());
    })
    .await;
    // SQLITE_CONSTRAINT_UNIQUE
    let failed = |operation, code| DbOperation {
        error_type: Some(code),
        status: Some(code),
        ..labels(operation)
    };
    assert_eq!(durations(&seen, failed("INSERT", "2067")), 3);
    assert_eq!(durations(&seen, labels("INSERT")), 0);
    assert_eq!(durations(&seen, labels("SELECT")), 1);
    // The driver of SQLite prepares a statement before it runs: SQLITE_ERROR.
    let unknown =
        DbOperation { error_type: Some("1"), status: Some("1"), ..DbOperation::of(System::SQLITE) };
    assert_eq!(durations(&seen, unknown), 1);
}

#[tokio::test]
async fn a_stream_that_is_dropped_after_a_row_has_ended_well() {
    let pool = notes("streams").await;
    let seen = capture_async(async {
        let mut stream = sqlx::query("SELECT text FROM note").fetch(&pool);
        assert!(stream.try_next().await.unwrap().is_some());
        drop(stream);
        // Never polled: nothing was sent.
        drop(sqlx::query("SELECT text FROM note").fetch(&pool));
    })
    .await;
    assert_eq!(durations(&seen, labels("SELECT")), 1);
    assert_eq!(rows(&seen, labels("SELECT")).sum, 1.0);
}

/// Runs for some seconds, unless it is interrupted.
const SLOW: &str = "WITH RECURSIVE n(i) AS \
                    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) \
                    SELECT max(i) FROM n";

#[tokio::test]
async fn a_query_that_is_dropped_is_cancelled() {
    let pool = notes("cancelled").await;
    let seen = capture_async(async {
        let slow = sqlx::query(SLOW).fetch_one(pool.operation("slow"));
        assert!(tokio::time::timeout(Duration::from_millis(50), slow).await.is_err());
    })
    .await;
    let cancelled = DbOperation { error_type: Some(CANCELLED), ..named("slow") };
    assert_eq!(durations(&seen, cancelled), 1);
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "cancelled" }, 1);
    seen.assert_up_down_counter(PoolMetrics::PendingRequests { pool: "cancelled" }, 0);
}

#[tokio::test]
async fn a_future_of_plain_sqlx_is_measured_as_it_is() {
    let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let database = Database::new(System::SQLITE).namespace("plain").server("/tmp/notes", None);
    let seen = capture_async(async {
        let select = database.operation("SELECT").summary("one");
        let one = sqlx::query("SELECT 1").fetch_one(&mut connection);
        select.measure(one).await.unwrap();
        let rows = sqlx::query("SELECT 1 UNION SELECT 2").fetch(&mut connection);
        assert_eq!(select.measure_stream(rows).try_collect::<Vec<_>>().await.unwrap().len(), 2);
        let none = sqlx::query("SELECT 1 WHERE false").fetch_one(&mut connection);
        assert!(select.measure(none).await.is_err());
    })
    .await;
    let labels = DbOperation {
        namespace: Some("plain"),
        summary: Some("one"),
        address: Some("/tmp/notes"),
        ..named("SELECT")
    };
    assert_eq!(durations(&seen, labels), 3);
    let rows = rows(&seen, labels);
    assert_eq!((rows.count, rows.sum), (1, 2.0));
}

#[tokio::test]
async fn a_text_gives_the_operations_of_its_statements_and_no_name() {
    let pool = notes("texts").await;
    let seen = capture_async(async {
        let texts = [
            "CREATE TABLE copy (text TEXT); INSERT INTO copy SELECT text FROM note; -- DELETE",
            "/* of the shop; */ WITH last AS (SELECT 'z') INSERT INTO copy SELECT * FROM last",
            "INSERT INTO copy VALUES ('a; DROP TABLE copy')",
        ];
        for text in texts {
            sqlx::raw_sql(text).execute(&pool).await.unwrap();
        }
        let all = "WITH a AS (SELECT text FROM copy) SELECT * FROM a";
        assert_eq!(sqlx::query(all).fetch_all(&pool).await.unwrap().len(), 5);
        // Whatever the program names is not read.
        let named = sqlx::query("SELECT 1; SELECT 2");
        named.execute(pool.operation("BATCH SELECT")).await.unwrap();
        (&pool).prepare("SELECT 1".into_sql_str()).await.unwrap();
        let described = (&pool).describe("SELECT text FROM note".into_sql_str()).await.unwrap();
        assert_eq!(described.columns().len(), 1);
        let mut connection = pool.acquire().await.unwrap();
        (&mut *connection).describe("SELECT 1".into_sql_str()).await.unwrap();
    })
    .await;
    for (summary, count) in [("CREATE INSERT", 1), ("INSERT", 2), ("SELECT", 1)] {
        assert_eq!(durations(&seen, labels(summary)), count, "{summary}");
    }
    for (name, count) in [("BATCH SELECT", 1), ("PREPARE", 1), ("DESCRIBE", 2)] {
        assert_eq!(durations(&seen, named(name)), count, "{name}");
    }
    let all = seen.snapshot.get("db.client.operation.duration").unwrap();
    assert_eq!(all.series.len(), 6, "{all:?}");
    // The connection of each is a loan of the measured pool.
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "texts" }, 8);
}

#[tokio::test]
async fn a_text_is_read_as_the_driver_reads_it_whatever_the_system_is_called() {
    // A comment within a comment ends with the first one on SQLite, and goes on on PostgreSQL.
    const TEXT: &str = "/* a /* b */ SELECT 1";
    let system = System::new("libsql");
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let pool = SqlxPool::with_database("named", pool, Database::new(system));
    sqlx::any::install_default_drivers();
    let any = AnyPoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    let any = SqlxPool::new("any", any);
    let seen = capture_async(async {
        sqlx::query(TEXT).execute(&pool).await.unwrap();
        sqlx::query(TEXT).execute(&any).await.unwrap();
        let mut transaction = any.begin().await.unwrap();
        sqlx::query(TEXT).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    })
    .await;
    let select = |system| DbOperation { summary: Some("SELECT"), ..DbOperation::of(system) };
    assert_eq!(durations(&seen, select(system)), 1);
    assert_eq!(durations(&seen, select(System::OTHER_SQL)), 2);
}
