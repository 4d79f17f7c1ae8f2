//! Transactions and savepoints.

use sqlx::{Error, Executor, Sqlite};
use typed_metrics_core::testing::capture_async;
use typed_metrics_db::{DbOperation, PoolMetrics, Running, SqlxConnection, SqlxTransaction};

use crate::{durations, labels, named, notes};

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
