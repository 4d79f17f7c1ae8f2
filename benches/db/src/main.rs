//! The cost of a measured query, beside another crate, in one run.
//!
//! A pool of sqlx answers `SELECT 1` from a database in memory: as it is, and as each crate
//! measures it. The time is CPU time of the process, because SQLite runs in a thread of its own;
//! the process has [one CPU](cpu). The cost is the time beyond that of the same query without a
//! measurement; [`compare`] says how it is found.
//!
//! sqlx-otel measures the wait for a connection and its use only where the program takes the
//! connection out of the pool by itself. So the first and the third table have the same
//! measurements on both sides; in the second one, this crate measures the wait and the use too.
//!
//! The last table has the cost of [`Operation::measure`] around a future that is ready at once.
//!
//! [`compare`]: compare::compare
//! [cpu]: cpu::check
//! [`Operation::measure`]: typed_metrics::db::Operation::measure

mod compare;
mod cpu;
mod recorded;

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx_otel::PoolBuilder;
use tokio::runtime::{Builder, Runtime};
use typed_metrics::db::{Database, SqlxPool, System};

use crate::compare::{Measured, ROUNDS, compare};
use crate::recorded::{OtherCrate, recorded};

/// The queries of a round.
const QUERIES: usize = 20;
/// The calls of a round around a future.
const CALLS: usize = 1_000;

/// Asks on an executor, which is named anew for each query.
macro_rules! ask {
    ($runtime:expr, $executor:expr) => {
        $runtime.block_on(async {
            for _ in 0..QUERIES {
                let query = sqlx::query_scalar::<_, i64>("SELECT 1");
                assert_eq!(query.fetch_one($executor).await.expect("answers"), 1);
            }
        })
    };
}

/// Takes a connection out of the pool for each query.
macro_rules! ask_on_loan {
    ($runtime:expr, $pool:expr, $connection:ident => $executor:expr) => {
        $runtime.block_on(async {
            for _ in 0..QUERIES {
                let mut $connection = $pool.acquire().await.expect("is idle");
                let query = sqlx::query_scalar::<_, i64>("SELECT 1");
                assert_eq!(query.fetch_one($executor).await.expect("answers"), 1);
            }
        })
    };
}

/// A pool of one connection, with a thread of its own. A loan pings no connection: that is a
/// second trip to the thread, beside the one of the query.
fn pool(runtime: &Runtime) -> SqlitePool {
    let connection = SqliteConnectOptions::new().in_memory(true).statement_cache_capacity(100);
    let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    runtime.block_on(pool.connect_with(connection)).expect("opens")
}

fn on_a_loan(runtime: &Runtime) {
    let bare = pool(runtime);
    let ours = SqlxPool::new("loan", pool(runtime));
    let other = PoolBuilder::from(pool(runtime)).build();
    compare(
        "a loan and a query on it",
        vec![
            Measured::new("sqlx", QUERIES, || ask_on_loan!(runtime, bare, it => &mut *it)),
            Measured::new("typed-metrics", QUERIES, || ask_on_loan!(runtime, ours, it => &mut it)),
            Measured::new("sqlx-otel", QUERIES, || ask_on_loan!(runtime, other, it => &mut it)),
        ],
    );
}

fn on_a_pool(runtime: &Runtime) {
    let bare = pool(runtime);
    let ours = SqlxPool::new("pool", pool(runtime));
    let other = PoolBuilder::from(pool(runtime)).build();
    compare(
        "a query on a pool",
        vec![
            Measured::new("sqlx", QUERIES, || ask!(runtime, &bare)),
            Measured::new("typed-metrics", QUERIES, || ask!(runtime, &ours)),
            Measured::new("sqlx-otel", QUERIES, || ask!(runtime, &other)),
        ],
    );
}

fn on_a_connection(runtime: &Runtime) {
    let (bare, ours) = (pool(runtime), SqlxPool::new("connection", pool(runtime)));
    let other = PoolBuilder::from(pool(runtime)).build();
    let mut bare = runtime.block_on(bare.acquire()).expect("is idle");
    let mut ours = runtime.block_on(ours.acquire()).expect("is idle");
    let mut other = runtime.block_on(other.acquire()).expect("is idle");
    compare(
        "a query on a connection",
        vec![
            Measured::new("sqlx", QUERIES, || ask!(runtime, &mut *bare)),
            Measured::new("typed-metrics", QUERIES, || ask!(runtime, &mut ours)),
            Measured::new("sqlx-otel", QUERIES, || ask!(runtime, &mut other)),
        ],
    );
    // A connection goes back to its pool in a task.
    runtime.block_on(async { drop((bare, ours, other)) });
}

fn around_a_future() {
    let database = Database::new(System::POSTGRESQL).namespace("shop").server("db", 6432);
    let select = database.operation("SELECT").collection("users");
    let answer = || ready(Ok::<_, Infallible>(black_box(1)));
    fn poll<T>(future: impl Future<Output = T>) {
        let Poll::Ready(answer) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("is ready")
        };
        black_box(answer);
    }
    compare(
        "around a future",
        vec![
            Measured::new("as it is", CALLS, || (0..CALLS).for_each(|_| poll(answer()))),
            Measured::new("measured", CALLS, || {
                (0..CALLS).for_each(|_| poll(select.measure(answer())));
            }),
        ],
    );
}

fn main() {
    cpu::check();
    let other = OtherCrate::install();
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    {
        // The other crate spawns tasks when it wraps a pool.
        let _entered = runtime.enter();
        on_a_loan(&runtime);
        on_a_pool(&runtime);
        on_a_connection(&runtime);
    }
    around_a_future();

    let queries = 3 * (ROUNDS * QUERIES) as u64;
    assert_eq!(other.recorded(), queries);
    assert_eq!(recorded("sqlite"), queries);
    assert_eq!(recorded("postgresql"), (ROUNDS * CALLS) as u64);
}
