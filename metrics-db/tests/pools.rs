//! Gauges, waits and loans of pools of deadpool and bb8.

use std::time::Duration;

use deadpool::managed::{self, Metrics as ObjectMetrics, PoolError, RecycleResult, Timeouts};
use typed_metrics_core::snapshot;
use typed_metrics_core::testing::capture_async;
use typed_metrics_db::{MeasuredPool, PoolMetrics};
use typed_metrics_turn::{Level, lines, my_turn};

/// The value of a series of the pool.
fn value(metric: &str, pool: &str, state: Option<&str>) -> f64 {
    let mut labels = vec![("db.client.connection.pool.name", pool)];
    labels.extend(state.map(|state| ("db.client.connection.state", state)));
    let snapshot = snapshot();
    let metric = snapshot.get(&format!("db.client.connection.{metric}")).unwrap();
    metric.series_with(&labels).unwrap().value.as_f64()
}

fn counts(pool: &str) -> [f64; 2] {
    ["idle", "used"].map(|state| value("count", pool, Some(state)))
}

/// Opens databases in memory.
struct Memory;

impl managed::Manager for Memory {
    type Type = rusqlite::Connection;
    type Error = rusqlite::Error;

    async fn create(&self) -> Result<Self::Type, Self::Error> {
        rusqlite::Connection::open_in_memory()
    }

    async fn recycle(&self, _: &mut Self::Type, _: &ObjectMetrics) -> RecycleResult<Self::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn a_pool_of_deadpool_is_measured() {
    let pool: managed::Pool<Memory> = managed::Pool::builder(Memory)
        .max_size(2)
        .timeouts(Timeouts { wait: Some(Duration::from_millis(50)), ..Timeouts::default() })
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .unwrap();
    let weak = pool.weak();
    let pool = MeasuredPool::new("deadpool", pool);
    // Present before the first request, most of which do not wait.
    assert_eq!(value("pending_requests", "deadpool", None), 0.0);
    let seen = capture_async(async {
        let first = pool.get().await.unwrap();
        let second = pool.get().await.unwrap();
        let one: i64 = first.query_row("SELECT 1", [], |row| row.get(0)).unwrap();
        assert_eq!(one, 1);
        assert_eq!(counts("deadpool"), [0.0, 2.0]);
        assert!(matches!(pool.get().await, Err(PoolError::Timeout(_))));
        drop(first);
        assert_eq!(counts("deadpool"), [1.0, 1.0]);
        drop(second);
        assert_eq!(counts("deadpool"), [2.0, 0.0]);
    })
    .await;
    assert_eq!(value("max", "deadpool", None), 2.0);
    seen.assert_counter(PoolMetrics::Timeouts { pool: "deadpool" }, 1);
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "deadpool" }, 2);
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "deadpool" }, 2);
    seen.assert_up_down_counter(PoolMetrics::PendingRequests { pool: "deadpool" }, 0);
    drop(pool);
    assert_eq!(counts("deadpool"), [0.0, 0.0]);
    assert_eq!(value("max", "deadpool", None), 0.0);
    assert!(weak.upgrade().is_none(), "the pool is gone");
}

impl bb8::ManageConnection for Memory {
    type Connection = rusqlite::Connection;
    type Error = rusqlite::Error;

    async fn connect(&self) -> Result<Self::Connection, Self::Error> {
        rusqlite::Connection::open_in_memory()
    }

    async fn is_valid(&self, _: &mut Self::Connection) -> Result<(), Self::Error> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Self::Connection) -> bool {
        false
    }
}

#[tokio::test]
async fn a_pool_of_bb8_is_measured() {
    let pool = bb8::Pool::builder()
        .max_size(2)
        .min_idle(1)
        .connection_timeout(Duration::from_millis(50))
        .build(Memory)
        .await
        .unwrap();
    let pool = MeasuredPool::new("bb8", pool);
    assert_eq!(counts("bb8"), [1.0, 0.0]);
    let seen = capture_async(async {
        let first = pool.get().await.unwrap();
        let second = pool.get().await.unwrap();
        let one: i64 = first.query_row("SELECT 1", [], |row| row.get(0)).unwrap();
        assert_eq!(one, 1);
        assert_eq!(counts("bb8"), [0.0, 2.0]);
        assert!(matches!(pool.get().await, Err(bb8::RunError::TimedOut)));
        drop(first);
        assert_eq!(counts("bb8"), [1.0, 1.0]);
        drop(second);
    })
    .await;
    assert_eq!(value("max", "bb8", None), 2.0);
    assert_eq!(value("idle.min", "bb8", None), 1.0);
    seen.assert_counter(PoolMetrics::Timeouts { pool: "bb8" }, 1);
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "bb8" }, 2);
    seen.assert_histogram_count(PoolMetrics::UseTime { pool: "bb8" }, 2);
    drop(pool);
    assert_eq!(counts("bb8"), [0.0, 0.0]);
}

#[tokio::test]
async fn a_wait_that_is_cancelled_is_no_longer_pending() {
    let pool = bb8::Pool::builder().max_size(1).build(Memory).await.unwrap();
    let pool = MeasuredPool::new("cancelled", pool);
    let held = pool.get().await.unwrap();
    let seen = capture_async(async {
        let wait = tokio::time::timeout(Duration::from_millis(20), pool.get());
        assert!(wait.await.is_err());
    })
    .await;
    seen.assert_up_down_counter(PoolMetrics::PendingRequests { pool: "cancelled" }, 0);
    seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "cancelled" }, 0);
    seen.assert_counter(PoolMetrics::Timeouts { pool: "cancelled" }, 0);
    drop(held);
}

#[tokio::test]
async fn pools_of_one_name_add_up() {
    let build =
        || -> managed::Pool<Memory> { managed::Pool::builder(Memory).max_size(3).build().unwrap() };
    let (one, two) = (MeasuredPool::new("same", build()), MeasuredPool::new("same", build()));
    assert_eq!(value("max", "same", None), 6.0);
    drop(one);
    assert_eq!(value("max", "same", None), 3.0);
    drop(two);
}

#[tokio::test]
async fn a_pool_that_is_measured_twice_is_counted_once() {
    let bare: managed::Pool<Memory> = managed::Pool::builder(Memory).max_size(3).build().unwrap();
    let first = MeasuredPool::new("once", bare.clone());
    let second = MeasuredPool::new("twice", bare);
    assert_eq!(second.name(), "once");
    let held = second.get().await.unwrap();
    assert_eq!(counts("once"), [0.0, 1.0]);
    drop(first);
    assert_eq!(value("max", "once", None), 3.0);
    drop(held);
    drop(second);
    assert_eq!(value("max", "once", None), 0.0);
}

#[test]
fn a_second_name_of_a_pool_is_reported() {
    let _turn = my_turn();
    let bare: managed::Pool<Memory> = managed::Pool::builder(Memory).max_size(3).build().unwrap();
    let _pools = ["given", "given", "other"].map(|name| MeasuredPool::new(name, bare.clone()));
    let lines = lines();
    let about: Vec<_> = lines.iter().filter(|line| line.text.contains("`given`")).collect();
    let [line] = about[..] else { panic!("{lines:?}") };
    assert_eq!(line.level, Level::Warn);
    assert_eq!(
        line.text,
        "the connection pool `other` is measured as `given` already, and a pool has one name; \
         clone the first handle in place of a second `new`"
    );
}
