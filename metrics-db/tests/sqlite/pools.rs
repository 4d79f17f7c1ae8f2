//! Loans of connections, and the numbers of a pool.

use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Error, SqlitePool};
use typed_metrics_core::snapshot;
use typed_metrics_core::testing::capture_async;
use typed_metrics_db::{DbOperation, MeasuredPool, PoolMetrics, SqlxPool};

use crate::{durations, labels, named, notes};

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
