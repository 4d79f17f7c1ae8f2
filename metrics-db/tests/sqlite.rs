//! Queries, transactions and pools of sqlx on a real SQLite.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::any::AnyPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Connection, Error, Executor, Row, SqlSafeStr, Sqlite, SqlitePool};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_core::{HistogramSnapshot, snapshot};
use typed_metrics_db::{
    CANCELLED, Database, DbMetrics, DbOperation, MeasuredPool, PoolMetrics, Running,
    SqlxConnection, SqlxPool, SqlxTransaction, System,
};

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
async fn transactions_are_operations_too() {
    let pool = notes("transactions").await;
    let seen = capture_async(async {
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut *transaction).await.unwrap();
        let mut inner = transaction.begin().await.unwrap();
        sqlx::query("INSERT INTO note VALUES ('z')")
            .execute(inner.collection("note").summary("keep z"))
            .await
            .unwrap();
        inner.commit().await.unwrap();
        transaction.rollback().await.unwrap();

        let mut connection = pool.acquire().await.unwrap();
        let transaction = connection.begin().await.unwrap();
        drop(transaction);
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM note");
        assert_eq!(count.fetch_one(&mut connection).await.unwrap(), 3);
    })
    .await;
    assert_eq!(durations(&seen, named("BEGIN")), 2);
    for operation in ["SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK"] {
        assert_eq!(durations(&seen, named(operation)), 1, "{operation}");
    }
    assert_eq!(durations(&seen, named("COMMIT")), 0);
    for operation in ["DELETE", "SELECT"] {
        assert_eq!(durations(&seen, labels(operation)), 1, "{operation}");
    }
    let insert = DbOperation { collection: Some("note"), ..labels("keep z") };
    assert_eq!(durations(&seen, insert), 1);
    // One use of the first transaction, and one of the connection.
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "transactions" }, 2);
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "transactions" }, 2);
}

#[tokio::test]
async fn a_transaction_after_a_dropped_one_is_no_savepoint() {
    let pool = notes("after a drop").await;
    let mut connection = pool.acquire().await.unwrap();
    let seen = capture_async(async {
        for _ in 0..50 {
            // Another thread rolls it back, at any time before it begins the next one.
            drop(connection.begin().await.unwrap());
        }
        connection.begin().await.unwrap().commit().await.unwrap();
    })
    .await;
    assert_eq!(durations(&seen, named("BEGIN")), 51);
    assert_eq!(durations(&seen, named("COMMIT")), 1);
    let all = seen.snapshot.get("db.client.operation.duration").unwrap();
    assert_eq!(all.series.len(), 2, "{all:?}");
}

#[tokio::test]
async fn the_future_of_an_end_holds_the_handle_and_the_future_of_sqlx_once() {
    fn size_of_sendable(future: &(impl Future + Send)) -> usize {
        size_of_val(future)
    }
    let pool = notes("sizes").await;
    let of_sqlx = size_of_val(&pool.unmeasured().begin().await.unwrap().commit());
    let handle = size_of::<SqlxTransaction<'_, Sqlite>>();
    // The labels before the operation begins, its state, its name, the loan, and pointers.
    let operation = size_of::<DbOperation<'_>>() + size_of::<Running<'_>>() + 96;
    let most = of_sqlx + handle + operation;
    let commit = pool.begin().await.unwrap().commit();
    assert!(size_of_sendable(&commit) <= most, "{} and {most}", size_of_val(&commit));
    commit.await.unwrap();
    let rollback = pool.begin().await.unwrap().rollback();
    assert!(size_of_sendable(&rollback) <= most, "{} and {most}", size_of_val(&rollback));
    rollback.await.unwrap();
}

#[tokio::test]
async fn the_program_states_the_statement_that_begins() {
    let pool = notes("statements").await;
    let seen = capture_async(async {
        pool.begin_with("BEGIN IMMEDIATE").await.unwrap().commit().await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        let mut exclusive = connection.begin_with("BEGIN EXCLUSIVE").await.unwrap();
        let nested = exclusive.begin_with("BEGIN IMMEDIATE").await;
        assert!(matches!(nested, Err(Error::InvalidSavePointStatement)), "{nested:?}");
        drop(nested);
        exclusive.rollback().await.unwrap();
        let no_transaction = connection.begin_with("SELECT 1").await;
        assert!(matches!(no_transaction, Err(Error::BeginFailed)), "{no_transaction:?}");
    })
    .await;
    for (name, count) in [("BEGIN", 2), ("COMMIT", 1), ("ROLLBACK", 1)] {
        assert_eq!(durations(&seen, named(name)), count, "{name}");
    }
    let failed = |name, error| DbOperation { error_type: Some(error), ..named(name) };
    assert_eq!(durations(&seen, failed("SAVEPOINT", "InvalidSavePointStatement")), 1);
    assert_eq!(durations(&seen, failed("BEGIN", "BeginFailed")), 1);
}

#[tokio::test]
async fn an_idle_connection_is_taken_at_once_or_not_at_all() {
    let pool = notes("idle").await;
    let seen = capture_async(async {
        // The pool takes a connection back in a task. A call without a connection records nothing.
        let connection = loop {
            match pool.try_acquire() {
                Some(connection) => break connection,
                None => tokio::task::yield_now().await,
            }
        };
        assert!(pool.try_acquire().is_none());
        assert!(pool.try_begin().await.unwrap().is_none());
        assert!(pool.try_begin_with("BEGIN IMMEDIATE").await.unwrap().is_none());
        drop(connection);
        for statement in [None, Some("BEGIN IMMEDIATE")] {
            let transaction = loop {
                let transaction = match statement {
                    Some(statement) => pool.try_begin_with(statement).await,
                    None => pool.try_begin().await,
                };
                match transaction.unwrap() {
                    Some(transaction) => break transaction,
                    None => tokio::task::yield_now().await,
                }
            };
            transaction.commit().await.unwrap();
        }
    })
    .await;
    for name in ["BEGIN", "COMMIT"] {
        assert_eq!(durations(&seen, named(name)), 2, "{name}");
    }
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "idle" }, 3);
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "idle" }, 3);
    seen.assert_counter(PoolMetrics::Timeouts { pool: "idle" }, 0);
    seen.assert_up_down_counter(PoolMetrics::PendingRequests { pool: "idle" }, 0);
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

/// The value of a series of the pool.
fn value(metric: &str, pool: &str, state: Option<&str>) -> f64 {
    let mut labels = vec![("db.client.connection.pool.name", pool)];
    labels.extend(state.map(|state| ("db.client.connection.state", state)));
    let snapshot = snapshot();
    let metric = snapshot.get(&format!("db.client.connection.{metric}")).unwrap();
    metric.series_with(&labels).unwrap().value.as_f64()
}

#[tokio::test]
async fn the_gauges_are_those_of_the_pool_until_it_is_gone() {
    let options = SqlitePoolOptions::new().max_connections(3).min_connections(1);
    let pool = options.connect("sqlite::memory:").await.unwrap();
    let pool = SqlxPool::new("gauges", pool);
    let counts = || ["idle", "used"].map(|state| value("count", "gauges", Some(state)));
    let first = pool.acquire().await.unwrap();
    let second = pool.acquire().await.unwrap();
    assert_eq!(counts(), [0.0, 2.0]);
    assert_eq!(value("max", "gauges", None), 3.0);
    assert_eq!(value("idle.min", "gauges", None), 1.0);
    drop(first);
    // The pool takes a connection back in a task.
    while pool.unmeasured().num_idle() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(counts(), [1.0, 1.0]);
    drop(second);

    let inner: SqlitePool = pool.unmeasured().clone();
    let clone = pool.clone();
    drop(pool);
    assert_eq!(value("max", "gauges", None), 3.0);
    drop(clone);
    assert_eq!(value("max", "gauges", None), 0.0);
    assert_eq!(counts(), [0.0, 0.0]);
    assert!(!inner.is_closed());
}

#[tokio::test]
async fn collections_hold_no_pool_open() {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let closed = pool.close_event();
    let pool = SqlxPool::new("held", pool);
    assert_eq!(value("count", "held", Some("idle")), 1.0);
    drop(pool);
    // The last handle of a pool closes it.
    tokio::time::timeout(Duration::from_secs(10), closed).await.unwrap();
}

#[tokio::test]
async fn a_wait_that_times_out_is_a_timeout_of_the_pool_and_no_query() {
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_millis(50));
    let pool = SqlxPool::new("timeouts", options.connect("sqlite::memory:").await.unwrap());
    let held = pool.acquire().await.unwrap();
    let seen = capture_async(async {
        let query = sqlx::query("SELECT 1").execute(&pool);
        assert!(matches!(query.await, Err(Error::PoolTimedOut)));
        assert!(matches!(pool.acquire().await, Err(Error::PoolTimedOut)));
    })
    .await;
    seen.assert_counter(PoolMetrics::Timeouts { pool: "timeouts" }, 2);
    seen.assert_up_down_counter(PoolMetrics::PendingRequests { pool: "timeouts" }, 0);
    let failed = DbOperation { error_type: Some("PoolTimedOut"), ..labels("SELECT") };
    assert_eq!(durations(&seen, failed), 0);
    drop(held);
}

#[tokio::test]
async fn waiting_requests_are_pending() {
    let pool = notes("pending").await;
    let held = pool.acquire().await.unwrap();
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.acquire().await.unwrap() }
    });
    while value("pending_requests", "pending", None) != 1.0 {
        tokio::task::yield_now().await;
    }
    drop(held);
    drop(waiting.await.unwrap());
    assert_eq!(value("pending_requests", "pending", None), 0.0);
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
async fn a_failed_wait_for_a_connection_is_no_operation() {
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_millis(50));
    let pool = SqlxPool::new("busy", options.connect("sqlite::memory:").await.unwrap());
    let seen = capture_async(async {
        let held = pool.acquire().await.unwrap();
        let query = sqlx::query("SELECT 1").fetch_one(&pool).await;
        assert!(matches!(query, Err(Error::PoolTimedOut)));
        let rows = sqlx::query("SELECT 1").fetch_all(&pool).await;
        assert!(matches!(rows, Err(Error::PoolTimedOut)));
        assert!(matches!(pool.begin().await, Err(Error::PoolTimedOut)));
        assert!(matches!(pool.acquire().await, Err(Error::PoolTimedOut)));
        drop(held);
    })
    .await;
    let operations = seen.snapshot.get("db.client.operation.duration");
    assert!(operations.is_none_or(|operations| operations.series.is_empty()), "{operations:?}");
    assert_eq!(seen.counter(PoolMetrics::Timeouts { pool: "busy" }), 4);
}

#[tokio::test]
async fn a_dereferenced_transaction_or_connection_is_measured() {
    async fn two(connection: &mut SqlxConnection<'_, Sqlite>) {
        sqlx::query("SELECT 1").execute(&mut *connection).await.unwrap();
        (&mut *connection).execute("SELECT 2").await.unwrap();
    }
    let pool = notes("dereferenced").await;
    let seen = capture_async(async {
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut *transaction).await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut transaction).await.unwrap();
        two(&mut transaction).await;
        let mut savepoint = transaction.begin().await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut *savepoint).await.unwrap();
        two(&mut savepoint).await;
        savepoint.commit().await.unwrap();
        transaction.commit().await.unwrap();

        let mut connection = pool.acquire().await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut *connection).await.unwrap();
        two(&mut connection).await;
        // The transaction of a connection, which begins a savepoint.
        let mut transaction = connection.begin().await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut *transaction).await.unwrap();
        transaction.begin().await.unwrap().rollback().await.unwrap();
        transaction.rollback().await.unwrap();
        // Queries that are not measured say so.
        sqlx::query("DELETE FROM note").execute(connection.unmeasured()).await.unwrap();
        drop(connection);
        sqlx::query("DELETE FROM note").execute(pool.unmeasured()).await.unwrap();
    })
    .await;
    assert_eq!(durations(&seen, labels("DELETE")), 5);
    assert_eq!(durations(&seen, labels("SELECT")), 6);
    for (name, count) in [
        ("BEGIN", 2),
        ("COMMIT", 1),
        ("ROLLBACK", 1),
        ("SAVEPOINT", 2),
        ("RELEASE SAVEPOINT", 1),
        ("ROLLBACK TO SAVEPOINT", 1),
    ] {
        assert_eq!(durations(&seen, named(name)), count, "{name}");
    }
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "dereferenced" }, 2);
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

#[tokio::test]
async fn a_pool_that_is_measured_twice_is_counted_once() {
    let bare = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let first = SqlxPool::new("once", bare.clone());
    let second = SqlxPool::new("once", bare.clone());
    assert_eq!(value("count", "once", Some("idle")), 1.0);
    let max = f64::from(bare.options().get_max_connections());
    assert_eq!(value("max", "once", None), max);
    // A pool has one name.
    let other = SqlxPool::new("twice", bare.clone());
    assert_eq!(other.name(), "once");
    assert_eq!(MeasuredPool::new("twice", bare.clone()).name(), "once");
    let seen = capture_async(async {
        sqlx::query("SELECT 1").execute(&other).await.unwrap();
    })
    .await;
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "once" }, 1);
    // The last handle ends the counts, whichever it is.
    drop((first, other));
    assert_eq!(value("max", "once", None), max);
    drop(second);
    assert_eq!(value("max", "once", None), 0.0);
    // Then the pool may be measured by another name, and another pool is another one.
    let third = SqlxPool::new("third", bare);
    assert_eq!(value("max", "third", None), max);
    let fourth = SqlxPool::new("third", SqlitePool::connect("sqlite::memory:").await.unwrap());
    assert_eq!(value("max", "third", None), 2.0 * max);
    drop((third, fourth));
}
