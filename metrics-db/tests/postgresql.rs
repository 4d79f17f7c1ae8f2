//! Queries, transactions and pools of sqlx on a real PostgreSQL. `e2e/db` starts the server, and
//! names it in `TYPED_METRICS_POSTGRESQL`.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Error, Executor, Postgres};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_core::{HistogramSnapshot, snapshot};
use typed_metrics_db::{
    CANCELLED, Database, DbMetrics, DbOperation, PoolMetrics, SqlxPool, System,
};

fn options() -> PgConnectOptions {
    let url = std::env::var("TYPED_METRICS_POSTGRESQL")
        .expect("`TYPED_METRICS_POSTGRESQL` is not set; run `just db`, which starts a server");
    url.parse().unwrap()
}

/// A pool whose connections have a table of three notes, and its database's labels.
async fn notes(name: &'static str) -> SqlxPool<Postgres> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options()).await.unwrap();
    (&pool)
        .execute(
            "CREATE TEMPORARY TABLE note (text TEXT UNIQUE); \
             INSERT INTO note VALUES ('a'), ('b'), ('c')",
        )
        .await
        .unwrap();
    let socket = options().get_socket().unwrap().to_str().unwrap().to_owned();
    let database = Database::new(System::POSTGRESQL)
        .namespace(options().get_database().unwrap())
        .server(socket, None);
    SqlxPool::with_database(name, pool, database)
}

/// A histogram of operations with these labels, on the server and the database of the pool.
fn histogram(
    metric: impl Fn(DbOperation<'_>) -> HistogramSnapshot,
    labels: DbOperation<'static>,
) -> HistogramSnapshot {
    let options = options();
    metric(DbOperation {
        namespace: options.get_database(),
        address: options.get_socket().unwrap().to_str(),
        ..labels
    })
}

fn durations(seen: &Captured<impl Sized>, labels: DbOperation<'static>) -> u64 {
    histogram(|labels| seen.histogram(DbMetrics::OperationDuration(labels)), labels).count
}

fn rows(seen: &Captured<impl Sized>, labels: DbOperation<'static>) -> f64 {
    histogram(|labels| seen.histogram(DbMetrics::ReturnedRows(labels)), labels).sum
}

/// The labels of a query that the program does not name: the operations in its text.
fn labels(summary: &'static str) -> DbOperation<'static> {
    DbOperation { summary: Some(summary), ..DbOperation::of(System::POSTGRESQL) }
}

/// The labels of an operation that has a name.
fn named(operation: &'static str) -> DbOperation<'static> {
    DbOperation { operation: Some(operation), ..DbOperation::of(System::POSTGRESQL) }
}

fn failed(labels: DbOperation<'static>, code: &'static str) -> DbOperation<'static> {
    DbOperation { error_type: Some(code), status: Some(code), ..labels }
}

#[tokio::test]
#[ignore = "needs a server: `just db`"]
async fn fetches_and_executions() {
    let pool = notes("fetches").await;
    let seen = capture_async(async {
        let all = sqlx::query("SELECT text FROM note").fetch_all(&pool).await.unwrap();
        assert_eq!(all.len(), 3);
        let text = sqlx::query_scalar::<_, String>("SELECT text FROM note WHERE text = $1");
        assert_eq!(text.bind("b").fetch_one(&pool).await.unwrap(), "b");
        let mut stream = sqlx::query("SELECT text FROM note").fetch(&pool);
        assert!(stream.try_next().await.unwrap().is_some());
        drop(stream);
        let insert = sqlx::query("INSERT INTO note VALUES ($1)").bind("d");
        assert_eq!(insert.execute(pool.collection("note")).await.unwrap().rows_affected(), 1);
    })
    .await;
    assert_eq!(durations(&seen, labels("SELECT")), 3);
    assert_eq!(rows(&seen, labels("SELECT")), 5.0);
    let insert = DbOperation { collection: Some("note"), ..labels("INSERT") };
    assert_eq!(durations(&seen, insert), 1);
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "fetches" }, 4);
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "fetches" }, 4);
}

#[tokio::test]
#[ignore = "needs a server: `just db`"]
async fn an_error_has_its_sqlstate() {
    let pool = notes("errors").await;
    let seen = capture_async(async {
        let insert = sqlx::query("INSERT INTO note VALUES ('a')");
        assert!(insert.execute(&pool).await.is_err());
        assert!(sqlx::query("SELECT * FROM nothing").fetch_all(&pool).await.is_err());
        // The error comes after rows.
        let divide = sqlx::query("SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n");
        assert!(divide.fetch_all(&pool).await.is_err());
        let slow = "SET statement_timeout = 50; SELECT pg_sleep(10)";
        assert!(sqlx::raw_sql(slow).execute(&pool).await.is_err());
    })
    .await;
    assert_eq!(durations(&seen, failed(labels("INSERT"), "23505")), 1); // unique_violation
    assert_eq!(durations(&seen, failed(labels("SELECT"), "42P01")), 1); // undefined_table
    assert_eq!(durations(&seen, failed(labels("SELECT"), "22012")), 1); // division_by_zero
    assert_eq!(durations(&seen, failed(labels("SET SELECT"), "57014")), 1); // query_canceled
}

#[tokio::test]
#[ignore = "needs a server: `just db`"]
async fn transactions() {
    let pool = notes("transactions").await;
    let all = async {
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("DELETE FROM note").execute(&mut *transaction).await.unwrap();
        let mut inner = transaction.begin().await.unwrap();
        assert!(sqlx::query("INSERT INTO nothing VALUES (1)").execute(&mut *inner).await.is_err());
        inner.rollback().await.unwrap();
        transaction.commit().await.unwrap();
        drop(pool.begin().await.unwrap());
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM note");
        assert_eq!(count.fetch_one(&pool).await.unwrap(), 0);
    };
    // Three transactions are large.
    let seen = capture_async(Box::pin(all)).await;
    assert_eq!(durations(&seen, named("BEGIN")), 2);
    for operation in ["SAVEPOINT", "ROLLBACK TO SAVEPOINT", "COMMIT"] {
        assert_eq!(durations(&seen, named(operation)), 1, "{operation}");
    }
    for operation in ["DELETE", "SELECT"] {
        assert_eq!(durations(&seen, labels(operation)), 1, "{operation}");
    }
    assert_eq!(durations(&seen, failed(labels("INSERT"), "42P01")), 1);
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "transactions" }, 3);
}

#[tokio::test]
#[ignore = "needs a server: `just db`"]
async fn the_program_states_the_isolation_of_a_transaction() {
    let pool = notes("isolation").await;
    let all = async {
        let mut transaction = pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await.unwrap();
        let level = sqlx::query_scalar::<_, String>("SHOW transaction_isolation");
        assert_eq!(level.fetch_one(&mut *transaction).await.unwrap(), "serializable");
        let inner = transaction.begin().await.unwrap();
        inner.commit().await.unwrap();
        transaction.rollback().await.unwrap();
    };
    // A transaction is large.
    let seen = capture_async(Box::pin(all)).await;
    for operation in ["BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK"] {
        assert_eq!(durations(&seen, named(operation)), 1, "{operation}");
    }
    assert_eq!(durations(&seen, labels("SHOW")), 1);
}

#[tokio::test]
#[ignore = "needs a server: `just db`"]
async fn a_query_that_is_dropped_is_cancelled_and_a_lost_connection_is_an_error() {
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options()).await.unwrap();
    let pool = SqlxPool::new("lost", pool);
    let seen = capture_async(async {
        let sleep = sqlx::query("SELECT pg_sleep(2)").execute(pool.operation("sleep"));
        assert!(tokio::time::timeout(Duration::from_millis(100), sleep).await.is_err());

        let mut victim = pool.acquire().await.unwrap();
        let backend = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
        let backend = backend.fetch_one(&mut victim).await.unwrap();
        let terminate = sqlx::query("SELECT pg_terminate_backend($1, 5000)").bind(backend);
        terminate.execute(pool.operation("terminate")).await.unwrap();
        let lost = sqlx::query("SELECT 1").execute(victim.operation("lost")).await;
        assert!(matches!(lost, Err(Error::Database(_) | Error::Io(_))), "{lost:?}");
    })
    .await;
    let count = |labels| seen.histogram(DbMetrics::OperationDuration(labels)).count;
    assert_eq!(count(DbOperation { error_type: Some(CANCELLED), ..named("sleep") }), 1);
    assert_eq!(count(named("terminate")), 1);
    // `admin_shutdown`, or an end of the stream before it.
    let io = DbOperation { error_type: Some("Io"), ..named("lost") };
    assert_eq!(count(failed(named("lost"), "57P01")) + count(io), 1);
}

/// The number of connections of the pool in a state.
fn connections(pool: &str, state: &str) -> f64 {
    let labels = [("db.client.connection.pool.name", pool), ("db.client.connection.state", state)];
    let snapshot = snapshot();
    let metric = snapshot.get("db.client.connection.count").unwrap();
    metric.series_with(&labels).unwrap().value.as_f64()
}

#[tokio::test]
#[ignore = "needs a server: `just db`"]
async fn gauges_follow_the_pool() {
    let pool = PgPoolOptions::new().max_connections(3).connect_with(options()).await.unwrap();
    let pool = SqlxPool::new("gauges", pool);
    let held = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
    assert_eq!((connections("gauges", "used"), connections("gauges", "idle")), (2.0, 0.0));
    drop(held);
    while connections("gauges", "idle") != 2.0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(connections("gauges", "used"), 0.0);
    pool.close().await;
    assert_eq!(connections("gauges", "idle"), 0.0);
}
