//! A measured operation allocates nothing for its metrics once its series exist.

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::{Stream, stream};
use typed_metrics_db::{ConnectionPool, Database, Failure, MeasuredPool, PoolReading, System};

/// The allocations of a hundred calls, after earlier calls have made the series.
fn allocations(mut call: impl FnMut()) -> u64 {
    call();
    call();
    allocation_counter::measure(|| (0..100).for_each(|_| call())).count_total
}

fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn database() -> Database {
    Database::new(System::POSTGRESQL).namespace("shop").server("db.internal", 6432)
}

#[test]
fn operations() {
    let database = database().errors(|code: &&'static str| Failure::status(*code));
    let select = database.operation("SELECT").collection("users").summary("find user");
    let call = || {
        let success: Result<u32, &'static str> = select.run(|| Ok(black_box(1)));
        let failure: Result<u32, &'static str> = select.run(|| Err("23505"));
        assert!(success.is_ok() && failure.is_err());
    };
    assert_eq!(allocations(call), 0);
}

#[test]
fn futures_and_streams() {
    let database = database();
    let select = database.operation("SELECT").collection("users");
    let future = || assert!(poll(select.measure(ready(Ok::<_, Infallible>(1)))).is_ready());
    assert_eq!(allocations(future), 0);
    let cancelled = || {
        let pending = std::future::pending::<Result<(), Infallible>>();
        assert!(poll(select.measure(pending)).is_pending());
    };
    assert_eq!(allocations(cancelled), 0);
    let rows = || {
        let rows = stream::iter([1, 2, 3].map(Ok::<_, Infallible>));
        let mut rows = pin!(select.measure_stream(rows));
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(_)) = rows.as_mut().poll_next(&mut context) {}
    };
    assert_eq!(allocations(rows), 0);
}

#[test]
fn loans() {
    struct Sessions;
    impl ConnectionPool for Sessions {
        fn read(&self) -> PoolReading {
            PoolReading::default()
        }
    }
    let pool = MeasuredPool::new("sessions", Sessions);
    let lend = || {
        let taken = pool.lend(ready(Ok::<_, Infallible>(3)), |_| false);
        let Poll::Ready(Ok(session)) = poll(taken) else { panic!("is ready") };
        assert_eq!(*session, 3);
        let failed = pool.lend(ready(Err::<u32, _>("late")), |_| true);
        assert!(poll(failed).is_ready());
    };
    assert_eq!(allocations(lend), 0);
}

#[cfg(feature = "sqlx")]
mod sqlx_on_sqlite {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::thread;
    use std::time::Duration;

    use futures_util::{Stream, StreamExt};
    use sqlx::sqlite::SqlitePoolOptions;
    use sqlx::{Connection, Sqlite};
    use tokio::runtime::Runtime;
    use typed_metrics_db::SqlxPool;

    /// A query whose answer is never there when it is asked for the first time.
    const SLOW: &str = "WITH RECURSIVE many(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM many \
                        LIMIT 4000) SELECT count(*) FROM many UNION ALL VALUES (1)";

    /// The median of the allocations of this thread in each of two kinds of runs, which take turns.
    macro_rules! medians {
        ($runtime:expr, $bare:expr, $measured:expr) => {{
            let mut counts = [Vec::new(), Vec::new()];
            for _ in 0..101 {
                counts[0].push(allocations_of($runtime, async { $bare }));
                counts[1].push(allocations_of($runtime, async { $measured }));
            }
            counts.map(|mut counts| {
                counts.sort_unstable();
                counts[50]
            })
        }};
    }

    /// The name and the medians of each kind of query on two executors.
    macro_rules! queries {
        ($runtime:expr, $bare:expr, $measured:expr) => {
            [
                queries!(one $runtime, $bare, $measured, fetch_optional),
                queries!(one $runtime, $bare, $measured, fetch_all),
                queries!(one $runtime, $bare, $measured, execute),
                (
                    "fetch",
                    medians!(
                        $runtime,
                        drain(sqlx::query(SLOW).fetch($bare)).await,
                        drain(sqlx::query(SLOW).fetch($measured)).await
                    ),
                ),
            ]
        };
        (one $runtime:expr, $bare:expr, $measured:expr, $fetch:ident) => {
            (
                stringify!($fetch),
                medians!(
                    $runtime,
                    assert!(sqlx::query(SLOW).$fetch($bare).await.is_ok()),
                    assert!(sqlx::query(SLOW).$fetch($measured).await.is_ok())
                ),
            )
        };
    }

    fn allocations_of(runtime: &Runtime, run: impl Future<Output = ()>) -> u64 {
        let mut run = pin!(run);
        let mut is_first = true;
        // SQLite runs in another thread, and waiting for it allocates. Whether there is anything to
        // wait for must not depend on which thread is faster, so all of an answer arrives between
        // two polls.
        let late = poll_fn(|context| {
            if !std::mem::take(&mut is_first) {
                thread::sleep(Duration::from_micros(300));
            }
            run.as_mut().poll(context)
        });
        allocation_counter::measure(|| runtime.block_on(late)).count_total
    }

    async fn drain<T, E>(rows: impl Stream<Item = Result<T, E>>) {
        let mut rows = pin!(rows);
        let mut count = 0;
        while let Some(row) = rows.next().await {
            assert!(row.is_ok());
            count += 1;
        }
        assert_eq!(count, 2);
    }

    fn runtime_and_pool(name: &'static str) -> (Runtime, SqlxPool<Sqlite>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let options = SqlitePoolOptions::new().max_connections(1);
        let pool = runtime.block_on(options.connect("sqlite::memory:")).unwrap();
        (runtime, SqlxPool::new(name, pool))
    }

    /// The box around the measured query is in place of the box that the pool of sqlx makes.
    #[test]
    fn a_query_on_a_pool_allocates_no_more_often_than_with_sqlx() {
        let (runtime, pool) = runtime_and_pool("allocations");
        for (fetch, [bare, own]) in queries!(&runtime, pool.unmeasured(), &pool) {
            assert!(own <= bare, "{fetch}: {own}, and {bare} of sqlx");
        }
        let annotated = || pool.summary("find one").collection("numbers");
        for (fetch, [bare, own]) in queries!(&runtime, pool.unmeasured(), annotated()) {
            assert!(own <= bare, "{fetch}: {own}, and {bare} of sqlx");
        }
    }

    /// `Executor` returns a box, and the box of the driver is inside of the measured one.
    #[test]
    fn a_query_on_a_connection_allocates_one_box_more() {
        let (runtime, pool) = runtime_and_pool("boxes");
        let mut connection = runtime.block_on(pool.acquire()).unwrap();
        for (fetch, [bare, own]) in queries!(&runtime, connection.unmeasured(), &mut *connection) {
            assert_eq!(own, bare + 1, "{fetch}");
        }
        for (fetch, [bare, own]) in
            queries!(&runtime, connection.unmeasured(), connection.summary("find one"))
        {
            assert_eq!(own, bare + 1, "annotated {fetch}");
        }
        let mut transaction = runtime.block_on(connection.begin()).unwrap();
        for (fetch, [bare, own]) in queries!(&runtime, transaction.unmeasured(), &mut *transaction)
        {
            assert_eq!(own, bare + 1, "{fetch} in a transaction");
        }
        runtime.block_on(async { transaction.commit().await.unwrap() });
        runtime.block_on(async { drop(connection) });
    }

    #[test]
    fn a_transaction_allocates_no_more_often_than_with_sqlx() {
        let (runtime, pool) = runtime_and_pool("begins");
        let [bare, own] = medians!(
            &runtime,
            pool.unmeasured().begin().await.unwrap().commit().await.unwrap(),
            pool.begin().await.unwrap().commit().await.unwrap()
        );
        assert!(own <= bare, "on a pool: {own}, and {bare} of sqlx");
        let mut connection = runtime.block_on(pool.acquire()).unwrap();
        let [bare, own] = medians!(
            &runtime,
            connection.unmeasured().begin().await.unwrap().rollback().await.unwrap(),
            connection.begin().await.unwrap().rollback().await.unwrap()
        );
        assert_eq!(own, bare, "on a connection");
        let mut transaction = runtime.block_on(connection.begin()).unwrap();
        let [bare, own] = medians!(
            &runtime,
            transaction.unmeasured().begin().await.unwrap().commit().await.unwrap(),
            transaction.begin().await.unwrap().commit().await.unwrap()
        );
        assert_eq!(own, bare, "of a savepoint");
        runtime.block_on(async { transaction.commit().await.unwrap() });
        runtime.block_on(async { drop(connection) });
    }
}
